//! What goes out comes back the same.

use std::time::Duration;

use bytes::Bytes;
use ownhand_plugin_bridge::Crosses;
use ownhand_spi::{
    Actor, ActorKind, AdapterError, CallContext, Capabilities, Credential, CredentialUse,
    DocumentMetadata, DocumentReference, ErrorKind, ExposeSecret, HostUser, InstanceArgs,
    PutOutcome, Receipt, RecordKey, RecordPage, ResolvedIdentity, SealedRecord, TenantId,
};
use proptest::{
    array::uniform32,
    bool,
    collection::{btree_map, vec},
    option,
    prelude::*,
    sample::select,
};

fn text() -> impl Strategy<Value = String> {
    ".{0,40}"
}

fn user() -> impl Strategy<Value = HostUser> {
    let optional = || option::of(text());
    let rest = (vec(text(), 0..5), btree_map(text(), text(), 0..5));
    (
        ".{1,40}",
        ".{1,40}",
        optional(),
        optional(),
        bool::ANY,
        optional(),
        rest,
    )
        .prop_map(
            |(issuer, subject, login, email, email_verified, name, (groups, claims))| HostUser {
                issuer,
                subject,
                login,
                email,
                email_verified,
                name,
                groups,
                claims,
            },
        )
}

fn kind() -> impl Strategy<Value = ActorKind> {
    select(vec![
        ActorKind::Relay,
        ActorKind::StoredKey,
        ActorKind::Impersonation,
        ActorKind::Service,
    ])
}

fn error_kind() -> impl Strategy<Value = ErrorKind> {
    select(vec![
        ErrorKind::NotFoundOrDenied,
        ErrorKind::RateLimited,
        ErrorKind::Locked,
        ErrorKind::Conflict,
        ErrorKind::CredentialRejected,
        ErrorKind::InvalidInput,
        ErrorKind::TooLarge,
        ErrorKind::Unsupported,
        ErrorKind::Configuration,
        ErrorKind::Unavailable,
        ErrorKind::TimedOut,
        ErrorKind::Panicked,
        ErrorKind::Other,
    ])
}

fn back<T: Crosses>(value: T) -> T {
    T::from_abi(value.into_abi()).unwrap()
}

proptest! {
    #[test]
    fn people(user in user(), use_ in option::of((".{1,40}", any::<u64>()))) {
        let credential_use = match use_ {
            Some((id, expires_unix_ms)) => CredentialUse::Single { id, expires_unix_ms },
            None => CredentialUse::Reusable,
        };
        let identity = ResolvedIdentity { user, credential_use };
        prop_assert_eq!(back(identity.clone()), identity);
    }

    #[test]
    fn actors(user in user(), kind in kind(), secret in option::of(text())) {
        let actor = Actor { user, kind, secret: secret.clone().map(Into::into) };
        let same = back(actor.clone());
        prop_assert_eq!(same.user, actor.user);
        prop_assert_eq!(same.kind, actor.kind);
        prop_assert_eq!(same.secret.map(|s| s.expose_secret().to_owned()), secret);
    }

    #[test]
    fn credentials(scheme in text(), value in text()) {
        let same = back(Credential { scheme: scheme.clone(), value: value.clone().into() });
        prop_assert_eq!(same.scheme, scheme);
        prop_assert_eq!(same.value.expose_secret(), value);
    }

    #[test]
    fn contexts(tenant in "[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", request_id in text(), now: u64, budget: u32) {
        let cx = CallContext {
            tenant: TenantId::new(tenant).unwrap(),
            request_id,
            now_unix_ms: now,
            budget: Duration::from_millis(budget.into()),
        };
        let same = back(cx.clone());
        prop_assert_eq!(same.tenant, cx.tenant);
        prop_assert_eq!(same.request_id, cx.request_id);
        prop_assert_eq!((same.now_unix_ms, same.budget), (cx.now_unix_ms, cx.budget));
    }

    #[test]
    fn documents(
        name in text(), content_type in text(), length in option::of(any::<u64>()),
        revision in option::of(text()), sha256 in uniform32(any::<u8>()), already_present: bool,
    ) {
        let metadata = DocumentMetadata { name: name.clone(), content_type, length, revision: revision.clone() };
        prop_assert_eq!(back(metadata.clone()), metadata);
        let receipt = Receipt {
            reference: DocumentReference(name),
            revision,
            sha256,
            length: length.unwrap_or_default(),
            already_present,
        };
        prop_assert_eq!(back(receipt.clone()), receipt);
    }

    #[test]
    fn facts(bits in uniform32(any::<bool>()), kind in kind()) {
        let capabilities = Capabilities {
            conditional_write: bits[0],
            versions: bits[1],
            metadata: bits[2],
            acts_later: bits[3],
        };
        prop_assert_eq!(back((capabilities, kind)), (capabilities, kind));
    }

    #[test]
    fn records(version: u64, sealed in vec(any::<u8>(), 0..2000), found in option::of(any::<u64>()), keys in vec("[A-Za-z0-9_.-]{1,40}", 0..20), more: bool) {
        let record = SealedRecord { version, sealed: Bytes::from(sealed) };
        let address = record.sealed.as_ptr();
        let same = back(record.clone());
        prop_assert!(same.sealed.is_empty() || same.sealed.as_ptr() == address, "copied");
        prop_assert_eq!(same, record);
        for outcome in [PutOutcome::Stored, PutOutcome::Conflict { found }] {
            prop_assert_eq!(back(outcome), outcome);
        }
        let page = RecordPage { keys: keys.into_iter().map(RecordKey).collect(), more };
        prop_assert_eq!(back(page.clone()), page);
    }

    #[test]
    fn errors(
        kind in error_kind(), message in "[a-z ]{0,40}", path in option::of("[a-z.0-9\\[\\]]{0,40}"),
        wait in option::of(any::<u32>()), causes in vec("[a-z ]{1,20}", 0..16),
    ) {
        let mut error = AdapterError::new(kind, message);
        if let Some(path) = path {
            error = error.at(path);
        }
        if let Some(wait) = wait {
            error = error.retry_after(Duration::from_millis(wait.into()));
        }
        let inner = causes.iter().rev().fold(None, |inner: Option<AdapterError>, cause| {
            let cause = AdapterError::new(ErrorKind::Other, cause);
            Some(match inner {
                Some(inner) => cause.caused_by(inner),
                None => cause,
            })
        });
        if let Some(inner) = inner {
            error = error.caused_by(inner);
        }
        let shown = format!("{error:?}");
        prop_assert_eq!(error.chain(99), causes);
        prop_assert_eq!(format!("{:?}", back(error)), shown);
    }

    #[test]
    fn settings(instance in text(), tenant in option::of(text()), value in text(), secret in text()) {
        let args = InstanceArgs {
            instance,
            tenant,
            operator: serde_json::json!([value, 1.5, null]),
            settings: serde_json::json!({ &value: { "$secret": "k" } }),
            secrets: [("k".to_owned(), secret.clone().into())].into(),
        };
        let same = back(args.clone());
        prop_assert_eq!((same.instance, same.tenant), (args.instance, args.tenant));
        prop_assert_eq!((same.operator, same.settings), (args.operator, args.settings));
        prop_assert_eq!(same.secrets["k"].expose_secret(), secret);
    }
}

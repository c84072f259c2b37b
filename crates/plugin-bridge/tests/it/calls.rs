//! Every method of every role, through both sides.

use bytes::Bytes;
use futures_util::stream;
use ownhand_spi::{
    Actor, ActorKind, AdapterInstance, Credential, CredentialUse, Deposit, DepositKey,
    DocumentMetadata, DocumentReference, ErrorKind, PutOutcome, RecordKey, SealedRecord,
};

use crate::support::{Echo, across, context, user};

#[tokio::test]
async fn an_identity_mapper() {
    let mapper = |user| {
        let AdapterInstance {
            identity_mapper, ..
        } = across(Echo {
            user,
            ..Echo::default()
        });
        identity_mapper.unwrap()
    };
    let credential = Credential {
        scheme: "bearer".into(),
        value: "x".into(),
    };
    let someone = mapper(Some(user("s")));
    let identity = someone
        .resolve(&context(), credential.clone())
        .await
        .unwrap();
    assert_eq!(identity.user, user("s"));
    let once = CredentialUse::Single {
        id: "r".into(),
        expires_unix_ms: 5,
    };
    assert_eq!(identity.credential_use, once);
    let linkable = someone
        .docusign_identity(&context(), &user("s"))
        .await
        .unwrap();
    assert_eq!(linkable.email.as_deref(), Some("j@example.com"));

    let error = mapper(None)
        .resolve(&context(), credential.clone())
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::CredentialRejected, "nobody")
    );
    // A person without a subject would be everybody.
    let error = mapper(Some(user("")))
        .resolve(&context(), credential)
        .await
        .unwrap_err();
    assert!(
        error.message().ends_with("a person without subject"),
        "{error}"
    );
}

#[tokio::test]
async fn a_document_source() {
    let source = across(Echo::default()).document_source.unwrap();
    let can = source.capabilities();
    assert!(can.conditional_write && can.metadata && !can.versions && !can.acts_later);
    assert_eq!(source.acting(), ActorKind::Impersonation);

    let actor = Actor {
        user: user("u1"),
        kind: ActorKind::Relay,
        secret: None,
    };
    let missing = DocumentReference("a/b".into());
    let error = source.open(&context(), &actor, &missing).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::NotFoundOrDenied, "a/b")
    );

    let deposit = Deposit {
        key: DepositKey("k".into()),
        reference: missing,
        metadata: DocumentMetadata {
            name: "n".into(),
            content_type: "t".into(),
            length: Some(5),
            revision: None,
        },
        sha256: Some([3; 32]),
        content: Box::pin(stream::iter(["ab", "cde"].map(|s| Ok(Bytes::from(s))))),
    };
    let receipt = source.deposit(&context(), &actor, deposit).await.unwrap();
    assert_eq!(receipt.reference.0, "u1/a/b");
    assert_eq!(receipt.revision.as_deref(), Some("acme Relay"));
    assert_eq!(
        (receipt.length, receipt.sha256, receipt.already_present),
        (5, [3; 32], true)
    );
}

#[tokio::test]
async fn a_token_store() {
    let store = across(Echo::default()).token_store.unwrap();
    let cx = context();
    let record = |version, sealed| SealedRecord {
        version,
        sealed: Bytes::from_static(sealed),
    };
    let key = |name: &str| RecordKey(name.into());
    assert_eq!(store.get(&cx, &key("a")).await.unwrap(), None);
    let stored = store
        .put(&cx, &key("a"), record(1, b"one"), None)
        .await
        .unwrap();
    assert_eq!(stored, PutOutcome::Stored);
    let conflict = store
        .put(&cx, &key("a"), record(1, b"x"), None)
        .await
        .unwrap();
    assert_eq!(conflict, PutOutcome::Conflict { found: Some(1) });
    let gone = store
        .put(&cx, &key("z"), record(2, b"x"), Some(1))
        .await
        .unwrap();
    assert_eq!(gone, PutOutcome::Conflict { found: None });
    assert_eq!(
        store.get(&cx, &key("a")).await.unwrap(),
        Some(record(1, b"one"))
    );

    store
        .put(&cx, &key("b"), record(1, b"two"), None)
        .await
        .unwrap();
    let page = store.list(&cx, None, 1).await.unwrap();
    assert_eq!((page.keys, page.more), (vec![key("a")], true));
    let page = store.list(&cx, Some(&key("a")), 1).await.unwrap();
    assert_eq!((page.keys, page.more), (vec![key("b")], false));
    let error = store.list(&cx, None, 0).await.unwrap_err();
    assert!(error.message().ends_with("1 keys instead of 0"), "{error}");

    assert!(store.delete(&cx, &key("a")).await.unwrap());
    assert!(!store.delete(&cx, &key("a")).await.unwrap());
}

//! What must not come in.

use ownhand_plugin_bridge::{
    Crosses,
    abi::{AbiError, AbiSecret, RNone, RString, RVec, Tuple2},
};
use ownhand_spi::{
    ActorKind, AdapterError, CallContext, ErrorKind, HostUser, InstanceArgs, PutOutcome, RecordKey,
    RecordPage, ResolvedIdentity, SealedRecord, SecretString,
};

use crate::support::{context, user};

fn refusal<T: Crosses>(abi: T::Abi) -> String {
    T::from_abi(abi).err().expect("refused").0
}

#[test]
fn too_much_of_anything() {
    let long = RString::from("x".repeat(64 * 1024 + 1));
    assert_eq!(refusal::<String>(long.clone()), "a text of 65537 bytes");
    let key = RString::from("x".repeat(201));
    assert_eq!(refusal::<RecordKey>(key), "a text of 201 bytes");
    assert!(String::from_abi("x".repeat(64 * 1024).into()).is_ok());
    assert_eq!(
        refusal::<SecretString>(AbiSecret::new(&long)),
        "a secret of 65537 bytes"
    );

    let mut abi = user("s").into_abi();
    abi.groups = vec![RString::from("g"); 1001].into();
    assert_eq!(refusal::<HostUser>(abi), "1001 groups");
    let mut abi = user("s").into_abi();
    abi.claims = (0..1001)
        .map(|n| Tuple2(n.to_string().into(), RString::new()))
        .collect();
    assert_eq!(refusal::<HostUser>(abi), "1001 claims");

    // Each within its own bound, and together too much.
    let mut abi = user("s").into_abi();
    abi.groups = vec![RString::from("g".repeat(1000)); 300].into();
    assert_eq!(refusal::<HostUser>(abi), "a person of 300000 bytes");

    let record = SealedRecord {
        version: 1,
        sealed: vec![0; 1024 * 1024 + 1].into(),
    };
    assert_eq!(
        refusal::<SealedRecord>(record.into_abi()),
        "a record of 1048577 bytes"
    );
    let page = RecordPage {
        keys: vec![RecordKey("k".into()); 10_001],
        more: false,
    };
    assert_eq!(refusal::<RecordPage>(page.into_abi()), "10001 keys");
}

#[test]
fn names_that_would_mean_everything() {
    for key in ["", "a/b", "a b", "ä"] {
        assert_eq!(
            refusal::<RecordKey>(key.into()),
            "a record key of wrong shape"
        );
    }
    let identity = ResolvedIdentity {
        user: user("s"),
        credential_use: ownhand_spi::CredentialUse::Single {
            id: String::new(),
            expires_unix_ms: 1,
        },
    };
    assert_eq!(
        refusal::<ResolvedIdentity>(identity.into_abi()),
        "a credential that may be shown once, without id"
    );
}

#[test]
fn what_an_error_says_is_only_text() {
    let error = error(0, false, "a\nERROR forged \u{1b}[2J", 0);
    assert_eq!(error.message(), r"a\nERROR forged \u{1b}[2J");
}

#[test]
fn unknown_kinds() {
    assert_eq!(refusal::<ActorKind>(0), "acting kind 0");
    let mut put = PutOutcome::Stored.into_abi();
    put.outcome = 3;
    assert_eq!(refusal::<PutOutcome>(put), "outcome 3 of a write");
    let identity = ResolvedIdentity {
        user: user("s"),
        credential_use: ownhand_spi::CredentialUse::Reusable,
    };
    let mut abi = identity.into_abi();
    abi.credential_use = 9;
    assert_eq!(refusal::<ResolvedIdentity>(abi), "credential use 9");
    let mut cx = context().into_abi();
    cx.tenant = "../other".into();
    assert_eq!(refusal::<CallContext>(cx), "a tenant id of wrong shape");
    let mut args = InstanceArgs::default().into_abi();
    args.settings_json = "{".into();
    assert_eq!(refusal::<InstanceArgs>(args), "settings that are not JSON");
}

fn error(code: u32, retryable: bool, message: &str, chain: usize) -> AdapterError {
    let error = AbiError {
        code,
        retryable,
        retry_after_ms: RNone,
        message: message.into(),
        path: RNone,
        chain: vec![RString::from("cause"); chain].into(),
        ext: RVec::new(),
    };
    AdapterError::from_abi(error).unwrap()
}

#[test]
fn an_error_is_always_an_error() {
    assert_eq!(error(4711, true, "m", 0).kind(), ErrorKind::Unavailable);
    assert_eq!(error(4711, false, "m", 0).kind(), ErrorKind::Other);
    assert_eq!(error(1, true, "m", 0).kind(), ErrorKind::NotFoundOrDenied);
    assert_eq!(error(0, false, "m", 1000).chain(2000).len(), 16);
    // Cut at 4 KiB, never within a character.
    let long = "ä".repeat(5000);
    let message = error(0, false, &long, 0).message().to_owned();
    assert!(
        message.len() <= 4096 && message.len() > 4090,
        "{}",
        message.len()
    );
}

#[test]
fn secrets_print_as_redacted() {
    let secret = AbiSecret::new("hunter2");
    assert_eq!(format!("{secret:?}"), "AbiSecret([redacted])");
}

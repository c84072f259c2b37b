//! What is refused.

use ownhand_plugin_sdk::{ErrorKind, RecordKey};
use serde_json::json;

use crate::forms::{at, build, context, forms, record};

#[tokio::test]
async fn keys_versions_and_sizes_are_bounded() {
    for form in forms() {
        let folder = tempfile::tempdir().unwrap();
        let store = build(&form, at(&folder.path().join("tokens.db")))
            .await
            .unwrap();
        let cx = context("acme");
        for bad in ["", "a/b", "a b", "ä", &"x".repeat(201)] {
            let error = store.get(&cx, &RecordKey(bad.into())).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{bad:?}");
        }
        let key = RecordKey("x".repeat(200));
        let largest = record(1, &vec![7; 64 * 1024]);
        store.put(&cx, &key, largest.clone(), None).await.unwrap();
        assert_eq!(store.get(&cx, &key).await.unwrap(), Some(largest));
        for (wrong, expected, kind) in [
            (
                record(2, &vec![7; 64 * 1024 + 1]),
                Some(1),
                ErrorKind::TooLarge,
            ),
            (record(1, b"x"), Some(1), ErrorKind::InvalidInput),
            (record(u64::MAX, b"x"), Some(1), ErrorKind::InvalidInput),
        ] {
            let error = store.put(&cx, &key, wrong, expected).await.unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
        }
    }
}

#[tokio::test]
async fn wrong_settings_are_told_with_their_place() {
    for form in forms() {
        for (settings, path) in [
            (json!({ "url": "postgres://u:hunter2@db/x" }), "url"),
            (json!({ "url": "tokens.db" }), "url"),
            (json!({ "url": "sqlite://" }), "url"),
            (json!({ "url": "sqlite://:memory:" }), "url"),
            (json!({ "url": "sqlite:///x.db?mode=ro" }), "url"),
            (
                json!({ "url": "sqlite:///x.db", "max_connections": 0 }),
                "max_connections",
            ),
            (
                json!({ "url": "sqlite:///x.db", "busy_seconds": 61 }),
                "busy_seconds",
            ),
            (
                json!({ "url": "sqlite:///x.db", "max_conections": 1 }),
                "max_conections",
            ),
        ] {
            let error = build(&form, settings).await.err().expect("refused");
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert_eq!(error.path(), Some(path), "{error}");
            assert!(!format!("{error:?}").contains("hunter2"));
        }
    }
}

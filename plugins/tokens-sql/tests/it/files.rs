//! The database file.

use std::os::unix::fs::PermissionsExt;

use ownhand_plugin_sdk::{ErrorKind, InstanceArgs, PutOutcome, RecordKey};
use serde_json::json;

use crate::forms::{at, build, context, forms, record};

#[tokio::test]
async fn files_and_folder_are_made_for_our_eyes_only() {
    for form in forms() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("made/by us");
        let store = build(&form, at(&inner.join("tokens.db"))).await.unwrap();
        let key = RecordKey("link".into());
        let stored = store
            .put(&context("acme"), &key, record(1, b"x"), None)
            .await
            .unwrap();
        assert_eq!(stored, PutOutcome::Stored);
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&inner), 0o700);
        let mut names = Vec::new();
        for entry in inner.read_dir().unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(mode(&path), 0o600, "{}", path.display());
            names.push(path.file_name().unwrap().to_owned());
        }
        names.sort();
        assert_eq!(names, ["tokens.db", "tokens.db-shm", "tokens.db-wal"]);
    }
}

#[tokio::test]
async fn what_is_no_database_is_told_at_the_setting() {
    for form in forms() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tokens.db");
        std::fs::write(&file, b"this is no database, but a text file".repeat(100)).unwrap();
        for path in [file.as_path(), folder.path(), &file.join("below a file")] {
            let error = build(&form, at(path)).await.err().expect("refused");
            assert_eq!(error.path(), Some("url"), "{}: {error}", path.display());
        }
    }
}

#[tokio::test]
async fn a_check_judges_the_settings_and_makes_nothing() {
    for factory in forms() {
        let folder = tempfile::tempdir().unwrap();
        let check = async |settings| {
            let args = InstanceArgs {
                instance: "token-store".into(),
                settings,
                ..InstanceArgs::default()
            };
            factory.check(args).await
        };
        let file = folder.path().join("new/tokens.db");
        check(at(&file)).await.unwrap();
        assert!(!folder.path().join("new").exists());

        let notes = folder.path().join("notes.txt");
        std::fs::write(&notes, "no database at all").unwrap();
        for wrong in [
            at(&notes),
            at(&notes.join("tokens.db")),
            at(folder.path()),
            at(&folder.path().join("new/")),
            json!({ "url": "sqlite::memory:" }),
        ] {
            let error = check(wrong.clone()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration, "{wrong}");
            assert_eq!(error.path(), Some("url"), "{wrong}");
        }

        // What was made by building is fine for a check, and a check leaves it as it is.
        let made = folder.path().join("made.db");
        drop(build(&factory, at(&made)).await.unwrap());
        // Its connections close in the background; the last one folds the log into the file and removes it.
        let log = folder.path().join("made.db-wal");
        let closed = async {
            while log.exists() {
                tokio::task::yield_now().await;
            }
        };
        let closed = tokio::time::timeout(std::time::Duration::from_secs(20), closed);
        closed.await.expect("the database is closed");
        let before = std::fs::read(&made).unwrap();
        check(at(&made)).await.unwrap();
        assert_eq!(std::fs::read(&made).unwrap(), before);
    }
}

//! The database file.

use std::os::unix::fs::PermissionsExt;

use ownhand_plugin_sdk::{PutOutcome, RecordKey};

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

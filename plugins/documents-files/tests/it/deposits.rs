//! Depositing documents: what lies on the disk.

use std::{path::Path, time::Duration};

use aws_lc_rs::digest::{SHA256, digest};
use futures_util::stream;
use ownhand_plugin_sdk::{
    Bytes, Deposit, DepositKey, DocumentMetadata, DynDocumentSource, ErrorKind, Receipt,
};
use serde_json::json;

use crate::forms::{Place, actor, context, forms, reference};

pub(crate) fn deposit(key: &str, path: &str, content: &'static [u8]) -> Deposit {
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(digest(&SHA256, content).as_ref());
    Deposit {
        key: DepositKey(key.into()),
        reference: reference(path),
        metadata: DocumentMetadata {
            name: "a.pdf".into(),
            content_type: "application/pdf".into(),
            length: None,
            revision: None,
        },
        sha256: Some(sha256),
        content: Box::pin(stream::iter([Ok(Bytes::from_static(content))])),
    }
}

pub(crate) async fn put(
    source: &dyn DynDocumentSource,
    deposit: Deposit,
) -> Result<Receipt, ErrorKind> {
    source
        .deposit(&context("acme"), &actor("u", &[]), deposit)
        .await
        .map_err(|error| error.kind())
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Waits until a folder holds so many files.
pub(crate) async fn holds(folder: &Path, count: usize) {
    let reached = async {
        while !folder.exists() || names(folder).len() != count {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), reached)
        .await
        .expect("waited in vain");
}

#[tokio::test]
async fn the_document_and_a_note_are_all_that_is_left() {
    for form in forms() {
        let place = Place::new();
        let source = place.build(&form, json!({})).await.unwrap();
        let receipt = put(&*source, deposit("k-1", "signed/a.pdf", b"%PDF-a"))
            .await
            .unwrap();
        assert_eq!(receipt.reference.0, "signed/a.pdf");
        assert_eq!(names(&place.acme()), [".ownhand", "signed"]);
        assert_eq!(names(&place.acme().join("signed")), ["a.pdf"]);
        assert_eq!(names(&place.acme().join(".ownhand/deposits")), ["k-1"]);
        assert!(names(&place.incoming()).is_empty());
        let written = std::fs::read(place.acme().join("signed/a.pdf")).unwrap();
        assert_eq!(written, b"%PDF-a");
    }
}

#[tokio::test]
async fn a_completed_deposit_stays_completed_whatever_people_do_with_the_file() {
    for form in forms() {
        let place = Place::new();
        let source = place.build(&form, json!({})).await.unwrap();
        let first = put(&*source, deposit("k", "a.pdf", b"%PDF-a"))
            .await
            .unwrap();
        place.write("a.pdf", b"%PDF-annotated");
        // Another instance knows it too: the note is on the disk.
        let source = place.build(&form, json!({})).await.unwrap();
        for known in [true, false] {
            let mut again = deposit("k", "a.pdf", b"%PDF-a");
            if !known {
                again.sha256 = None;
            }
            let receipt = put(&*source, again).await.unwrap();
            assert!(receipt.already_present);
            assert_eq!(receipt.sha256, first.sha256);
        }
        let kept = std::fs::read(place.acme().join("a.pdf")).unwrap();
        assert_eq!(kept, b"%PDF-annotated");
        // Deleted, it is deposited anew.
        std::fs::remove_file(place.acme().join("a.pdf")).unwrap();
        let receipt = put(&*source, deposit("k", "a.pdf", b"%PDF-a"))
            .await
            .unwrap();
        assert!(!receipt.already_present);
    }
}

#[tokio::test]
async fn a_key_stands_for_one_document() {
    for form in forms() {
        let place = Place::new();
        let source = place.build(&form, json!({})).await.unwrap();
        put(&*source, deposit("k", "a.pdf", b"%PDF-a"))
            .await
            .unwrap();
        for other in [
            deposit("k", "b.pdf", b"%PDF-a"),
            deposit("k", "a.pdf", b"%PDF-b"),
        ] {
            assert_eq!(put(&*source, other).await, Err(ErrorKind::Conflict));
        }
        for bad in ["", "../k", "a/b", ".", &"k".repeat(201)] {
            let wrong = deposit(bad, "c.pdf", b"%PDF");
            assert_eq!(put(&*source, wrong).await, Err(ErrorKind::InvalidInput));
        }
        assert_eq!(names(&place.acme()), [".ownhand", "a.pdf"]);
    }
}

#[tokio::test]
async fn rules_bind_deposits_too() {
    for form in forms() {
        let place = Place::new();
        place.write("a.pdf", b"%PDF-there");
        let rules = json!({ "rules": [{ "read": true }] });
        let source = place.build(&form, rules).await.unwrap();
        for path in ["a.pdf", "b.pdf"] {
            let denied = put(&*source, deposit("k", path, b"%PDF")).await;
            assert_eq!(denied, Err(ErrorKind::NotFoundOrDenied));
        }
        assert_eq!(names(&place.acme()), ["a.pdf"]);
    }
}

#[tokio::test]
async fn too_large_leaves_nothing() {
    for form in forms() {
        let place = Place::new();
        let source = place.build(&form, json!({ "max_bytes": 4 })).await.unwrap();
        let mut told = deposit("k", "a.pdf", b"12345");
        told.metadata.length = Some(5);
        assert_eq!(put(&*source, told).await, Err(ErrorKind::TooLarge));
        let untold = deposit("k", "a.pdf", b"12345");
        assert_eq!(put(&*source, untold).await, Err(ErrorKind::TooLarge));
        assert!(names(&place.incoming()).is_empty());
        assert_eq!(names(&place.acme()), [".ownhand"]);
    }
}

#[tokio::test]
async fn a_folder_in_the_way_is_a_conflict() {
    for form in forms() {
        let place = Place::new();
        place.write("a.pdf", b"%PDF-there");
        place.write("folder/b.pdf", b"%PDF-there");
        let source = place.build(&form, json!({})).await.unwrap();
        for path in ["a.pdf/inner.pdf", "folder"] {
            let mut blind = deposit("k", path, b"%PDF");
            blind.sha256 = None;
            assert_eq!(
                put(&*source, blind).await,
                Err(ErrorKind::Conflict),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn what_a_killed_process_left_is_removed_and_what_is_in_use_is_not() {
    for form in forms() {
        let place = Place::new();
        place.write(".ownhand/incoming/1-0", b"left behind");
        place.write(".ownhand/incoming/2-0", b"in use");
        let used = std::fs::File::open(place.incoming().join("2-0")).unwrap();
        used.lock().unwrap();
        place.build(&form, json!({})).await.unwrap();
        assert_eq!(names(&place.incoming()), ["2-0"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_deposit_removes_its_file() {
    for form in forms() {
        let place = Place::new();
        let source = place.build(&form, json!({})).await.unwrap();
        let incoming = place.incoming();
        let mut stalls = deposit("k", "a.pdf", b"%PDF");
        stalls.content = Box::pin(stream::pending());
        tokio::select! {
            answer = put(&*source, stalls) => panic!("ended: {answer:?}"),
            () = holds(&incoming, 1) => {}
        }
        // A loaded library drops the work on a thread of its own, soon after.
        holds(&incoming, 0).await;
        assert_eq!(names(&place.acme()), [".ownhand"]);
    }
}

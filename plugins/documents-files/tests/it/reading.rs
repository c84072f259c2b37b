//! Opening documents.

use std::time::Duration;

use futures_util::TryStreamExt;
use ownhand_plugin_sdk::{ActorKind, Bytes, ErrorKind};
use serde_json::json;

use crate::forms::{Place, actor, context, forms, reference};

#[tokio::test]
async fn streams_in_pieces_with_length_type_and_revision() {
    let content: Vec<u8> = (0..700_000_u32).flat_map(u32::to_le_bytes).collect();
    for form in forms() {
        let place = Place::new();
        place.write("a/NDA.PDF", &content);
        let source = place.build(&form, json!({})).await.unwrap();
        assert_eq!(source.acting(), ActorKind::Service);
        let cx = context("acme");
        let open = || async {
            source
                .open(&cx, &actor("u", &[]), &reference("a/NDA.PDF"))
                .await
                .unwrap()
        };
        let opened = open().await;
        assert_eq!(opened.metadata.name, "NDA.PDF");
        assert_eq!(opened.metadata.content_type, "application/pdf");
        assert_eq!(opened.metadata.length, Some(2_800_000));
        let pieces: Vec<Bytes> = opened.content.try_collect().await.unwrap();
        assert!(pieces.iter().all(|piece| piece.len() <= 256 * 1024));
        assert_eq!(pieces.concat(), content);

        assert_eq!(open().await.metadata.revision, opened.metadata.revision);
        place.write("a/NDA.PDF", b"%PDF-other");
        assert_ne!(open().await.metadata.revision, opened.metadata.revision);
    }
}

#[tokio::test]
async fn a_document_that_changes_meanwhile_is_a_conflict_and_never_a_mixture() {
    /// More than a loaded library reads ahead.
    const LENGTH: usize = 8_000_000;
    for form in forms() {
        for changed in [LENGTH + 1, 10, LENGTH] {
            let place = Place::new();
            place.write("a.pdf", &vec![0; LENGTH]);
            // The old time, so that the new one differs even if both writes fall into one tick of the file system's clock.
            let file = std::fs::File::options()
                .write(true)
                .open(place.acme().join("a.pdf"))
                .unwrap();
            file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(1))
                .unwrap();
            let source = place.build(&form, json!({})).await.unwrap();
            let opened = source
                .open(&context("acme"), &actor("u", &[]), &reference("a.pdf"))
                .await
                .unwrap();
            place.write("a.pdf", &vec![1; changed]);
            let read: Result<Vec<Bytes>, _> = opened.content.try_collect().await;
            let error = read.map(|pieces| pieces.len()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Conflict);
        }
    }
}

#[tokio::test]
async fn what_is_no_ordinary_file_is_missing_and_never_waited_for() {
    for form in forms() {
        let place = Place::new();
        let socket = std::os::unix::net::UnixListener::bind(place.acme().join("socket.pdf"));
        socket.unwrap();
        let fifo = std::process::Command::new("mkfifo")
            .arg(place.acme().join("fifo.pdf"))
            .status();
        assert!(fifo.unwrap().success());
        let source = place.build(&form, json!({})).await.unwrap();
        for path in ["socket.pdf", "fifo.pdf"] {
            let error = source
                .open(&context("acme"), &actor("u", &[]), &reference(path))
                .await
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFoundOrDenied, "{path}");
        }
    }
}

#[tokio::test]
async fn an_instance_serves_its_own_tenant_only() {
    for form in forms() {
        let place = Place::new();
        place.write("a.pdf", b"%PDF");
        let source = place.build(&form, json!({})).await.unwrap();
        let error = source
            .open(&context("globex"), &actor("u", &[]), &reference("a.pdf"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFoundOrDenied);
    }
}

#[tokio::test]
async fn too_large_is_told() {
    for form in forms() {
        let place = Place::new();
        place.write("a.pdf", b"12345");
        let source = place.build(&form, json!({ "max_bytes": 4 })).await.unwrap();
        let error = source
            .open(&context("acme"), &actor("u", &[]), &reference("a.pdf"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
    }
}

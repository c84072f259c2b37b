//! Streams in both directions.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use ownhand_spi::{
    AdapterError, ByteStream, Deposit, DepositKey, DocumentMetadata, DocumentReference, ErrorKind,
    Receipt,
};

use crate::support::{Source, actor, context, loaded};

const PIECE: usize = 256 * 1024;

/// Bytes that differ everywhere enough to show a swapped or lost piece.
fn pattern(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..length).map(next).collect()
}

async fn deposit(source: &Source, content: ByteStream) -> Result<Receipt, AdapterError> {
    let deposit = Deposit {
        key: DepositKey("k".into()),
        reference: DocumentReference("signed.pdf".into()),
        metadata: DocumentMetadata {
            name: "signed.pdf".into(),
            content_type: "application/pdf".into(),
            length: None,
            revision: Some("r7".into()),
        },
        sha256: Some([9; 32]),
        content,
    };
    let cx = context(Duration::from_secs(20));
    source.0.deposit(&cx, &actor(), deposit).await
}

/// How a stream ends: what came before, and the error.
async fn until_error(mut content: ByteStream) -> (usize, AdapterError) {
    let mut length = 0;
    loop {
        match content.next().await.expect("an error before the end") {
            Ok(piece) => length += piece.len(),
            Err(error) => {
                assert!(content.next().await.is_none(), "an error ends a stream");
                return (length, error);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_mebibytes_there_and_back() {
    let plugin = loaded();
    let source = plugin.source().await;
    let bytes = Bytes::from(pattern(8 * 1024 * 1024 + 17));
    let pieces: Vec<_> = (0..bytes.len())
        .step_by(PIECE)
        .map(|at| Ok(bytes.slice(at..bytes.len().min(at + PIECE))))
        .collect();
    // A host timer in between: the host's own runtime reads the host's streams.
    let content = stream::iter(pieces).then(|piece| async {
        let never = std::future::pending::<()>();
        let _ = tokio::time::timeout(Duration::from_micros(100), never).await;
        piece
    });
    let receipt = deposit(&source, Box::pin(content)).await.unwrap();
    assert_eq!(receipt.length, bytes.len() as u64);
    assert_eq!(receipt.revision.as_deref(), Some("r7"));
    assert_eq!(receipt.sha256, [9; 32]);

    let opened = source.open("signed.pdf").await.unwrap();
    let back: Vec<Bytes> = opened.content.try_collect().await.unwrap();
    assert!(back.concat() == bytes, "the bytes differ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_stream_is_an_error_and_no_short_document() {
    let plugin = loaded();
    let source = plugin.source().await;
    for (name, kind) in [
        ("broken", ErrorKind::Panicked),
        ("failing", ErrorKind::Unavailable),
        ("stuck", ErrorKind::TimedOut),
        ("blocked", ErrorKind::TimedOut),
    ] {
        let content = source.open(name).await.unwrap().content;
        let (length, error) = until_error(content).await;
        assert_eq!((length, error.kind()), ("first".len(), kind), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_stream_ends_with_its_reader() {
    let plugin = loaded();
    let source = plugin.source().await;
    for (name, count) in [("endless", 1), ("endless, panics when dropped", 2)] {
        let mut content = source.open(name).await.unwrap().content;
        for _ in 0..100 {
            assert_eq!(content.next().await.unwrap().unwrap().len(), 1024);
        }
        drop(content);
        source.until_dropped(count).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_host_stream_reaches_the_plugin() {
    let plugin = loaded();
    let source = plugin.source().await;
    let first = || stream::iter([Ok(Bytes::from_static(b"x"))]);
    let locked = AdapterError::new(ErrorKind::Locked, "checked out");
    let failing = first().chain(stream::iter([Err(locked)]));
    let error = deposit(&source, Box::pin(failing)).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::Locked, "checked out")
    );

    let panicking = first().chain(stream::once(async { panic!("the host's own") }));
    let error = deposit(&source, Box::pin(panicking)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Panicked);
    let missing = source.open("signed.pdf").await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFoundOrDenied);
}

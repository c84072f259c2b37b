//! Plugins that do the worst that can be contained.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use ownhand_plugin_host::{LoadOptions, load};
use ownhand_spi::{
    AdapterFactory, ByteStream, Deposit, DepositKey, DocumentMetadata, DocumentReference,
    ErrorKind, InstanceArgs,
};
use serde_json::json;

use crate::support::{PATIENCE, Source, actor, context, copy, loaded, of, options, raw};

#[tokio::test(flavor = "multi_thread")]
async fn errors_that_panic_when_shown_or_dropped_are_errors_of_their_call() {
    let plugin = loaded();
    let source = plugin.source().await;
    for reference in [
        "an error that panics when shown at once",
        "an error that panics when dropped at once",
    ] {
        let error = source.open(reference).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Panicked, "{reference}");
    }
    for reference in [
        "an error that panics when shown",
        "an error that panics when dropped",
    ] {
        let mut content = source.open(reference).await.unwrap().content;
        assert_eq!(content.next().await.unwrap().unwrap(), "first");
        let error = content.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Panicked, "{reference}");
    }
    assert_eq!(source.says("label").await, "one");
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_panic_when_dropped_harm_nobody() {
    let plugin = loaded();
    let source = plugin.source().await;
    let opened = source.open("bytes that panic when dropped").await.unwrap();
    let kept: Vec<_> = opened.content.take(20).collect().await;
    assert_eq!(kept.len(), 20);
    assert!(kept.iter().all(|piece| piece.as_ref().unwrap() == "bytes"));
    drop(kept);
    assert_eq!(source.says("label").await, "one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_and_a_drop_that_block_hold_nobody_up() {
    let (_folder, path) = copy();
    let options = LoadOptions {
        build_timeout: PATIENCE,
        ..options()
    };
    let plugin = load(&path, None, &options).unwrap();
    let args = |settings| InstanceArgs {
        settings,
        ..InstanceArgs::default()
    };
    let blocked = plugin.build(args(json!({"build": "block"}))).await;
    assert_eq!(blocked.unwrap_err().kind(), ErrorKind::TimedOut);
    // Comes back at once: the author's code runs elsewhere.
    for _ in 0..5 {
        let settings = json!({"label": "blocks when dropped"});
        drop(plugin.build(args(settings)).await.unwrap());
    }
    let instance = plugin.build(args(json!({"label": "well"}))).await.unwrap();
    let source = Source(instance.document_source.unwrap());
    assert_eq!(source.says("label").await, "well");
    // The plugin's end waits as long as it is told to, and no longer.
    plugin.shutdown(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn threads_leaks_and_huge_answers_cost_their_call_only() {
    let plugin = loaded();
    let source = plugin.source().await;
    assert_eq!(source.says("threads").await, "");
    assert_eq!(source.says("leak").await, (16 * 1024 * 1024).to_string());
    let error = source.open("huge").await.unwrap_err();
    assert!(
        error.message().ends_with("a text of 268435456 bytes"),
        "{error}"
    );
    assert_eq!(source.says("label").await, "one");
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_pieces_without_end_time_out() {
    let plugin = loaded();
    let source = plugin.source().await;
    let mut content = source.open("empty pieces").await.unwrap().content;
    let error = content.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(source.says("label").await, "one");
}

/// A document that never ends, as long as somebody takes it; holds `held`.
fn endless(held: &Arc<()>) -> ByteStream {
    let held = Arc::clone(held);
    Box::pin(stream::repeat(held).map(|_| Ok(Bytes::from_static(b"x"))))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_that_never_reads_lets_go_of_the_hosts_content() {
    let (_folder, path) = copy();
    let options = LoadOptions {
        call_timeout: PATIENCE,
        ..options()
    };
    let plugin = load(&path, None, &options).unwrap();
    let instance = plugin.build(InstanceArgs::default()).await.unwrap();
    let source = Source(instance.document_source.unwrap());
    // The one blocks its thread with the stream in hand, the other leaks its end of it.
    for reference in ["block", "keep for ever"] {
        let held = Arc::new(());
        let deposit = Deposit {
            key: DepositKey("k".into()),
            reference: DocumentReference(reference.into()),
            metadata: DocumentMetadata {
                name: "a.pdf".into(),
                content_type: "application/pdf".into(),
                length: None,
                revision: None,
            },
            sha256: None,
            content: endless(&held),
        };
        let cx = context(Duration::from_mins(10));
        let error = source.0.deposit(&cx, &actor(), deposit).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut, "{reference}");
        let released = async {
            while Arc::strong_count(&held) > 1 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), released)
            .await
            .expect("the content within 20 s");
    }
    assert_eq!(source.says("label").await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_text_and_no_bytes_is_garbage() {
    let plugin = of(raw(*b"good..."));
    let instance = plugin.named("well").await.unwrap();
    let source = Source(instance.document_source.unwrap());
    let error = source.open("name that is no text").await.unwrap_err();
    assert!(
        error.message().ends_with("a text that is not UTF-8"),
        "{error}"
    );
    // An error stays an error, whatever it says.
    let error = source.open("error that is no text").await.unwrap_err();
    assert_eq!(error.message(), "\u{fffd}\u{fffd}\\n\\u{1b}");
    for (reference, refusal) in [
        ("bytes at no address", "a piece of 4 bytes at no address"),
        (
            "bytes of any length",
            "a piece of 18446744073709551615 bytes",
        ),
    ] {
        let mut content = source.open(reference).await.unwrap().content;
        let error = content.next().await.unwrap().unwrap_err();
        assert!(error.message().ends_with(refusal), "{error}");
    }
    assert_eq!(source.says("version").await, "1.0.0");
}

#[tokio::test(flavor = "multi_thread")]
async fn call_sites_and_spans_without_end_are_not_kept() {
    crate::log::capture();
    let plugin = of(raw(*b"good..."));
    let instance = plugin.named("well").await.unwrap();
    let source = Source(instance.document_source.unwrap());
    // The span of this call is one of them.
    let spans: u32 = source.says("many spans").await.parse().unwrap();
    assert!((9_000..=10_000).contains(&spans), "{spans} of 20000 spans");
    let sites: u32 = source.says("many call sites").await.parse().unwrap();
    assert!(
        (1000..=4096).contains(&sites),
        "{sites} of 10000 call sites"
    );
    // The host's own log is as it was, and so is another plugin's.
    let other = loaded();
    let span = tracing::info_span!("host_after_many");
    let says = other.source().await;
    tracing::Instrument::instrument(says.says("log"), span).await;
    assert_eq!(crate::log::seen_within("host_after_many").len(), 2);
}

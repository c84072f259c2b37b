//! Panics, silence and garbage are errors of one call.

use std::time::Duration;

use ownhand_spi::{Credential, ErrorKind};
use serde_json::json;

use crate::support::{PATIENCE, Source, context, loaded};

async fn kind(source: &Source, reference: &str) -> ErrorKind {
    source.open(reference).await.unwrap_err().kind()
}

#[tokio::test(flavor = "multi_thread")]
async fn panics_are_contained() {
    let plugin = loaded();
    let source = plugin.source().await;
    for reference in ["panic", "panic later", "panic with a number"] {
        assert_eq!(kind(&source, reference).await, ErrorKind::Panicked);
    }
    assert_eq!(source.says("label").await, "one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_while_building_is_contained() {
    let plugin = loaded();
    for settings in [
        json!({"build": "panic"}),
        json!({"label": "panics when asked"}),
    ] {
        let error = plugin.try_build(settings).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Panicked);
    }
    assert_eq!(plugin.source().await.says("label").await, "one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hanging_call_times_out_while_others_go_on() {
    let plugin = loaded();
    let source = plugin.source().await;
    let hanging = source.open_within("hang", PATIENCE);
    let others = async {
        for _ in 0..50 {
            assert_eq!(source.says("label").await, "one");
        }
    };
    let (hung, ()) = tokio::join!(hanging, others);
    let error = hung.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(error.to_string().contains("`misbehaving`"), "{error}");
    source.until_dropped(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_thread_costs_only_its_caller() {
    let plugin = loaded();
    let source = plugin.source().await;
    let blocked = source.open_within("block", PATIENCE);
    let others = async {
        for _ in 0..50 {
            assert_eq!(source.says("label").await, "one");
        }
    };
    let (blocked, ()) = tokio::join!(blocked, others);
    assert_eq!(blocked.unwrap_err().kind(), ErrorKind::TimedOut);
    assert_eq!(source.says("label").await, "one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_without_a_free_thread_times_out() {
    let plugin = loaded();
    let source = plugin.source().await;
    let both = tokio::join!(
        source.open_within("block", PATIENCE),
        source.open_within("block", PATIENCE),
    );
    assert_eq!(both.0.unwrap_err().kind(), ErrorKind::TimedOut);
    assert_eq!(both.1.unwrap_err().kind(), ErrorKind::TimedOut);
    let starved = source.open_within("label", PATIENCE).await.unwrap_err();
    assert_eq!(starved.kind(), ErrorKind::TimedOut);
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_a_call_drops_the_work() {
    let plugin = loaded();
    let source = plugin.source().await;
    for (reference, count) in [("hang", 1), ("hang, panics when dropped", 2)] {
        let call = source.open(reference);
        tokio::select! {
            _ = call => panic!("it hangs"),
            () = source.until_begun(count) => {}
        }
        source.until_dropped(count).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn authors_have_timers() {
    let plugin = loaded();
    assert_eq!(plugin.source().await.says("timer").await, "true");
}

#[tokio::test(flavor = "multi_thread")]
async fn causes_cross_and_passwords_do_not() {
    let plugin = loaded();
    let error = plugin.source().await.open("causes").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(error.to_string(), "the host app does not answer");
    assert_eq!(error.wait(), Some(Duration::from_millis(1500)));
    assert_eq!(
        error.chain(16),
        ["request to https://[redacted]@host/x", "connection refused"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_is_refused() {
    let plugin = loaded();
    let error = plugin.source().await.open("long").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Other);
    assert!(
        error.to_string().ends_with("a text of 70000 bytes"),
        "{error}"
    );

    let instance = plugin.try_build(json!({})).await.unwrap();
    let mapper = instance.identity_mapper.unwrap();
    let credential = |count: u32| Credential {
        scheme: "bearer".into(),
        value: format!("groups:{count}").into(),
    };
    let cx = context(Duration::from_secs(20));
    let many = mapper.resolve(&cx, credential(1000)).await.unwrap();
    assert_eq!(many.user.groups.len(), 1000);
    let error = mapper.resolve(&cx, credential(1001)).await.unwrap_err();
    assert!(error.to_string().ends_with("1001 groups"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_shutdown_calls_are_refused() {
    let plugin = loaded();
    let source = plugin.source().await;
    let hanging = tokio::spawn({
        let source = source.clone();
        async move { source.open("hang").await }
    });
    source.until_begun(1).await;
    plugin
        .plugin
        .shutdown(Duration::from_secs(5))
        .await
        .unwrap();
    let ended = hanging.await.unwrap().unwrap_err();
    assert_eq!(ended.kind(), ErrorKind::Unavailable);
    let refused = source.open("label").await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unavailable);
    assert!(refused.to_string().contains("shut down"), "{refused}");
}

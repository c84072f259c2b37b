//! The plugin's events and spans in the host's log.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, OnceLock},
};

use serde_json::json;
use tracing::{
    Event, Instrument, Level, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id},
};
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
    reload::{self, Handle},
};

use crate::support::{Source, loaded, of, raw};

#[derive(Clone, Debug)]
pub(crate) struct Seen {
    level: Level,
    target: String,
    fields: Fields,
    /// Name and fields of the spans around it, outermost first.
    spans: Vec<(String, Fields)>,
    line: Option<u32>,
}

#[derive(Clone, Debug, Default)]
struct Fields(BTreeMap<String, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0
            .insert(field.name().to_owned(), format!("text {value}"));
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0
            .insert(field.name().to_owned(), format!("u64 {value}"));
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0
            .insert(field.name().to_owned(), format!("i64 {value}"));
    }
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0
            .insert(field.name().to_owned(), format!("f64 {value}"));
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0
            .insert(field.name().to_owned(), format!("bool {value}"));
    }
}

static SEEN: Mutex<Vec<Seen>> = Mutex::new(Vec::new());

struct Capture;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Capture {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, cx: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        cx.span(id).unwrap().extensions_mut().insert(fields);
    }

    fn on_event(&self, event: &Event<'_>, cx: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let spans = cx
            .event_scope(event)
            .into_iter()
            .flat_map(tracing_subscriber::registry::Scope::from_root);
        let spans = spans.map(|span| {
            let fields = span.extensions().get::<Fields>().cloned().unwrap();
            (span.name().to_owned(), fields)
        });
        SEEN.lock().unwrap().push(Seen {
            level: *event.metadata().level(),
            target: event.metadata().target().to_owned(),
            fields,
            spans: spans.collect(),
            line: event.metadata().line(),
        });
    }
}

/// The process's own subscriber, set before any plugin is loaded whose log is looked at. Gives the way to change its filter.
pub(crate) fn capture() -> &'static Handle<EnvFilter, Registry> {
    static ONCE: OnceLock<Handle<EnvFilter, Registry>> = OnceLock::new();
    ONCE.get_or_init(|| {
        let (filter, handle) = reload::Layer::new(EnvFilter::new("info"));
        let subscriber = tracing_subscriber::registry().with(filter).with(Capture);
        tracing::subscriber::set_global_default(subscriber).unwrap();
        handle
    })
}

/// The events within the host's span of this name.
pub(crate) fn seen_within(span: &str) -> Vec<Seen> {
    let seen = SEEN.lock().unwrap();
    let within = seen
        .iter()
        .filter(|seen| seen.spans.first().is_some_and(|(name, _)| name == span));
    within.cloned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn events_and_spans_keep_what_they_say() {
    capture();
    let plugin = loaded();
    let source = plugin.source().await;
    let span = tracing::info_span!("host_request", id = 7);
    source.says("log").instrument(span).await;

    let seen = seen_within("host_request");
    assert_eq!(seen.len(), 2, "{seen:?}");
    let first = &seen[0];
    assert_eq!(
        (first.level, first.target.as_str()),
        (Level::WARN, "misbehaving::custom")
    );
    let fields: Vec<(&str, &str)> = first
        .fields
        .0
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    assert_eq!(
        fields,
        [
            ("below", "i64 -4"),
            ("count", "u64 3"),
            ("fine", "bool true"),
            ("label", "text one"),
            ("message", "something happened"),
            ("ratio", "f64 0.5"),
            ("shown", "one"),
        ]
    );
    assert!(first.line.is_some());
    assert_eq!(first.spans.len(), 1);

    let second = &seen[1];
    assert_eq!(second.fields.0["message"], "inside");
    assert_eq!(second.target, "ownhand_plugin_misbehaving::source");
    let names: Vec<&str> = second.spans.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["host_request", "inner"]);
    assert_eq!(second.spans[0].1.0["id"], "i64 7");
    assert_eq!(second.spans[1].1.0["depth"], "i64 2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_logged_with_its_place() {
    capture();
    let plugin = loaded();
    let source = plugin.source().await;
    let span = tracing::info_span!("host_panic");
    source.open("panic").instrument(span).await.unwrap_err();
    let seen = seen_within("host_panic");
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!(seen[0].level, Level::ERROR);
    let fields = &seen[0].fields.0;
    assert_eq!(fields["message"], "the adapter panicked: before any await");
    assert_eq!(fields["plugin"], "text misbehaving");
    assert!(fields["location"].contains("source.rs:"), "{fields:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_outlives_the_hosts_span_does_no_harm() {
    capture();
    let plugin = loaded();
    let instance = plugin.try_build(json!({"label": "late"})).await.unwrap();
    let source = Source(instance.document_source.unwrap());
    let call = source.open_within("block", crate::support::PATIENCE);
    let span = tracing::info_span!("host_gone");
    call.instrument(span).await.unwrap_err();
    // The plugin's thread is still within the span that the host has let go of.
    let span = tracing::info_span!("host_after");
    source.says("log").instrument(span).await;
    assert_eq!(seen_within("host_after").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_the_drop_of_an_instance_is_contained() {
    capture();
    let plugin = loaded();
    let settings = json!({"label": "panics when dropped"});
    drop(plugin.try_build(settings).await.unwrap());
    let logged = |seen: &Seen| {
        seen.fields
            .0
            .get("message")
            .is_some_and(|m| m.ends_with(": in drop"))
    };
    let until = async {
        while !SEEN.lock().unwrap().iter().any(logged) {
            tokio::task::yield_now().await;
        }
    };
    let patience = std::time::Duration::from_secs(20);
    tokio::time::timeout(patience, until)
        .await
        .expect("the panic within 20 s");
    assert_eq!(plugin.source().await.says("label").await, "one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_filter_reaches_the_plugin() {
    let filter = capture();
    let plugin = loaded();
    let source = plugin.source().await;
    let seen = async |span: tracing::Span| {
        source.says("log finely").instrument(span).await;
        seen_within("host_filter").len()
    };
    assert_eq!(seen(tracing::info_span!("host_filter")).await, 0);
    let finer = EnvFilter::new("info,misbehaving::fine=trace");
    filter.reload(finer).unwrap();
    plugin.plugin.log_filter_changed();
    assert_eq!(seen(tracing::info_span!("host_filter")).await, 1);
}

fn message(seen: &Seen) -> &str {
    seen.fields.0.get("message").map_or("", String::as_str)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_cut_short_and_told() {
    capture();
    let plugin = loaded();
    let source = plugin.source().await;
    let span = tracing::info_span!("host_flood");
    source.says("flood").instrument(span).await;
    let seen = seen_within("host_flood");
    let taken = seen.iter().filter(|seen| message(seen) == "flood").count();
    assert!((1000..10_000).contains(&taken), "{taken} of 20000 events");
    let began = seen
        .iter()
        .filter(|seen| message(seen).starts_with("the plugin logs too much"));
    assert!(began.count() >= 1);
    // As soon as there is room again, what was left out is told.
    let told = async {
        loop {
            let span = tracing::info_span!("host_after_flood");
            source.says("log").instrument(span).await;
            let seen = seen_within("host_after_flood");
            let over = |seen: &&Seen| message(seen) == "events of the plugin were dropped";
            if let Some(over) = seen.iter().find(over) {
                assert_eq!(over.fields.0["plugin"], "text misbehaving");
                return over.fields.0["dropped"].clone();
            }
        }
    };
    let patience = std::time::Duration::from_secs(20);
    let dropped = tokio::time::timeout(patience, told).await.unwrap();
    let dropped: usize = dropped.trim_start_matches("u64 ").parse().unwrap();
    assert!(dropped > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_one_line_of_bounded_length() {
    capture();
    let plugin = loaded();
    let source = plugin.source().await;
    let span = tracing::info_span!("host_lines");
    source.says("several lines").instrument(span).await;
    let seen = seen_within("host_lines");
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert!(message(&seen[0]).starts_with(r"first\nsecond xxx"));
    assert!(message(&seen[0]).len() <= 8 * 1024);
    assert_eq!(seen[0].fields.0["text"], r"text a\nERROR forged \u{1b}[2J");

    // The same without the kit, which neither cuts nor escapes.
    let plugin = of(raw(*b"good..."));
    let instance = plugin.named("well").await.unwrap();
    let source = Source(instance.document_source.unwrap());
    let span = tracing::info_span!("host_raw_lines");
    source.says("log").instrument(span).await;
    let seen = seen_within("host_raw_lines");
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert_eq!(message(&seen[0]), r"a\nERROR forged \u{1b}[2J");
    assert_eq!(seen[0].target, r"raw\ntarget");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_can_neither_close_nor_alter_what_is_not_its_own() {
    capture();
    let other = loaded();
    let other = other.source().await;
    let plugin = of(raw(*b"good..."));
    let instance = plugin.named("well").await.unwrap();
    let source = Source(instance.document_source.unwrap());

    let elsewhere = tracing::info_span!("host_elsewhere", id = 8);
    let span = tracing::info_span!("host_attacked", id = 7);
    source.says("spans").instrument(span.clone()).await;
    // Both are as they were: the one that was lent, and the one of another call.
    other.says("log").instrument(span.clone()).await;
    other.says("log").instrument(elsewhere.clone()).await;
    for (span, id) in [("host_attacked", "i64 7"), ("host_elsewhere", "i64 8")] {
        let seen = seen_within(span);
        assert_eq!(seen.len(), 2, "{seen:?}");
        assert_eq!(seen[0].spans[0].1.0["id"], id);
    }
    // Closing them for good is their owner's, and does not panic.
    drop((span, elsewhere));
}

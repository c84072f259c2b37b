//! Sends the library's events and spans to the host's log.

mod values;

use std::{
    collections::HashMap,
    panic::PanicHookInfo,
    sync::{PoisonError, RwLock},
};

use ownhand_plugin_bridge::abi::{
    AbiCallsite, AbiParent, HostLogBox, RNone, RSome, RString, RVec, codes,
};
use tracing_core::{
    Event, Interest, Level, LevelFilter, Metadata, Subscriber,
    callsite::Identifier,
    span::{Attributes, Id, Record},
};

use crate::library;
use values::Values;

/// Makes the host's log this library's, and logs panics there instead of on the error output.
pub(crate) fn install() {
    let Some(log) = library::host_log() else {
        return;
    };
    let forwarder = Forwarder {
        log,
        known: RwLock::default(),
    };
    // Fails only if the library has a subscriber already, which its author then wants.
    let _ = tracing::subscriber::set_global_default(forwarder);
    std::panic::set_hook(Box::new(log_panic));
}

fn log_panic(info: &PanicHookInfo<'_>) {
    let location = info.location().map(ToString::to_string);
    tracing::error!(
        plugin = library::plugin(),
        location = location.as_deref().unwrap_or("unknown"),
        "the adapter panicked: {}",
        info.payload_as_str().unwrap_or("no message")
    );
}

/// Stands for a span that the host does not follow; its own numbers are small.
const NOT_FOLLOWED: u64 = u64::MAX;

struct Forwarder {
    log: &'static HostLogBox,
    /// The host's number of each call site.
    known: RwLock<HashMap<Identifier, u64>>,
}

impl Forwarder {
    fn number(&self, metadata: &Metadata<'_>) -> u64 {
        self.known(&metadata.callsite())
            .unwrap_or_else(|| self.register(metadata).0)
    }

    fn known(&self, callsite: &Identifier) -> Option<u64> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(callsite).copied()
    }

    /// Makes a call site known to the host; its number and the host's interest.
    fn register(&self, metadata: &Metadata<'_>) -> (u64, u32) {
        let optional = |text: Option<&str>| text.map_or(RNone, |text| RSome(RString::from(text)));
        let registered = self.log.register(AbiCallsite {
            name: metadata.name().into(),
            target: metadata.target().into(),
            level: match *metadata.level() {
                Level::ERROR => codes::level::ERROR,
                Level::WARN => codes::level::WARN,
                Level::INFO => codes::level::INFO,
                Level::DEBUG => codes::level::DEBUG,
                Level::TRACE => codes::level::TRACE,
            },
            is_span: metadata.is_span(),
            module: optional(metadata.module_path()),
            file: optional(metadata.file()),
            line: metadata.line().into(),
            fields: metadata.fields().iter().map(|f| f.name().into()).collect(),
            ext: RVec::new(),
        });
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(metadata.callsite(), registered.id);
        (registered.id, registered.interest)
    }
}

fn parent(explicit: Option<&Id>, root: bool) -> AbiParent {
    let (kind, span) = match explicit.map(Id::into_u64) {
        Some(span) if span != NOT_FOLLOWED => (codes::parent::EXPLICIT, span),
        _ if root => (codes::parent::ROOT, 0),
        _ => (codes::parent::CURRENT, 0),
    };
    AbiParent { kind, span }
}

/// The host's number of a span, if it follows it.
fn followed(span: &Id) -> Option<u64> {
    Some(span.into_u64()).filter(|span| *span != NOT_FOLLOWED)
}

impl Subscriber for Forwarder {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        let interest = match self.known(&metadata.callsite()) {
            Some(number) => self.log.interest(number),
            None => self.register(metadata).1,
        };
        match interest {
            codes::interest::NEVER => Interest::never(),
            codes::interest::ALWAYS => Interest::always(),
            _ => Interest::sometimes(),
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.log.enabled(self.number(metadata))
    }

    /// The host decides for each call site.
    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::TRACE)
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut values = Values::default();
        span.record(&mut values);
        let parent = parent(span.parent(), span.is_root());
        let number = self.number(span.metadata());
        match self.log.new_span(number, parent, values.into_abi()) {
            0 => Id::from_u64(NOT_FOLLOWED),
            span => Id::from_u64(span),
        }
    }

    fn record(&self, span: &Id, record: &Record<'_>) {
        let mut values = Values::default();
        record.record(&mut values);
        let callsite = values.callsite().and_then(|callsite| self.known(callsite));
        if let (Some(span), Some(callsite)) = (followed(span), callsite) {
            self.log.record(span, callsite, values.into_abi());
        }
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        if let (Some(span), Some(from)) = (followed(span), followed(follows)) {
            self.log.follows_from(span, from);
        }
    }

    fn event(&self, event: &Event<'_>) {
        let mut values = Values::default();
        event.record(&mut values);
        let parent = parent(event.parent(), event.is_root());
        let number = self.number(event.metadata());
        self.log.event(number, parent, values.into_abi());
    }

    fn enter(&self, span: &Id) {
        if let Some(span) = followed(span) {
            self.log.enter(span);
        }
    }

    fn exit(&self, span: &Id) {
        if let Some(span) = followed(span) {
            self.log.exit(span);
        }
    }

    fn clone_span(&self, span: &Id) -> Id {
        match followed(span).map(|span| self.log.clone_span(span)) {
            None | Some(0) => Id::from_u64(NOT_FOLLOWED),
            Some(span) => Id::from_u64(span),
        }
    }

    fn try_close(&self, span: Id) -> bool {
        if let Some(span) = followed(&span) {
            self.log.close_span(span);
        }
        false
    }
}

//! The host's log, as plugins use it: their call sites become the host's own, so that filters see real targets, levels and fields.

mod callsite;
mod flood;
mod values;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, PoisonError, RwLock},
};

use ownhand_plugin_bridge::{
    Spans,
    abi::{
        AbiCallsite, AbiParent, AbiRegistered, AbiValue, HostLogBox, RVec, RawHostLog,
        RawHostLog_TO, TD_Opaque,
        codes::{interest, parent},
    },
};
use tracing_core::{
    Event, Metadata,
    dispatcher::get_default,
    span::{Attributes, Id, Record},
};

use callsite::CallSite;
use flood::Flood;
use values::Values;

/// Most call sites of one plugin; each takes some memory for good.
const LIMIT: usize = 4096;
/// Most bytes that their names may take.
const NAMES: usize = 4 * 1024 * 1024;
/// The number of a call site beyond the limit: never enabled.
const UNKNOWN: u64 = u64::MAX;

/// The host's log for one plugin, which may name the spans that it was lent or has made.
pub(crate) fn host_log(plugin: &str, spans: Arc<Spans>) -> HostLogBox {
    let sink = Sink {
        plugin: plugin.to_owned(),
        callsites: RwLock::default(),
        spans,
        flood: Flood::default(),
    };
    RawHostLog_TO::from_value(sink, TD_Opaque)
}

struct Sink {
    plugin: String,
    callsites: RwLock<CallSites>,
    spans: Arc<Spans>,
    flood: Flood,
}

#[derive(Default)]
struct CallSites {
    all: Vec<&'static CallSite>,
    /// Bytes of their names.
    names: usize,
}

impl Sink {
    fn callsite(&self, number: u64) -> Option<&'static CallSite> {
        let callsites = self
            .callsites
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        callsites.all.get(usize::try_from(number).ok()?).copied()
    }

    /// The parent that is named, if the plugin may name it.
    fn explicit(&self, parent: AbiParent) -> Option<Id> {
        let is_named = parent.kind == parent::EXPLICIT;
        is_named
            .then(|| self.spans.find(parent.span))?
            .map(|(id, _)| id)
    }

    fn metadata(&self, number: u64) -> Option<&'static Metadata<'static>> {
        self.callsite(number).map(CallSite::metadata)
    }
}

/// A panic of a subscriber must not leave through the boundary, where it would end the process.
fn contained<T>(otherwise: T, work: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        std::mem::forget(payload);
        otherwise
    })
}

impl RawHostLog for Sink {
    fn register(&self, callsite: AbiCallsite) -> AbiRegistered {
        let never = AbiRegistered {
            id: UNKNOWN,
            interest: interest::NEVER,
        };
        contained(never, || {
            let mut callsites = self
                .callsites
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            let names = callsites.names.saturating_add(CallSite::names(&callsite));
            if callsites.all.len() >= LIMIT || names > NAMES {
                return never;
            }
            callsites.names = names;
            let id = callsites.all.len() as u64;
            let callsite = CallSite::leak(&callsite);
            callsites.all.push(callsite);
            // The subscriber may log in turn.
            drop(callsites);
            callsite.register();
            AbiRegistered {
                id,
                interest: callsite.interest(),
            }
        })
    }

    fn interest(&self, callsite: u64) -> u32 {
        self.callsite(callsite)
            .map_or(interest::NEVER, CallSite::interest)
    }

    fn enabled(&self, callsite: u64) -> bool {
        contained(false, || {
            self.metadata(callsite)
                .is_some_and(|metadata| get_default(|dispatch| dispatch.enabled(metadata)))
        })
    }

    fn event(&self, callsite: u64, parent: AbiParent, values: RVec<AbiValue>) {
        contained((), || {
            let Some(metadata) = self.metadata(callsite) else {
                return;
            };
            if !self.flood.admits(&self.plugin) {
                return;
            }
            let explicit = self.explicit(parent);
            Values::new(metadata, values).with(|values| match (parent.kind, explicit) {
                (parent::ROOT, _) => Event::child_of(None, metadata, values),
                (_, Some(id)) => Event::child_of(id, metadata, values),
                _ => Event::dispatch(metadata, values),
            });
        });
    }

    fn new_span(&self, callsite: u64, parent: AbiParent, values: RVec<AbiValue>) -> u64 {
        contained(0, || {
            let Some(metadata) = self.metadata(callsite) else {
                return 0;
            };
            let explicit = self.explicit(parent);
            Values::new(metadata, values).with(|values| {
                let attributes = match (parent.kind, explicit) {
                    (parent::ROOT, _) => Attributes::new_root(metadata, values),
                    (_, Some(id)) => Attributes::child_of(id, metadata, values),
                    _ => Attributes::new(metadata, values),
                };
                get_default(|dispatch| {
                    let id = dispatch.new_span(&attributes);
                    self.spans.keep(id, dispatch, callsite)
                })
            })
        })
    }

    fn record(&self, span: u64, callsite: u64, values: RVec<AbiValue>) {
        contained((), || {
            let made = self.spans.find_made_at(span, callsite);
            if let (Some((id, dispatch)), Some(metadata)) = (made, self.metadata(callsite)) {
                Values::new(metadata, values)
                    .with(|values| dispatch.record(&id, &Record::new(values)));
            }
        });
    }

    fn follows_from(&self, span: u64, from: u64) {
        contained((), || {
            if let (Some((span, dispatch)), Some((from, _))) =
                (self.spans.find(span), self.spans.find(from))
            {
                dispatch.record_follows_from(&span, &from);
            }
        });
    }

    fn enter(&self, span: u64) {
        contained((), || self.spans.enter(span));
    }

    fn exit(&self, span: u64) {
        contained((), || self.spans.exit(span));
    }

    fn clone_span(&self, span: u64) -> u64 {
        contained(0, || self.spans.hold(span))
    }

    fn close_span(&self, span: u64) {
        contained((), || self.spans.release(span));
    }
}

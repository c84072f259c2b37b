//! The host's log, as plugins use it: their call sites become the host's own, so that filters see real targets, levels and fields.

mod callsite;
mod values;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{PoisonError, RwLock},
};

use ownhand_plugin_bridge::abi::{
    AbiCallsite, AbiParent, AbiRegistered, AbiValue, HostLogBox, RVec, RawHostLog, RawHostLog_TO,
    TD_Opaque,
    codes::{interest, parent},
};
use tracing_core::{
    Event, Metadata,
    dispatcher::get_default,
    span::{Attributes, Id, Record},
};

use callsite::CallSite;
use values::Values;

/// Most call sites of one plugin; each takes some memory for good.
const LIMIT: usize = 20_000;
/// The number of a call site beyond the limit: never enabled.
const UNKNOWN: u64 = u64::MAX;

/// The host's log for one plugin.
pub(crate) fn host_log() -> HostLogBox {
    RawHostLog_TO::from_value(Sink::default(), TD_Opaque)
}

#[derive(Default)]
struct Sink {
    callsites: RwLock<Vec<&'static CallSite>>,
}

impl Sink {
    fn callsite(&self, number: u64) -> Option<&'static CallSite> {
        let callsites = self
            .callsites
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        callsites.get(usize::try_from(number).ok()?).copied()
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

/// A span's number as an id; 0 is none.
fn id(span: u64) -> Option<Id> {
    (span != 0).then(|| Id::from_u64(span))
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
            if callsites.len() >= LIMIT {
                return never;
            }
            let id = callsites.len() as u64;
            let callsite = CallSite::leak(&callsite);
            callsites.push(callsite);
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
            Values::new(metadata, values).with(|values| match parent.kind {
                parent::ROOT => Event::child_of(None, metadata, values),
                parent::EXPLICIT => Event::child_of(id(parent.span), metadata, values),
                _ => Event::dispatch(metadata, values),
            });
        });
    }

    fn new_span(&self, callsite: u64, parent: AbiParent, values: RVec<AbiValue>) -> u64 {
        contained(0, || {
            let Some(metadata) = self.metadata(callsite) else {
                return 0;
            };
            Values::new(metadata, values).with(|values| {
                let attributes = match (parent.kind, id(parent.span)) {
                    (parent::ROOT, _) => Attributes::new_root(metadata, values),
                    (parent::EXPLICIT, Some(id)) => Attributes::child_of(id, metadata, values),
                    _ => Attributes::new(metadata, values),
                };
                get_default(|dispatch| dispatch.new_span(&attributes).into_u64())
            })
        })
    }

    fn record(&self, span: u64, callsite: u64, values: RVec<AbiValue>) {
        contained((), || {
            if let (Some(id), Some(metadata)) = (id(span), self.metadata(callsite)) {
                Values::new(metadata, values).with(|values| {
                    get_default(|dispatch| dispatch.record(&id, &Record::new(values)));
                });
            }
        });
    }

    fn follows_from(&self, span: u64, from: u64) {
        contained((), || {
            if let (Some(span), Some(from)) = (id(span), id(from)) {
                get_default(|dispatch| dispatch.record_follows_from(&span, &from));
            }
        });
    }

    fn enter(&self, span: u64) {
        contained((), || {
            if let Some(id) = id(span) {
                get_default(|dispatch| dispatch.enter(&id));
            }
        });
    }

    fn exit(&self, span: u64) {
        contained((), || {
            if let Some(id) = id(span) {
                get_default(|dispatch| dispatch.exit(&id));
            }
        });
    }

    fn clone_span(&self, span: u64) -> u64 {
        contained(0, || {
            id(span).map_or(0, |id| {
                get_default(|dispatch| dispatch.clone_span(&id)).into_u64()
            })
        })
    }

    fn close_span(&self, span: u64) {
        contained((), || {
            if let Some(id) = id(span) {
                get_default(|dispatch| dispatch.try_close(id.clone()));
            }
        });
    }
}

//! The host's spans, as one plugin may name them.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tracing::{Dispatch, Span, span::Id};

/// Most spans that one plugin holds at a time; beyond, its spans are not followed.
const LIMIT: usize = 10_000;

/// The spans that a plugin was lent or has made, by numbers that mean something here only. A number of another plugin, or of a span
/// that was let go of, means nothing, so that nobody can close or alter what is not theirs.
#[derive(Default)]
pub struct Spans(Mutex<Table>);

#[derive(Default)]
struct Table {
    last: u64,
    held: HashMap<u64, Held>,
}

/// One reference to a span of the host, however often the plugin has cloned it.
struct Held {
    id: Id,
    dispatch: Dispatch,
    /// The plugin's call site that made it; none for a span of the host's own.
    callsite: Option<u64>,
    count: u64,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.dispatch.try_close(self.id.clone());
    }
}

impl Spans {
    /// Lends a span of the host until the answer is dropped. A plugin that holds it longer must do so before.
    pub fn lend(self: &Arc<Self>, span: &Span) -> Lent {
        let held = span.with_subscriber(|(id, dispatch)| Held {
            id: dispatch.clone_span(id),
            dispatch: dispatch.clone(),
            callsite: None,
            count: 1,
        });
        Lent {
            number: held.map_or(0, |held| self.insert(held)),
            spans: Arc::clone(self),
        }
    }

    /// Keeps a span that was made for the plugin at a call site of its own; 0 when it holds too many.
    pub fn keep(&self, id: Id, dispatch: &Dispatch, callsite: u64) -> u64 {
        self.insert(Held {
            id,
            dispatch: dispatch.clone(),
            callsite: Some(callsite),
            count: 1,
        })
    }

    fn insert(&self, held: Held) -> u64 {
        let mut table = self.table();
        if table.held.len() >= LIMIT {
            // The subscriber closes the span, and may log in turn.
            drop(table);
            return 0;
        }
        table.last += 1;
        let number = table.last;
        table.held.insert(number, held);
        number
    }

    /// Holds a span once more; its number again, or 0 when there is none.
    pub fn hold(&self, number: u64) -> u64 {
        match self.table().held.get_mut(&number) {
            Some(held) => {
                held.count = held.count.saturating_add(1);
                number
            }
            None => 0,
        }
    }

    /// Lets go of a span once.
    pub fn release(&self, number: u64) {
        let mut table = self.table();
        let Some(held) = table.held.get_mut(&number) else {
            return;
        };
        held.count -= 1;
        let closed = if held.count == 0 {
            table.held.remove(&number)
        } else {
            None
        };
        drop(table);
        drop(closed);
    }

    /// Enters a span on this thread.
    pub fn enter(&self, number: u64) {
        if let Some((id, dispatch)) = self.find(number) {
            dispatch.enter(&id);
        }
    }

    /// Leaves a span on this thread.
    pub fn exit(&self, number: u64) {
        if let Some((id, dispatch)) = self.find(number) {
            dispatch.exit(&id);
        }
    }

    /// A span, with the subscriber to which it belongs.
    pub fn find(&self, number: u64) -> Option<(Id, Dispatch)> {
        let table = self.table();
        let held = table.held.get(&number)?;
        Some((held.id.clone(), held.dispatch.clone()))
    }

    /// A span that the plugin has made at this call site.
    pub fn find_made_at(&self, number: u64, callsite: u64) -> Option<(Id, Dispatch)> {
        let made_there = self.table().held.get(&number)?.callsite == Some(callsite);
        made_there.then(|| self.find(number))?
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Spans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spans")
            .field("held", &self.table().held.len())
            .finish()
    }
}

/// A span that is lent.
pub struct Lent {
    spans: Arc<Spans>,
    number: u64,
}

impl Lent {
    /// The number by which the plugin knows it; 0 for none.
    pub fn number(&self) -> u64 {
        self.number
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.spans.release(self.number);
    }
}

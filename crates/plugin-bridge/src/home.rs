//! Where exported work runs.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use ownhand_plugin_abi::{AbiFuture, FutureExt as _, RErr, ROk};
use ownhand_spi::{AdapterError, ErrorKind};
use tokio::{runtime::Handle, task::AbortHandle};

use crate::{Crosses, Spans};

/// The side on which exported objects live: its runtime, and its way to the host's spans.
pub trait Home: Send + Sync + 'static {
    /// The runtime.
    ///
    /// # Errors
    /// When it can't be started, or has been shut down.
    fn runtime(&self) -> Result<Handle, AdapterError>;

    /// Holds a span of the host, so that it outlives the host's interest in it.
    fn hold(&self, span: u64) -> u64;

    /// Lets go of a span that was held.
    fn release(&self, span: u64);

    /// Enters a span on this thread.
    fn enter(&self, span: u64);

    /// Leaves a span on this thread.
    fn exit(&self, span: u64);

    /// Drops bytes that the other side has done with. Their owner may be an author's, whose `Drop` may block or panic: so it runs as
    /// a task of this side, not on the thread that let go.
    fn discard(&self, bytes: Bytes) {
        match self.runtime() {
            Ok(runtime) => drop(runtime.spawn(async move { drop(bytes) })),
            // Shut down: nothing of the author's runs any more, so the bytes are left where they are.
            Err(_) => std::mem::forget(bytes),
        }
    }
}

/// The bytes, to be discarded at home.
pub(crate) fn lent(home: &Arc<dyn Home>, bytes: Bytes) -> Bytes {
    Bytes::from_owner(Lent {
        bytes,
        home: Arc::clone(home),
    })
}

struct Lent {
    bytes: Bytes,
    home: Arc<dyn Home>,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.home.discard(std::mem::take(&mut self.bytes));
    }
}

/// Work as a task of its own on its side's runtime: a panic (also in a drop) ends the task and becomes an error, and dropping the
/// future ends the task. An error becomes what crosses within the task, because showing and dropping it is the author's code. Nothing
/// runs before the first poll.
pub fn isolated<T: Send + 'static>(
    home: &Arc<dyn Home>,
    span: u64,
    work: impl Future<Output = Result<T, AdapterError>> + Send + 'static,
) -> AbiFuture<T> {
    let home = Arc::clone(home);
    async move {
        let runtime = match home.runtime() {
            Ok(runtime) => runtime,
            Err(error) => return RErr(error.into_abi()),
        };
        let task = runtime.spawn(InSpan {
            span: HeldSpan::new(home, span),
            work: Box::pin(async move { work.await.map_err(Crosses::into_abi) }),
        });
        let _abort = AbortOnDrop(task.abort_handle());
        match task.await {
            Ok(Ok(value)) => ROk(value),
            Ok(Err(error)) => RErr(error),
            Err(ended) => RErr(failure(ended).into_abi()),
        }
    }
    .into_ffi()
}

/// Why a task has no answer.
fn failure(ended: tokio::task::JoinError) -> AdapterError {
    match ended.try_into_panic() {
        Ok(payload) => {
            // Its drop might panic in turn; the panic hook has logged it.
            std::mem::forget(payload);
            AdapterError::new(ErrorKind::Panicked, "the adapter panicked")
        }
        Err(_) => AdapterError::unavailable("the adapter's runtime is shutting down"),
    }
}

/// Ends a task when its caller has gone.
pub(crate) struct AbortOnDrop(pub(crate) AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A span of the host, held. 0 is none.
struct HeldSpan {
    home: Arc<dyn Home>,
    span: u64,
}

impl HeldSpan {
    fn new(home: Arc<dyn Home>, span: u64) -> Self {
        let span = if span == 0 { 0 } else { home.hold(span) };
        Self { home, span }
    }
}

impl Drop for HeldSpan {
    fn drop(&mut self) {
        if self.span != 0 {
            self.home.release(self.span);
        }
    }
}

/// A future that is polled within a span of the host.
struct InSpan<F> {
    // Dropped first: its events belong to the span.
    work: Pin<Box<F>>,
    span: HeldSpan,
}

impl<F: Future> Future for InSpan<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        let _entered = Entered::new(&this.span);
        this.work.as_mut().poll(cx)
    }
}

struct Entered<'a>(&'a HeldSpan);

impl<'a> Entered<'a> {
    fn new(span: &'a HeldSpan) -> Self {
        if span.span != 0 {
            span.home.enter(span.span);
        }
        Self(span)
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        if self.0.span != 0 {
            self.0.home.exit(self.0.span);
        }
    }
}

/// The host's own side: for the streams that it gives, and for the adapters that are built in.
pub(crate) struct Here {
    /// The runtime.
    pub(crate) runtime: Handle,
    /// The spans, for an adapter that is built in.
    pub(crate) spans: Arc<Spans>,
}

impl Home for Here {
    fn runtime(&self) -> Result<Handle, AdapterError> {
        Ok(self.runtime.clone())
    }

    fn hold(&self, span: u64) -> u64 {
        self.spans.hold(span)
    }

    fn release(&self, span: u64) {
        self.spans.release(span);
    }

    fn enter(&self, span: u64) {
        self.spans.enter(span);
    }

    fn exit(&self, span: u64) {
        self.spans.exit(span);
    }

    /// The host's own bytes may be dropped anywhere.
    fn discard(&self, bytes: Bytes) {
        drop(bytes);
    }
}

/// Runs a task within a span of the host until it ends or the answer is dropped.
pub(crate) fn spawn_in_span(
    home: &Arc<dyn Home>,
    span: u64,
    work: impl Future<Output = ()> + Send + 'static,
) -> Result<AbortOnDrop, AdapterError> {
    let task = home.runtime()?.spawn(InSpan {
        span: HeldSpan::new(Arc::clone(home), span),
        work: Box::pin(work),
    });
    Ok(AbortOnDrop(task.abort_handle()))
}

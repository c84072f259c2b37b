//! What stands between the core and every call of an adapter, whether built in or loaded.

use std::{panic::AssertUnwindSafe, pin::pin, sync::Arc, time::Duration};

use futures_util::{
    FutureExt,
    future::{Either, select},
};
use ownhand_plugin_abi::{AbiError, AbiFuture, RErr, ROk, RResult};
use ownhand_spi::{AdapterError, ErrorKind};
use tokio::{sync::watch, time::timeout};
use tracing::Span;

use crate::{Crosses, Spans};

/// The bounds of an adapter's calls, and its view of the host's spans.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The plugin's name, for messages.
    pub plugin: Arc<str>,
    /// How long a call may take; the call's own budget may be shorter. For a deposit: how long it may take without taking a piece of
    /// the content.
    pub call: Duration,
    /// How long a piece of a stream may take.
    pub piece: Duration,
    /// How long a document may take as a whole, however steadily it moves.
    pub transfer: Duration,
    /// The host's spans, as this plugin may name them.
    pub spans: Arc<Spans>,
}

impl Guard {
    /// Calls the other side: with a time-out, with panics caught, within the present span.
    ///
    /// # Errors
    /// The other side's own, [`ErrorKind::TimedOut`] or [`ErrorKind::Panicked`].
    pub async fn run<T>(
        &self,
        budget: Duration,
        start: impl FnOnce(Duration, u64) -> AbiFuture<T>,
    ) -> Result<T, AdapterError> {
        let limit = self.call.min(budget);
        // Lent until the end: the other side knows it by its number only.
        let span = self.spans.lend(&Span::current());
        let answer = AssertUnwindSafe(start(limit, span.number())).catch_unwind();
        match timeout(limit, answer).await {
            Ok(answer) => self.answered(answer),
            Err(_) => Err(self.late("did not answer", limit)),
        }
    }

    /// The same for a call that takes a document in: its time counts anew with each piece that it takes, up to
    /// [`transfer`](Self::transfer) in all.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub(crate) async fn run_taking<T>(
        &self,
        budget: Duration,
        mut taken: watch::Receiver<u64>,
        start: impl FnOnce(Duration, u64) -> AbiFuture<T>,
    ) -> Result<T, AdapterError> {
        let limit = self.call.min(budget);
        let span = self.spans.lend(&Span::current());
        let answer = AssertUnwindSafe(start(limit, span.number())).catch_unwind();
        let steadily = async {
            let mut answer = pin!(answer);
            loop {
                let next = pin!(taken.changed());
                match timeout(limit, select(answer.as_mut(), next)).await {
                    Ok(Either::Left((answer, _))) => return Some(answer),
                    Ok(Either::Right((Ok(()), _))) => {}
                    // The content was let go of: what remains is the answer.
                    Ok(Either::Right((Err(_), _))) => return timeout(limit, answer).await.ok(),
                    Err(_) => return None,
                }
            }
        };
        match timeout(self.transfer, steadily).await {
            Ok(Some(answer)) => self.answered(answer),
            Ok(None) => Err(self.late("neither answered nor took a piece", limit)),
            Err(_) => Err(self.late("did not take the whole document", self.transfer)),
        }
    }

    fn answered<T>(
        &self,
        answer: Result<RResult<T, AbiError>, Box<dyn std::any::Any + Send>>,
    ) -> Result<T, AdapterError> {
        match answer {
            Ok(ROk(value)) => Ok(value),
            Ok(RErr(error)) => Err(AdapterError::from_abi(error)?),
            Err(payload) => {
                // The payload's drop might panic in turn.
                std::mem::forget(payload);
                let message = format!("plugin `{}` panicked", self.plugin);
                Err(AdapterError::new(ErrorKind::Panicked, message))
            }
        }
    }

    fn late(&self, what: &str, limit: Duration) -> AdapterError {
        let message = format!("plugin `{}` {what} within {limit:?}", self.plugin);
        AdapterError::new(ErrorKind::TimedOut, message)
    }
}

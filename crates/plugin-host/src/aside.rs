//! Calls of a plugin that can't be awaited: on a thread of their own, so that one that never returns costs that thread only.

use std::{io, sync::mpsc, thread, time::Duration};

use ownhand_spi::{AdapterError, ErrorKind};
use tokio::sync::oneshot;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoAnswer {
    #[error("it did not end within {0:?}")]
    Late(Duration),
    #[error("it panicked")]
    Panicked,
    #[error("no thread can be started")]
    NoThread(#[source] io::Error),
}

impl From<NoAnswer> for AdapterError {
    fn from(none: NoAnswer) -> Self {
        let kind = match none {
            NoAnswer::Late(_) => ErrorKind::TimedOut,
            NoAnswer::Panicked => ErrorKind::Panicked,
            NoAnswer::NoThread(_) => ErrorKind::Unavailable,
        };
        Self::new(kind, "the plugin was asked something simple").caused_by(none)
    }
}

fn spawn(work: impl FnOnce() + Send + 'static) -> Result<(), NoAnswer> {
    let thread = thread::Builder::new().name("plugin-aside".to_owned());
    thread.spawn(work).map(drop).map_err(NoAnswer::NoThread)
}

/// Waits for `work` and blocks meanwhile.
pub(crate) fn block<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, NoAnswer> {
    let (tell, told) = mpsc::sync_channel(1);
    spawn(move || {
        // A caller that has gone needs no answer.
        let _ = tell.send(work());
    })?;
    told.recv_timeout(limit).map_err(|error| match error {
        mpsc::RecvTimeoutError::Timeout => NoAnswer::Late(limit),
        mpsc::RecvTimeoutError::Disconnected => NoAnswer::Panicked,
    })
}

/// Waits for `work`.
pub(crate) async fn wait<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, NoAnswer> {
    let (tell, told) = oneshot::channel();
    spawn(move || {
        // A caller that has gone needs no answer.
        let _ = tell.send(work());
    })?;
    match tokio::time::timeout(limit, told).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(_)) => Err(NoAnswer::Panicked),
        Err(_) => Err(NoAnswer::Late(limit)),
    }
}

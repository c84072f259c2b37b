//! A stream on its way out: counted, held to its announced length, and known to have ended or not.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use futures_core::stream::BoxStream;

use crate::BoxError;

/// What the sender sees of a stream that the HTTP client consumes.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    bytes: AtomicU64,
    complete: AtomicBool,
    failure: Mutex<Option<BoxError>>,
}

impl Progress {
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Acquire)
    }

    /// True from before the last byte is handed to the HTTP client.
    pub(crate) fn is_complete(&self) -> bool {
        self.complete.load(Ordering::Acquire)
    }

    pub(crate) fn take_failure(&self) -> Option<BoxError> {
        self.failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    fn fail(&self, error: BoxError) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }
}

/// The stream had another length than announced.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WrongLength {
    #[error("the body ended after {got} of {announced} bytes")]
    Short { got: u64, announced: u64 },
    #[error("the body is longer than the announced {announced} bytes")]
    Long { announced: u64 },
}

/// Stands in the HTTP client's error for the one that is kept in [`Progress`].
#[derive(Debug, thiserror::Error)]
#[error("the body failed")]
pub(crate) struct BodyFailed;

/// Passes the stream through and keeps the books. It stays one chunk behind, so that the last chunk only leaves when it is
/// known to be the last: until then the other side cannot have the body in full.
pub(crate) struct Watched {
    stream: BoxStream<'static, Result<Bytes, BoxError>>,
    announced: Option<u64>,
    held: Option<Bytes>,
    ended: bool,
    progress: Arc<Progress>,
}

impl Watched {
    pub(crate) fn new(
        stream: BoxStream<'static, Result<Bytes, BoxError>>,
        announced: Option<u64>,
        progress: Arc<Progress>,
    ) -> Self {
        // The HTTP client may not even ask for a body of no bytes.
        progress
            .complete
            .store(announced == Some(0), Ordering::Release);
        Self {
            stream,
            announced,
            held: None,
            ended: false,
            progress,
        }
    }

    fn fail(&mut self, error: BoxError) -> BodyFailed {
        self.ended = true;
        self.progress.fail(error);
        BodyFailed
    }

    /// Counts a chunk in, and lets the one before it go.
    fn accept(&mut self, chunk: Bytes) -> Result<Option<Bytes>, WrongLength> {
        let got = self.progress.bytes() + chunk.len() as u64;
        if let Some(announced) = self.announced
            && got > announced
        {
            return Err(WrongLength::Long { announced });
        }
        self.progress.bytes.store(got, Ordering::Release);
        Ok(self.held.replace(chunk))
    }

    fn end(&mut self) -> Result<Option<Bytes>, WrongLength> {
        self.ended = true;
        let got = self.progress.bytes();
        if let Some(announced) = self.announced
            && got < announced
        {
            return Err(WrongLength::Short { got, announced });
        }
        self.progress.complete.store(true, Ordering::Release);
        Ok(self.held.take())
    }
}

impl Stream for Watched {
    type Item = Result<Bytes, BodyFailed>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        while !this.ended {
            let step = match ready!(this.stream.as_mut().poll_next(cx)) {
                Some(Ok(chunk)) => this.accept(chunk),
                Some(Err(error)) => return Poll::Ready(Some(Err(this.fail(error)))),
                None => this.end(),
            };
            match step {
                Ok(Some(chunk)) => return Poll::Ready(Some(Ok(chunk))),
                Ok(None) => {}
                Err(error) => return Poll::Ready(Some(Err(this.fail(error.into())))),
            }
        }
        Poll::Ready(None)
    }
}

//! An answer: its head, and its body with a bound on every pause and on the size where it is held.

use std::fmt;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::stream::BoxStream;
use futures_util::StreamExt;
use futures_util::stream::try_unfold;
use http::{HeaderMap, StatusCode};
use tokio::time::timeout;

use crate::EgressError;

/// An answer whose body has not been read yet.
pub struct Response {
    inner: reqwest::Response,
    patience: Duration,
}

// Without URL and headers, which may hold what must not be logged.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({})", self.status())
    }
}

impl Response {
    pub(crate) fn new(inner: reqwest::Response, patience: Duration) -> Self {
        Self { inner, patience }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.inner.status()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        self.inner.headers()
    }

    /// The length of the body in bytes, if it was announced.
    pub fn content_length(&self) -> Option<u64> {
        self.inner.content_length()
    }

    /// Reads the whole body into memory.
    ///
    /// # Errors
    /// If it breaks off, stalls, or is larger than `limit` bytes.
    pub async fn into_bytes(mut self, limit: usize) -> Result<Bytes, EgressError> {
        let mut held = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            if held.len() + chunk.len() > limit {
                return Err(EgressError::AnswerTooLarge { limit });
            }
            held.extend_from_slice(&chunk);
        }
        Ok(held.freeze())
    }

    /// The body as a stream. It ends with an error if the answer breaks off or stalls.
    pub fn into_stream(self) -> BoxStream<'static, Result<Bytes, EgressError>> {
        try_unfold(self, |mut this| async move {
            Ok(this.chunk().await?.map(|chunk| (chunk, this)))
        })
        .boxed()
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>, EgressError> {
        match timeout(self.patience, self.inner.chunk()).await {
            Ok(Ok(chunk)) => Ok(chunk),
            Ok(Err(error)) => Err(EgressError::AnswerBroken(error.without_url().into())),
            Err(_) => Err(EgressError::AnswerStalled),
        }
    }
}

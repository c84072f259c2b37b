//! One request: headers, body, and the wait for its answer.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_core::stream::BoxStream;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderName, HeaderValue};
use tokio::time::timeout;

use crate::resolver::NoPermittedAddress;
use crate::upload::{Progress, Watched};
use crate::{BoxError, EgressError, Response};

/// A request whose target the policy has allowed.
#[must_use = "a request does nothing until it is sent"]
pub struct RequestBuilder {
    client: reqwest::Client,
    request: reqwest::Request,
    patience: Duration,
    progress: Option<Arc<Progress>>,
}

impl RequestBuilder {
    pub(crate) fn new(
        client: reqwest::Client,
        request: reqwest::Request,
        patience: Duration,
    ) -> Self {
        Self {
            client,
            request,
            patience,
            progress: None,
        }
    }

    /// Sets a header.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.request.headers_mut().insert(name, value);
        self
    }

    /// Sets the `Authorization` header, marked as sensitive so that nothing prints it.
    ///
    /// # Errors
    /// [`EgressError::InvalidRequest`] if the value holds characters that a header cannot.
    pub fn authorization(self, value: &str) -> Result<Self, EgressError> {
        let mut value = HeaderValue::from_str(value)
            .map_err(|error| EgressError::InvalidRequest(error.into()))?;
        value.set_sensitive(true);
        Ok(self.header(AUTHORIZATION, value))
    }

    /// Sends these bytes as the body, of this content type.
    pub fn body(mut self, content_type: HeaderValue, body: impl Into<Bytes>) -> Self {
        let body: Bytes = body.into();
        *self.request.body_mut() = Some(body.into());
        self.header(CONTENT_TYPE, content_type)
    }

    /// Sends a stream as the body, of this content type. With `length` (bytes) a `Content-Length` is announced and the
    /// stream is held to it; without, the body goes out in chunks.
    pub fn stream(
        mut self,
        content_type: HeaderValue,
        length: Option<u64>,
        stream: BoxStream<'static, Result<Bytes, BoxError>>,
    ) -> Self {
        let progress = Arc::new(Progress::default());
        let watched = Watched::new(stream, length, Arc::clone(&progress));
        *self.request.body_mut() = Some(reqwest::Body::wrap_stream(watched));
        self.progress = Some(progress);
        if let Some(length) = length {
            self.request
                .headers_mut()
                .insert(CONTENT_LENGTH, length.into());
        }
        self.header(CONTENT_TYPE, content_type)
    }

    /// Sends the request and waits for the head of the answer, whatever its status.
    ///
    /// # Errors
    /// Any [`EgressError`] but those of an answer's body.
    pub async fn send(self) -> Result<Response, EgressError> {
        let progress = self.progress.as_deref();
        let answer = self.client.execute(self.request);
        match patiently(answer, self.patience, progress).await? {
            Ok(response) => Ok(Response::new(response, self.patience)),
            Err(error) => Err(explain(
                error,
                progress.and_then(Progress::take_failure),
                progress.is_none_or(Progress::is_complete),
            )),
        }
    }
}

/// Waits for an answer, and gives up when `patience` passes without an answer and without a byte of the body leaving: a
/// slow upload is not a stalled one.
async fn patiently<F: Future>(
    answer: F,
    patience: Duration,
    progress: Option<&Progress>,
) -> Result<F::Output, EgressError> {
    let mut answer = pin!(answer);
    let mut before = 0;
    loop {
        if let Ok(answer) = timeout(patience, answer.as_mut()).await {
            return Ok(answer);
        }
        let now = progress.map_or(0, Progress::bytes);
        if now == before {
            let complete = progress.is_none_or(Progress::is_complete);
            return Err(EgressError::Timeout { complete });
        }
        before = now;
    }
}

fn explain(error: reqwest::Error, failure: Option<BoxError>, complete: bool) -> EgressError {
    if let Some(source) = failure {
        return EgressError::Body { source, complete };
    }
    if let Some(refused) = find::<NoPermittedAddress>(&error) {
        return EgressError::Refused {
            target: refused.host().to_owned(),
            reason: "it leads to no permitted address",
        };
    }
    let connect = error.is_connect();
    let builder = error.is_builder();
    // The URL may hold what must not be logged.
    let source: BoxError = error.without_url().into();
    if connect {
        EgressError::Connect(source)
    } else if builder {
        EgressError::InvalidRequest(source)
    } else {
        EgressError::Transport { source, complete }
    }
}

fn find<E: std::error::Error + 'static>(error: &reqwest::Error) -> Option<&E> {
    let mut current = std::error::Error::source(error);
    while let Some(cause) = current {
        if let Some(found) = cause.downcast_ref::<E>() {
            return Some(found);
        }
        current = cause.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;
    use futures_util::stream;

    use super::*;

    /// Lets (paused) time pass.
    async fn pass(time: Duration) {
        let _ = timeout(time, std::future::pending::<()>()).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_upload_is_waited_for_and_a_stalled_one_is_not() {
        let patience = Duration::from_mins(1);
        for (pause, arrives) in [(40, true), (130, false)] {
            let progress = Arc::new(Progress::default());
            let slow = stream::iter(0..10).then(move |_| async move {
                pass(Duration::from_secs(pause)).await;
                Ok(Bytes::from("x"))
            });
            let upload = Watched::new(slow.boxed(), None, Arc::clone(&progress));
            let sent = patiently(upload.collect::<Vec<_>>(), patience, Some(&progress)).await;
            match sent {
                Ok(chunks) => assert!(arrives && chunks.len() == 10),
                Err(error) => assert!(!arrives && !error.may_have_been_sent(), "{error}"),
            }
        }
    }
}

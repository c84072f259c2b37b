//! Every request gets an id, a span and one line in the log.

use std::fmt;

use axum::{
    extract::{MatchedPath, Request, State},
    http::HeaderValue,
    middleware::Next,
    response::Response,
};
use tracing::Instrument as _;

use crate::{failure::unrendered, problem, settings::App};

const HEADER: &str = "x-request-id";

/// The id of a request. Made here; what a caller sends under the same name is not believed.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(String);

impl RequestId {
    /// An id made of these bytes.
    pub(crate) fn new(bytes: [u8; 16]) -> Self {
        Self(format!("req_{}", hex::encode(bytes)))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Names the request, and writes down how it went. The line holds the route's pattern and never the address, in which tickets
/// and handles stand.
pub(crate) async fn layer(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let mut random = [0; 16];
    app.settings.entropy.fill(&mut random);
    let id = RequestId::new(random);
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "(none)".to_owned(), |path| path.as_str().to_owned());
    request.extensions_mut().insert(id.clone());

    let span =
        tracing::info_span!("request", request.id = %id, http.method = %method, http.route = route);
    async move {
        let clock = &app.settings.clock;
        let begun = clock.now();
        let mut response = next.run(request).await;
        if let Some(failure) = unrendered(&mut response) {
            response = problem::render(&failure, &id);
        }
        tracing::info!(
            http.status = response.status().as_u16(),
            duration_ms = clock.now().since(begun).as_millis(),
            "request answered"
        );
        if let Ok(value) = HeaderValue::from_str(id.as_str()) {
            response.headers_mut().insert(HEADER, value);
        }
        response
    }
    .instrument(span)
    .await
}

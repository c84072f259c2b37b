//! Failures for programs: RFC 9457 problems.

use axum::{
    Extension,
    extract::Request,
    http::{
        HeaderValue,
        header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::HeaderMap;
use ownhand_connector::Error;
use ownhand_docusign::CallError;
use serde::Serialize;

use crate::{
    failure::{Failure, carried},
    request_log::RequestId,
    status::Answer,
};

#[derive(Serialize)]
struct Problem<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    request_id: &'a str,
    retryable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    docusign: Option<Docusign<'a>>,
}

/// What DocuSign itself said, for the host app's developers and for DocuSign's support.
#[derive(Serialize)]
struct Docusign<'a> {
    error_code: Option<&'a str>,
    message: Option<&'a str>,
    trace_token: Option<&'a str>,
}

/// Turns every failure below into a problem, and keeps every answer out of caches.
pub(crate) async fn layer(
    Extension(id): Extension<RequestId>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let mut response = match carried(&mut response) {
        Some(failure) => with_headers_of(render(&failure, &id), response.headers()),
        None => response,
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        "x-content-type-options",
        HeaderValue::from_static("nosniff"),
    );
    response
}

/// Keeps what a bare answer said besides its body, e.g. `Allow`.
fn with_headers_of(mut problem: Response, bare: &HeaderMap) -> Response {
    for (name, value) in bare {
        if name != CONTENT_TYPE && name != CONTENT_LENGTH {
            problem.headers_mut().insert(name, value.clone());
        }
    }
    problem
}

/// The problem of a failure. Writes the failure to the log.
pub(crate) fn render(failure: &Failure, id: &RequestId) -> Response {
    failure.log(id);
    let Answer {
        status,
        code,
        title,
        detail,
        retry,
    } = failure.answer();
    let retry_after_seconds = retry.flatten().map(|wait| wait.as_secs().max(1));
    let problem = Problem {
        r#type: format!("urn:ownhand:problem:{code}"),
        title,
        status: status.as_u16(),
        detail: &detail,
        code,
        request_id: id.as_str(),
        retryable: retry.is_some(),
        retry_after_seconds,
        reason: failure.core().and_then(reason),
        start_url: failure.start_url(),
        docusign: failure.core().and_then(docusign),
    };
    let mut response = (status, axum::Json(problem)).into_response();
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    if let Some(seconds) = retry_after_seconds {
        headers.insert(RETRY_AFTER, seconds.into());
    }
    if code.starts_with("credential_") {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn reason(error: &Error) -> Option<&'static str> {
    match error {
        Error::NeedsRelink(reason) => Some(reason.as_str()),
        Error::NotLinked => Some("not_linked"),
        _ => None,
    }
}

fn docusign(error: &Error) -> Option<Docusign<'_>> {
    match error {
        Error::Docusign { source, .. } => {
            let message = match source {
                CallError::Api(error) => error.message.as_deref(),
                _ => None,
            };
            let docusign = Docusign {
                error_code: source.error_code(),
                message,
                trace_token: source.trace_token(),
            };
            // A call that got no answer has nothing to tell.
            (docusign.error_code.is_some()
                || docusign.message.is_some()
                || docusign.trace_token.is_some())
            .then_some(docusign)
        }
        _ => None,
    }
}

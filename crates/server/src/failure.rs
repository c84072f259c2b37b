//! A failure on its way out: a handler answers with it, the audience's layer gives it its form.

use std::{any::Any, sync::Arc};

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use ownhand_connector::{Caller, Error, chain};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    request_log::RequestId,
    settings::App,
    status::{Answer, answer},
};

/// What the surface itself refuses, before the core is asked.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// No route answers to the address.
    NotFound,
    /// The route does not answer to the method.
    MethodNotAllowed,
    /// The body is larger than the route takes.
    TooLarge,
    /// The body is of another kind than the route takes.
    MediaType(&'static str),
    /// The request can't be read.
    Unreadable(String),
    /// A form was sent from another site.
    CrossSite,
    /// Something of our own broke.
    Internal,
    /// Another status that the HTTP library answered with.
    Status(StatusCode),
}

/// A refusal of the core or of the surface.
#[derive(Debug)]
pub(crate) struct Failure {
    cause: Cause,
    start_url: Option<SecretString>,
}

#[derive(Debug)]
enum Cause {
    Core(Box<Error>),
    Surface(Refusal),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            cause: Cause::Core(Box::new(error)),
            start_url: None,
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self {
            cause: Cause::Surface(refusal),
            start_url: None,
        }
    }
}

impl Failure {
    /// The failure of a caller's call; if only the user can mend it by linking, with a fresh URL to do so.
    pub(crate) async fn of(app: &App, caller: &Caller, error: Error) -> Self {
        let start_url = match &error {
            Error::NotLinked | Error::NeedsRelink(_) => {
                match app.connector.start_link(caller, None).await {
                    Ok(started) => Some(started.start_url),
                    // The answer is still right without it: the host app can start a link itself.
                    Err(error) => {
                        tracing::warn!(
                            error = chain(&error),
                            "no start URL could be made for a dead link"
                        );
                        None
                    }
                }
            }
            _ => None,
        };
        Self {
            start_url,
            ..Self::from(error)
        }
    }

    /// The core's error, if it is one.
    pub(crate) fn core(&self) -> Option<&Error> {
        match &self.cause {
            Cause::Core(error) => Some(error),
            Cause::Surface(_) => None,
        }
    }

    /// Where the user mends it.
    pub(crate) fn start_url(&self) -> Option<&str> {
        self.start_url.as_ref().map(ExposeSecret::expose_secret)
    }

    /// What it says outwardly.
    pub(crate) fn answer(&self) -> Answer {
        match &self.cause {
            Cause::Core(error) => answer(error),
            Cause::Surface(refusal) => refusal.answer(),
        }
    }

    /// Writes it down, once, with its causes. The words of a plainly wrong request stay out: they may quote it.
    pub(crate) fn log(&self, id: &RequestId) {
        let Answer { status, code, .. } = self.answer();
        let status = status.as_u16();
        let error = match &self.cause {
            Cause::Core(error) if !matches!(**error, Error::Invalid { .. }) => chain(&**error),
            _ => String::new(),
        };
        if status >= 500 {
            tracing::error!(request.id = %id, code, status, error, "request failed");
        } else {
            tracing::info!(request.id = %id, code, status, error, "request refused");
        }
    }
}

/// The failure as it travels in the response's extensions.
#[derive(Clone)]
struct Carried(Arc<Failure>);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.answer().status.into_response();
        response.extensions_mut().insert(Carried(Arc::new(self)));
        response
    }
}

/// Something below broke. Its words went to the panic hook and may hold anything, so no visitor gets them.
pub(crate) fn panicked(_: Box<dyn Any + Send>) -> Response {
    Failure::from(Refusal::Internal).into_response()
}

/// The failure that a response carries and that nobody has given its form yet.
pub(crate) fn unrendered(response: &mut Response) -> Option<Arc<Failure>> {
    response
        .extensions_mut()
        .remove()
        .map(|Carried(failure)| failure)
}

/// The failure that a response stands for: a handler's, or one that the HTTP library answered with by a bare status.
pub(crate) fn carried(response: &mut Response) -> Option<Arc<Failure>> {
    if let Some(failure) = unrendered(response) {
        return Some(failure);
    }
    let status = response.status();
    (status.is_client_error() || status.is_server_error()).then(|| {
        let refusal = match status {
            StatusCode::NOT_FOUND => Refusal::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Refusal::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge,
            StatusCode::INTERNAL_SERVER_ERROR => Refusal::Internal,
            other => Refusal::Status(other),
        };
        Arc::new(refusal.into())
    })
}

impl Refusal {
    fn answer(&self) -> Answer {
        let (status, code, title, detail) = match self {
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "not_found",
                "Not found",
                "nothing answers at this address".to_owned(),
            ),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "Method not allowed",
                "this address answers to other methods; see the `Allow` header".to_owned(),
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                "Body too large",
                "the body is larger than this address takes; send documents as `hostDocument`, not inside the body".to_owned(),
            ),
            Self::MediaType(expected) => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "media_type_unsupported",
                "Unsupported media type",
                format!("send the body as `{expected}`, and say so in `Content-Type`"),
            ),
            Self::Unreadable(message) => (
                StatusCode::BAD_REQUEST,
                "request_unreadable",
                "Request unreadable",
                message.clone(),
            ),
            Self::CrossSite => (
                StatusCode::FORBIDDEN,
                "cross_site_form",
                "Form from another site",
                "this form is only taken from its own page".to_owned(),
            ),
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "Internal error",
                "something broke here; the log tells more under the request's id".to_owned(),
            ),
            Self::Status(status) => (
                *status,
                "http_error",
                status.canonical_reason().unwrap_or("Error"),
                "the request was not taken".to_owned(),
            ),
        };
        Answer {
            status,
            code,
            title,
            detail,
            retry: None,
        }
    }
}

//! Errors of the REST API.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::connect::NotificationError;
use crate::envelope::Refusal;
use crate::multipart::MultipartError;

/// `{"errorCode", "message"}` with a status.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    /// Status 400.
    pub(crate) fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// Status 401.
    pub(crate) fn unauthorized(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, message)
    }

    pub(crate) fn invalid_parameter(what: &str) -> Self {
        Self::bad(
            "INVALID_REQUEST_PARAMETER",
            format!("The request contained at least one invalid parameter. {what}"),
        )
    }

    pub(crate) fn invalid_body(what: &str) -> Self {
        Self::bad(
            "INVALID_REQUEST_BODY",
            format!("The request body is missing or improperly formatted. {what}"),
        )
    }

    pub(crate) fn no_envelope() -> Self {
        let message =
            "The envelope specified does not exist. It either does not exist or has been purged.";
        Self::new(StatusCode::NOT_FOUND, "ENVELOPE_DOES_NOT_EXIST", message)
    }

    pub(crate) fn no_document() -> Self {
        let message = "The document specified was not found.";
        Self::new(StatusCode::NOT_FOUND, "DOCUMENT_DOES_NOT_EXIST", message)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (
            self.status,
            Json(json!({ "errorCode": self.code, "message": self.message })),
        )
            .into_response()
    }
}

impl From<NotificationError> for ApiError {
    fn from(error: NotificationError) -> Self {
        Self::invalid_parameter(&error.to_string())
    }
}

impl From<MultipartError> for ApiError {
    fn from(error: MultipartError) -> Self {
        match error {
            MultipartError::TooLarge => too_large(),
            other => Self::invalid_body(&other.to_string()),
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotADraft => Self::bad(
                "ENVELOPE_INVALID_STATUS",
                "Invalid envelope status. Envelope status is not one of: Created",
            ),
            Refusal::Incomplete => Self::bad(
                "ENVELOPE_IS_INCOMPLETE",
                "The Envelope is not Complete. A Complete Envelope Requires Documents, Recipients, Tabs, and a Subject \
                 Line.",
            ),
            Refusal::BadEmail => Self::bad(
                "INVALID_EMAIL_ADDRESS_FOR_RECIPIENT",
                "The email address for the recipient is invalid. The recipient Id follows.",
            ),
            Refusal::NotInProcess => Self::bad(
                "ENVELOPE_INVALID_STATUS",
                "Invalid envelope status. Envelope status is not one of: Sent, Delivered",
            ),
            Refusal::NotTheirTurn => Self::bad(
                "RECIPIENT_NOT_IN_SEQUENCE",
                "The token for an out of sequence recipient cannot be generated.",
            ),
        }
    }
}

/// The body is above DocuSign's limit.
pub(crate) fn too_large() -> ApiError {
    let message = format!(
        "The request body is larger than {} bytes.",
        super::MOST_BODY_BYTES
    );
    ApiError::bad("REQUEST_ENTITY_TOO_LARGE", message)
}

/// Answer for an address that is not simulated.
pub(crate) async fn no_such_resource() -> ApiError {
    ApiError::new(
        StatusCode::NOT_FOUND,
        "RESOURCE_NOT_FOUND",
        "The URL provided does not resolve to a resource.",
    )
}

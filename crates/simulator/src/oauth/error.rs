//! OAuth errors in DocuSign's shape.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// `{"error", "error_description"?}` with status 400.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OAuthError {
    pub(crate) error: &'static str,
    pub(crate) description: Option<&'static str>,
}

impl OAuthError {
    pub(crate) const fn new(error: &'static str) -> Self {
        Self {
            error,
            description: None,
        }
    }

    /// `invalid_grant`, described.
    pub(crate) const fn invalid_grant(description: &'static str) -> Self {
        Self {
            error: "invalid_grant",
            description: Some(description),
        }
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let mut body = json!({ "error": self.error });
        if let Some(description) = self.description {
            body["error_description"] = description.into();
        }
        (StatusCode::BAD_REQUEST, Json(body)).into_response()
    }
}

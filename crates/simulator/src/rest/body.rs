//! JSON bodies, refused in DocuSign's words.

use axum::body;
use axum::extract::{FromRequest, Request};
use serde_json::{Value, json};

use super::MOST_BODY_BYTES;
use super::error::{ApiError, too_large};

/// A JSON body of whatever content type; an empty one is an empty object, as the SDKs send it.
#[derive(Debug, Clone)]
pub(crate) struct JsonBody(pub(crate) Value);

impl<S: Sync> FromRequest<S> for JsonBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        let bytes = body::to_bytes(request.into_body(), MOST_BODY_BYTES)
            .await
            .map_err(|_| too_large())?;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(json!({})));
        }
        parse(&bytes).map(Self)
    }
}

/// Parses JSON.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, ApiError> {
    serde_json::from_slice(bytes).map_err(|error| ApiError::invalid_body(&error.to_string()))
}

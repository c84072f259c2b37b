//! The classifier: status, headers and body in, meaning out. It asks the error code first and the status last, since
//! DocuSign is moving limit errors from 400 to 429 and answers others with statuses that say little.

use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::ApiError;
use crate::rate::{RateLimits, retry_after};
use crate::tolerant;

/// Kinds of errors, as far as a caller acts differently on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorClass {
    /// The access token is dead; a refresh may help.
    InvalidToken,
    /// The token does not fit the host, the app or the environment; neither a refresh nor the user can help.
    Authentication,
    /// The user is no longer (an active) member of the account.
    NotAMember,
    /// The user or the account may not do this.
    Permission,
    /// What was named does not exist, or not for this user.
    NotFound,
    /// The envelope's state does not allow it.
    EnvelopeState,
    /// The account's plan is used up.
    Allowance,
    /// The account's (or envelope's) calls of this hour are used up.
    HourlyLimit,
    /// Too many calls within seconds.
    BurstLimit,
    /// Refused for now for another reason: blocked traffic, too many transfers of one document at a time.
    Throttled,
    /// The request itself is wrong.
    Request,
    /// DocuSign, or something before it, failed; the call may have been carried out.
    Server,
}

/// How much of a message is kept, in characters.
const MESSAGE_LIMIT: usize = 500;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    #[serde(default, deserialize_with = "tolerant::text")]
    error_code: Option<String>,
    #[serde(default, deserialize_with = "tolerant::text")]
    message: Option<String>,
}

/// Says what an error answer means. Pure: the same answer always means the same.
pub fn classify(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> ApiError {
    // HTML, an empty body, or anything else that is not DocuSign's own error.
    let body: Body = serde_json::from_slice(body).unwrap_or_default();
    let class = body
        .error_code
        .as_deref()
        .and_then(by_code)
        .unwrap_or_else(|| by_status(status));
    ApiError {
        status,
        error_code: body.error_code,
        message: body
            .message
            .map(|text| text.chars().take(MESSAGE_LIMIT).collect()),
        trace_token: trace_token(headers),
        class,
        limits: RateLimits::from_headers(headers),
        retry_after: retry_after(headers),
    }
}

pub(crate) fn trace_token(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("x-docusign-tracetoken")?.to_str().ok()?;
    Some(value.to_owned())
}

fn by_code(code: &str) -> Option<ErrorClass> {
    use ErrorClass as C;
    Some(match code.to_ascii_uppercase().as_str() {
        "AUTHORIZATION_INVALID_TOKEN" => C::InvalidToken,
        "USER_AUTHENTICATION_FAILED" | "PARTNER_AUTHENTICATION_FAILED" => C::Authentication,
        "USER_DOES_NOT_BELONG_TO_SPECIFIED_ACCOUNT"
        | "USER_LACKS_MEMBERSHIP"
        | "USER_DOES_NOT_EXIST_IN_SYSTEM" => C::NotAMember,
        "USER_LACKS_PERMISSIONS"
        | "ACCOUNT_LACKS_PERMISSIONS"
        | "USER_NOT_ACCOUNT_ADMIN"
        | "PLAN_ITEM_NOT_ENABLED" => C::Permission,
        "ENVELOPE_DOES_NOT_EXIST"
        | "DOCUMENT_DOES_NOT_EXIST"
        | "RESOURCE_NOT_FOUND"
        | "ACCOUNT_NOT_AUTHORIZED_FOR_ENVELOPE"
        | "USER_NOT_ENVELOPE_SENDER_OR_RECIPIENT" => C::NotFound,
        "ENVELOPE_INVALID_STATUS" | "ENVELOPE_CANNOT_VOID_INVALID_STATE" => C::EnvelopeState,
        "ENVELOPE_ALLOWANCE_EXCEEDED" | "ENVELOPE_SEND_LIMIT_EXCEEDED" => C::Allowance,
        "HOURLY_APIINVOCATION_LIMIT_EXCEEDED"
        | "HOURLY_ENVELOPE_POLLING_LIMIT_EXCEEDED"
        | "HOURLY_APIINVOCATION_ENVELOPE_LIMIT_EXCEEDED" => C::HourlyLimit,
        "BURST_APIINVOCATION_LIMIT_EXCEEDED"
        | "BURST_ENVELOPE_POLLING_LIMIT_EXCEEDED"
        | "BURST_APIINVOCATION_ENVELOPE_LIMIT_EXCEEDED" => C::BurstLimit,
        "API_REQUEST_IS_THROTTLED" => C::Throttled,
        // A limit of one request's content that DocuSign answers with 429 in places.
        "RECIPIENT_LIMIT_EXCEEDED" => C::Request,
        _ => return None,
    })
}

fn by_status(status: StatusCode) -> ErrorClass {
    match status.as_u16() {
        401 => ErrorClass::Authentication,
        403 => ErrorClass::Permission,
        404 => ErrorClass::NotFound,
        // 444: blocked by DocuSign's traffic management.
        429 | 444 => ErrorClass::Throttled,
        408 => ErrorClass::Server,
        // A refusal inside an answer of success: the call was understood.
        200..=299 | 400..=499 => ErrorClass::Request,
        _ => ErrorClass::Server,
    }
}

//! The outward form of the core's errors: one table for all of them.

use std::time::Duration;

use axum::http::StatusCode;
use ownhand_connector::{Error, LinkRefusal};
use ownhand_docusign::{CallError, ErrorClass};

/// What a failure says outwardly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The stable code, part of the API.
    pub code: &'static str,
    /// A short title, the same for every failure of this code.
    pub title: &'static str,
    /// What happened this time.
    pub detail: String,
    /// Whether the same call may succeed later, and after how long if that is known.
    pub retry: Option<Option<Duration>>,
}

/// The outward form of an error of the core.
pub fn answer(error: &Error) -> Answer {
    let (status, title) = status_and_title(error);
    Answer {
        status,
        code: error.code(),
        title,
        detail: error.to_string(),
        retry: error.retry(),
    }
}

fn status_and_title(error: &Error) -> (StatusCode, &'static str) {
    use StatusCode as S;
    match error {
        Error::UnknownTenant => (S::NOT_FOUND, "Unknown tenant"),
        Error::CredentialMissing => (S::UNAUTHORIZED, "Credential missing"),
        Error::CredentialRejected(_) => (S::UNAUTHORIZED, "Credential rejected"),
        Error::CredentialReplayed => (S::UNAUTHORIZED, "Credential used before"),
        Error::FreshCredentialNeeded => (S::FORBIDDEN, "The host app's own credential is needed"),
        Error::Invalid { .. } => (S::BAD_REQUEST, "Invalid request"),
        Error::FlowGone => (S::GONE, "Link no longer valid"),
        Error::WrongBrowser => (S::FORBIDDEN, "Another browser"),
        Error::WrongUser => (S::FORBIDDEN, "Another user"),
        Error::ConsentRefused => (S::FORBIDDEN, "Consent refused"),
        Error::LinkRefused(LinkRefusal::TakenByAnother) => {
            (S::CONFLICT, "DocuSign user already connected")
        }
        Error::LinkRefused(_) => (S::FORBIDDEN, "DocuSign user not allowed"),
        Error::NotLinked => (S::CONFLICT, "Not connected"),
        Error::OtherSender => (S::CONFLICT, "Connected to another DocuSign user"),
        Error::NeedsRelink(_) => (S::CONFLICT, "Connection must be made again"),
        Error::AccountNotAllowed(_) => (S::FORBIDDEN, "Account not allowed"),
        Error::IdempotencyKeyReused => (S::UNPROCESSABLE_ENTITY, "Idempotency key reused"),
        Error::SendInProgress => (S::CONFLICT, "Send in progress"),
        Error::EnvelopeUnknown => (S::NOT_FOUND, "Unknown envelope"),
        Error::Document { .. } => (S::FAILED_DEPENDENCY, "Document not available"),
        Error::Docusign { source, .. } => docusign(source),
        Error::SendFailed(_) => (S::CONFLICT, "This send has failed"),
        Error::TokenEndpoint(_) => (S::BAD_GATEWAY, "DocuSign sign-in unavailable"),
        Error::IdentityUnavailable(_) => (S::SERVICE_UNAVAILABLE, "Identity service unavailable"),
        Error::TokenStore(_) => (S::SERVICE_UNAVAILABLE, "Token store unavailable"),
        Error::Ledger(_) => (S::SERVICE_UNAVAILABLE, "Ledger unavailable"),
        Error::Event(_) => (S::UNAUTHORIZED, "Event refused"),
        // A sealed value that can't be opened, and what a later core may add.
        _ => (S::INTERNAL_SERVER_ERROR, "Internal error"),
    }
}

/// A refusal of DocuSign's is passed on by its meaning: its own statuses say little.
fn docusign(error: &CallError) -> (StatusCode, &'static str) {
    use ErrorClass as C;
    use StatusCode as S;
    match (error, error.class()) {
        (CallError::Invalid(_), _) | (_, Some(C::Request)) => (
            S::UNPROCESSABLE_ENTITY,
            "DocuSign does not take this request",
        ),
        (_, Some(C::NotFound)) => (S::NOT_FOUND, "Not found at DocuSign"),
        (_, Some(C::Permission | C::NotAMember)) => (S::FORBIDDEN, "Not permitted at DocuSign"),
        (_, Some(C::EnvelopeState)) => (S::CONFLICT, "The envelope's state does not allow it"),
        (_, Some(C::Allowance)) => (S::PAYMENT_REQUIRED, "The DocuSign plan is used up"),
        (_, Some(C::HourlyLimit | C::BurstLimit | C::Throttled)) => {
            (S::TOO_MANY_REQUESTS, "DocuSign's rate limit")
        }
        (CallError::Egress(error), _) if error.is_transient() => {
            (S::GATEWAY_TIMEOUT, "DocuSign does not answer")
        }
        _ => (S::BAD_GATEWAY, "DocuSign failed"),
    }
}

//! The table of statuses, one line for each refusal and failure of the core.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use ownhand_connector::{
    Error, LinkRefusal,
    ledger::{LedgerError, RelinkReason},
    seal::SealError,
};
use ownhand_docusign::{CallError, classify, connect::ConnectError, oauth::TokenCallError};
use ownhand_egress::EgressError;
use ownhand_server::answer;
use ownhand_spi::AdapterError;

/// An error that DocuSign answered with; `wait` in seconds, zero for one that no wait helps.
fn docusign(status: u16, code: &str, wait: u64) -> Error {
    let body = format!(r#"{{"errorCode":"{code}","message":"m"}}"#);
    let status = StatusCode::from_u16(status).unwrap();
    let source = CallError::Api(Box::new(classify(
        status,
        &HeaderMap::new(),
        body.as_bytes(),
    )));
    let retry = (wait > 0).then(|| Some(Duration::from_secs(wait)));
    Error::Docusign { retry, source }
}

fn unanswered(source: EgressError) -> Error {
    Error::Docusign {
        retry: Some(None),
        source: CallError::Egress(source),
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn every_error_has_its_status_and_code() {
    let down = || AdapterError::unavailable("down").retry_after(Duration::from_secs(7));
    let seven = Some(Some(Duration::from_secs(7)));
    let soon = Some(None);
    let text = || "x".to_owned();
    let table = [
        (Error::UnknownTenant, 404, "unknown_tenant", None),
        (Error::CredentialMissing, 401, "credential_missing", None),
        (
            Error::CredentialRejected(text()),
            401,
            "credential_rejected",
            None,
        ),
        (Error::CredentialReplayed, 401, "credential_replayed", None),
        (
            Error::FreshCredentialNeeded,
            403,
            "fresh_credential_needed",
            None,
        ),
        (
            Error::Invalid {
                place: text(),
                message: text(),
            },
            400,
            "invalid_request",
            None,
        ),
        (Error::FlowGone, 410, "link_flow_gone", None),
        (Error::WrongBrowser, 403, "link_wrong_browser", None),
        (Error::WrongUser, 403, "link_wrong_user", None),
        (Error::ConsentRefused, 403, "consent_refused", None),
        (
            Error::LinkRefused(LinkRefusal::NoAllowedAccount),
            403,
            "link_no_allowed_account",
            None,
        ),
        (
            Error::LinkRefused(LinkRefusal::Email { found: text() }),
            403,
            "link_email_differs",
            None,
        ),
        (
            Error::LinkRefused(LinkRefusal::TakenByAnother),
            409,
            "link_taken",
            None,
        ),
        (Error::NotLinked, 409, "not_linked", None),
        (Error::OtherSender, 409, "other_sender", None),
        (
            Error::NeedsRelink(RelinkReason::RefreshRefused),
            409,
            "link_needs_relink",
            None,
        ),
        (
            Error::AccountNotAllowed(text()),
            403,
            "account_not_allowed",
            None,
        ),
        (
            Error::IdempotencyKeyReused,
            422,
            "idempotency_key_reused",
            None,
        ),
        (
            Error::SendInProgress,
            409,
            "send_in_progress",
            Some(Some(Duration::from_secs(2))),
        ),
        (Error::SendFailed(text()), 409, "send_failed", None),
        (Error::EnvelopeUnknown, 404, "envelope_unknown", None),
        (
            Error::Document {
                reference: text(),
                source: down(),
            },
            424,
            "document_failed",
            seven,
        ),
        (
            Error::TokenEndpoint(TokenCallError::ServerBusy { retry_after: None }),
            502,
            "docusign_unavailable",
            soon,
        ),
        (
            Error::IdentityUnavailable(down()),
            503,
            "identity_unavailable",
            seven,
        ),
        (
            Error::TokenStore(down()),
            503,
            "token_store_unavailable",
            seven,
        ),
        (
            Error::Ledger(LedgerError::inconsistent("x")),
            503,
            "ledger_unavailable",
            soon,
        ),
        (
            Error::Seal(SealError::Damaged),
            500,
            "sealed_value_unreadable",
            None,
        ),
        (
            Error::Event(ConnectError::Forged),
            401,
            "event_refused",
            None,
        ),
        (
            docusign(400, "INVALID_REQUEST_BODY", 0),
            422,
            "docusign_error",
            None,
        ),
        (
            docusign(401, "USER_AUTHENTICATION_FAILED", 0),
            502,
            "docusign_error",
            None,
        ),
        (
            docusign(401, "AUTHORIZATION_INVALID_TOKEN", 0),
            502,
            "docusign_error",
            None,
        ),
        (
            docusign(400, "USER_LACKS_PERMISSIONS", 0),
            403,
            "docusign_error",
            None,
        ),
        (
            docusign(400, "USER_LACKS_MEMBERSHIP", 0),
            403,
            "docusign_error",
            None,
        ),
        (
            docusign(404, "ENVELOPE_DOES_NOT_EXIST", 0),
            404,
            "docusign_error",
            None,
        ),
        (
            docusign(400, "ENVELOPE_INVALID_STATUS", 0),
            409,
            "docusign_error",
            None,
        ),
        (
            docusign(400, "ENVELOPE_ALLOWANCE_EXCEEDED", 0),
            402,
            "docusign_error",
            None,
        ),
        (
            docusign(400, "HOURLY_APIINVOCATION_LIMIT_EXCEEDED", 7),
            429,
            "docusign_error",
            seven,
        ),
        (
            docusign(429, "BURST_APIINVOCATION_LIMIT_EXCEEDED", 7),
            429,
            "docusign_error",
            seven,
        ),
        (docusign(503, "", 7), 502, "docusign_error", seven),
        (
            unanswered(EgressError::Timeout { complete: true }),
            504,
            "docusign_error",
            soon,
        ),
        (
            unanswered(EgressError::Refused {
                target: text(),
                reason: "x",
            }),
            502,
            "docusign_error",
            soon,
        ),
    ];
    for (error, status, code, retry) in table {
        let answer = answer(&error);
        assert_eq!(
            (answer.status.as_u16(), answer.code, answer.retry),
            (status, code, retry),
            "{error:?}"
        );
        assert_eq!(answer.detail, error.to_string());
        assert!(!answer.title.is_empty());
    }
}

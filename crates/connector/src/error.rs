//! What the core refuses or fails at, as a caller must know it. The server maps it to problems and pages.

use std::time::Duration;

use ownhand_docusign::{CallError, connect::ConnectError, oauth::TokenCallError};
use ownhand_spi::AdapterError;

use crate::{
    ledger::{LedgerError, RelinkReason},
    seal::SealError,
};

/// An error and its causes on one line, for logs: their JSON form keeps no causes of its own.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    // A chain has an end, but an adapter's own error need not.
    for cause in causes.take(16) {
        let cause = cause.to_string();
        // Some errors of others repeat their cause.
        if !line.ends_with(&cause) {
            line.push_str(": ");
            line.push_str(&cause);
        }
    }
    line
}

/// A refusal or failure of the core.
///
/// Display is for the caller and names no secret; the cause chain is for the log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such tenant (or the caller may not know).
    #[error("no tenant of this name is set up here")]
    UnknownTenant,
    /// No credential came with the call.
    #[error("the call carries no credential; send `Authorization: Bearer …`")]
    CredentialMissing,
    /// The credential does not hold. The reason is for the host app's developers.
    #[error("the credential was refused: {0}")]
    CredentialRejected(String),
    /// A single-use credential was shown before.
    #[error(
        "this assertion was used before; sign a fresh one for each session, link start and link finish"
    )]
    CredentialReplayed,
    /// The call needs the host app's own credential, not an Ownhand session.
    #[error("this call needs the host app's own credential, not an Ownhand session")]
    FreshCredentialNeeded,
    /// The request can't be right.
    #[error("{place}: {message}")]
    Invalid {
        /// The field or header at fault.
        place: String,
        /// What is wrong, and the mend.
        message: String,
    },
    /// The ticket, state, handle or page is unknown, used, or expired; which of these is not told.
    #[error("this link is no longer valid; it may have been used already, or it took too long")]
    FlowGone,
    /// The page was opened in another browser than the one that began.
    #[error("this page belongs to another browser")]
    WrongBrowser,
    /// Another host user than the one who started tries to finish.
    #[error("the link was started by another user")]
    WrongUser,
    /// The user said no at DocuSign.
    #[error("access was refused at DocuSign")]
    ConsentRefused,
    /// The DocuSign user may not be linked, by the tenant's rules.
    #[error("{0}")]
    LinkRefused(LinkRefusal),
    /// The caller has no link.
    #[error("this user has not connected a DocuSign account yet")]
    NotLinked,
    /// The DocuSign user who sent an envelope is not the one that its sender is linked to now.
    #[error(
        "the sender is connected to another DocuSign user now; this goes on once they connect the one who sent it"
    )]
    OtherSender,
    /// The caller's link has died.
    #[error("the connection to DocuSign must be made again: {}", .0.sentence())]
    NeedsRelink(RelinkReason),
    /// The account is not one of the link's.
    #[error("account `{0}` is not one that this user may send from")]
    AccountNotAllowed(String),
    /// The idempotency key was used for another request.
    #[error("this idempotency key was used before, for another request")]
    IdempotencyKeyReused,
    /// The first call with this idempotency key is still at work.
    #[error("the first call with this idempotency key is still at work")]
    SendInProgress,
    /// There is no such envelope of this user.
    #[error("no envelope of this id was sent by this user")]
    EnvelopeUnknown,
    /// The document source failed.
    #[error("document `{reference}`: {}", .source.message())]
    Document {
        /// The document.
        reference: String,
        /// The source's error.
        #[source]
        source: AdapterError,
    },
    /// DocuSign refused or failed.
    #[error("DocuSign did not carry the call out: {}", describe(.source))]
    Docusign {
        /// Whether trying again later may help, and how long to wait if that is known.
        retry: Option<Option<Duration>>,
        /// What DocuSign, or the way to it, said.
        #[source]
        source: CallError,
    },
    /// A send that failed for good was asked for again with its key.
    #[error("this send failed: {0}")]
    SendFailed(String),
    /// DocuSign's token endpoint failed in a way that says nothing about the link.
    #[error("DocuSign's sign-in service does not answer as it should")]
    TokenEndpoint(#[source] TokenCallError),
    /// The host user can't be found out because the identity mapper fails.
    #[error("the identity service of the tenant does not answer")]
    IdentityUnavailable(#[source] AdapterError),
    /// The token store fails.
    #[error("the token store does not answer")]
    TokenStore(#[source] AdapterError),
    /// The ledger fails.
    #[error("the ledger does not answer")]
    Ledger(#[from] LedgerError),
    /// Something sealed can't be opened.
    #[error("a sealed value can't be opened")]
    Seal(#[from] SealError),
    /// A Connect message was refused.
    #[error("the event was refused")]
    Event(#[source] ConnectError),
}

/// Why a DocuSign user may not be linked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkRefusal {
    /// None of the DocuSign user's accounts is allowed.
    #[error("none of the accounts of this DocuSign user is allowed here")]
    NoAllowedAccount,
    /// The e-mails must be the same, and are not.
    #[error("the DocuSign user's e-mail `{found}` is not the one expected for this user")]
    Email {
        /// The DocuSign user's e-mail.
        found: String,
    },
    /// Another host user is linked to this DocuSign user.
    #[error("another user is already connected to this DocuSign user")]
    TakenByAnother,
}

impl Error {
    /// The stable code of the problem, part of the API.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownTenant => "unknown_tenant",
            Self::CredentialMissing => "credential_missing",
            Self::CredentialRejected(_) => "credential_rejected",
            Self::CredentialReplayed => "credential_replayed",
            Self::FreshCredentialNeeded => "fresh_credential_needed",
            Self::Invalid { .. } => "invalid_request",
            Self::FlowGone => "link_flow_gone",
            Self::WrongBrowser => "link_wrong_browser",
            Self::WrongUser => "link_wrong_user",
            Self::ConsentRefused => "consent_refused",
            Self::LinkRefused(LinkRefusal::NoAllowedAccount) => "link_no_allowed_account",
            Self::LinkRefused(LinkRefusal::Email { .. }) => "link_email_differs",
            Self::LinkRefused(LinkRefusal::TakenByAnother) => "link_taken",
            Self::NotLinked => "not_linked",
            Self::OtherSender => "other_sender",
            Self::NeedsRelink(_) => "link_needs_relink",
            Self::AccountNotAllowed(_) => "account_not_allowed",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::SendInProgress => "send_in_progress",
            Self::EnvelopeUnknown => "envelope_unknown",
            Self::Document { .. } => "document_failed",
            Self::Docusign { .. } => "docusign_error",
            Self::SendFailed(_) => "send_failed",
            Self::TokenEndpoint(_) => "docusign_unavailable",
            Self::IdentityUnavailable(_) => "identity_unavailable",
            Self::TokenStore(_) => "token_store_unavailable",
            Self::Ledger(_) => "ledger_unavailable",
            Self::Seal(_) => "sealed_value_unreadable",
            Self::Event(_) => "event_refused",
        }
    }

    /// Whether trying the same call again later may help, and how long to wait if that is known.
    pub fn retry(&self) -> Option<Option<Duration>> {
        match self {
            Self::SendInProgress => Some(Some(Duration::from_secs(2))),
            Self::Document { source, .. } => source.is_transient().then(|| source.wait()),
            Self::Docusign { retry, .. } => *retry,
            Self::TokenEndpoint(TokenCallError::ServerBusy { retry_after }) => Some(*retry_after),
            Self::TokenEndpoint(_) | Self::Ledger(_) => Some(None),
            Self::IdentityUnavailable(e) | Self::TokenStore(e) => {
                e.is_transient().then(|| e.wait())
            }
            _ => None,
        }
    }

    /// A request that can't be right, with its place.
    pub(crate) fn invalid(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid {
            place: place.into(),
            message: message.into(),
        }
    }
}

/// DocuSign's own code where it gave one.
fn describe(error: &CallError) -> &str {
    error.error_code().unwrap_or("no answer that could be used")
}

#[cfg(test)]
mod tests {
    use super::{Error, chain};
    use crate::ledger::LedgerError;

    #[test]
    fn a_chain_has_every_cause_once() {
        let damaged = LedgerError::inconsistent("row 7 is damaged".to_owned());
        let own = damaged.to_string();
        let error = Error::Ledger(damaged);
        assert_eq!(chain(&error), format!("{error}: {own}"));
    }
}

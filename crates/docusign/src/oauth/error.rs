//! What a call to the token endpoint can end with.

use std::time::Duration;

use ownhand_egress::{BoxError, EgressError};

/// An error that the OAuth server answered with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the OAuth server answered {error}{}", description.as_deref().map(|d| format!(" ({d})")).unwrap_or_default())]
pub struct OAuthError {
    /// What kind of error it is.
    pub class: OAuthErrorClass,
    /// The error code as it was spelled, e.g. `invalid_grant`.
    pub error: String,
    /// The server's words, e.g. `expired_client_token`; often misleading.
    pub description: Option<String>,
}

/// Kinds of OAuth errors, as far as a caller acts differently on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OAuthErrorClass {
    /// The code or refresh token is dead, or (DocuSign does not tell them apart) the client secret is wrong.
    InvalidGrant,
    /// The integration key or its secret is wrong.
    InvalidClient,
    /// The user has not consented, or has withdrawn the consent.
    ConsentRequired,
    /// Anything else.
    Other,
}

impl OAuthErrorClass {
    pub(crate) fn of(error: &str) -> Self {
        match error {
            "invalid_grant" => Self::InvalidGrant,
            "invalid_client" | "unauthorized_client" => Self::InvalidClient,
            "consent_required" => Self::ConsentRequired,
            _ => Self::Other,
        }
    }
}

/// How a token call failed, by what is known about the code or refresh token that it spent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenCallError {
    /// The server read the request and refused it.
    #[error("the token call was refused")]
    Definitive(#[source] OAuthError),
    /// The request never reached the server in full: nothing is spent.
    #[error("the token call was not sent")]
    NotSent(#[source] EgressError),
    /// The request may have been carried out, and its answer is lost or unreadable: the token may be spent.
    #[error("the outcome of the token call is unknown")]
    OutcomeUnknown(#[source] BoxError),
    /// The OAuth server itself answered that it is busy or has failed: it issued nothing, come back later.
    #[error("the OAuth server is busy or failing")]
    ServerBusy {
        /// The wait that the server asks for.
        retry_after: Option<Duration>,
    },
}

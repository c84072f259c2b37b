//! What a failed call means, and what its caller may do now.

mod class;

use std::time::{Duration, SystemTime};

use http::StatusCode;
use ownhand_egress::{BoxError, EgressError};

use crate::RateLimits;

pub(crate) use class::trace_token;
pub use class::{ErrorClass, classify};

/// A call to DocuSign that did not bring what was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The call could not be put together. Nothing was sent.
    #[error("the call is not valid: {0}")]
    Invalid(String),
    /// The caller's base URI does not belong to the environment. Nothing was sent.
    #[error("{0} is not a host of this DocuSign environment")]
    ForeignBaseUri(String),
    /// No answer, or one that broke off.
    #[error("DocuSign could not be reached, or did not answer in full")]
    Egress(#[from] EgressError),
    /// DocuSign answered with an error.
    #[error("DocuSign refused the call")]
    Api(#[source] Box<ApiError>),
    /// DocuSign answered with success and something unreadable.
    #[error("DocuSign's answer cannot be read{}", traced(trace_token.as_deref()))]
    Unreadable {
        /// The status of the answer.
        status: StatusCode,
        /// DocuSign's id of the call, for their support.
        trace_token: Option<String>,
        /// What is wrong with the answer.
        source: BoxError,
    },
}

/// An error that DocuSign answered with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("status {}, {}: {}{}", status.as_u16(), error_code.as_deref().unwrap_or("no error code"), message.as_deref().unwrap_or("no message"), traced(trace_token.as_deref()))]
pub struct ApiError {
    /// The HTTP status.
    pub status: StatusCode,
    /// DocuSign's error code, as it was spelled.
    pub error_code: Option<String>,
    /// DocuSign's words. For logs; not stable, and not made for users.
    pub message: Option<String>,
    /// DocuSign's id of the call, for their support.
    pub trace_token: Option<String>,
    /// What kind of error it is.
    pub class: ErrorClass,
    /// The limits announced with the answer.
    pub limits: RateLimits,
    /// The wait that the answer asks for.
    pub retry_after: Option<Duration>,
}

/// Whether the same call may succeed later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Not without a change.
    No,
    /// Yes, after this time; without one, after the caller's own back-off. Whether a repeat is *safe* is another
    /// question: see [`CallError::may_have_been_sent`].
    After(Option<Duration>),
}

impl CallError {
    fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            _ => None,
        }
    }

    /// True unless it is sure that DocuSign did not carry the call out. A call that creates something is only repeated
    /// when this is false.
    pub fn may_have_been_sent(&self) -> bool {
        match self {
            Self::Invalid(_) | Self::ForeignBaseUri(_) => false,
            Self::Egress(error) => error.may_have_been_sent(),
            // DocuSign (or what stands before it) may fail after the work is done.
            Self::Api(error) => error.class == ErrorClass::Server,
            Self::Unreadable { .. } => true,
        }
    }

    /// Whether and when the same call may succeed. `now` turns the announced reset of a limit into a wait.
    pub fn retry(&self, now: SystemTime) -> Retry {
        match self {
            Self::Egress(error) if error.is_transient() => Retry::After(None),
            Self::Invalid(_) | Self::ForeignBaseUri(_) | Self::Egress(_) => Retry::No,
            Self::Unreadable { .. } => Retry::After(None),
            Self::Api(error) => error.retry(now),
        }
    }

    /// True if the access token is dead: expired, revoked, or of another environment. A refresh may help.
    pub fn is_invalid_token(&self) -> bool {
        self.class() == Some(ErrorClass::InvalidToken)
    }

    /// True if the user behind the token can no longer use this account: only a new link helps.
    pub fn needs_relink(&self) -> bool {
        self.class() == Some(ErrorClass::NotAMember)
    }

    /// True if what was named does not exist, or not for this user.
    pub fn is_not_found(&self) -> bool {
        self.class() == Some(ErrorClass::NotFound)
    }

    /// What kind of error DocuSign answered with.
    pub fn class(&self) -> Option<ErrorClass> {
        self.api().map(|error| error.class)
    }

    /// DocuSign's error code.
    pub fn error_code(&self) -> Option<&str> {
        self.api()?.error_code.as_deref()
    }

    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Api(error) => Some(error.status),
            Self::Unreadable { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// DocuSign's id of the call, for their support.
    pub fn trace_token(&self) -> Option<&str> {
        match self {
            Self::Api(error) => error.trace_token.as_deref(),
            Self::Unreadable { trace_token, .. } => trace_token.as_deref(),
            _ => None,
        }
    }
}

impl ApiError {
    /// Whether and when the same call may succeed.
    pub fn retry(&self, now: SystemTime) -> Retry {
        /// The window of the burst limits; they announce no reset.
        const BURST_WINDOW: Duration = Duration::from_secs(30);
        match self.class {
            ErrorClass::HourlyLimit => {
                Retry::After(self.retry_after.or_else(|| self.limits.until_reset(now)))
            }
            ErrorClass::BurstLimit => Retry::After(Some(self.retry_after.unwrap_or(BURST_WINDOW))),
            ErrorClass::Throttled | ErrorClass::Server => Retry::After(self.retry_after),
            _ => Retry::No,
        }
    }
}

/// Where and how an answer cannot be read, without a word of the answer: serde's own message quotes what it found, and an
/// answer may hold a token.
pub(crate) fn unreadable(error: &serde_json::Error) -> BoxError {
    format!(
        "{:?} error at line {}, column {}",
        error.classify(),
        error.line(),
        error.column()
    )
    .into()
}

/// DocuSign's id of a call, as it ends an error's text.
fn traced(token: Option<&str>) -> String {
    token
        .map(|token| format!(" (DocuSign's trace token: {token})"))
        .unwrap_or_default()
}

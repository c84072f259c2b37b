//! What can go wrong on the way out, and whether the request may have arrived.

/// An error of somebody else's type.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A call that did not bring an answer, or whose answer broke off.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EgressError {
    /// The policy does not allow this target. Nothing was sent.
    #[error("{target} is not an allowed target: {reason}")]
    Refused {
        /// Scheme, host and port of the target.
        target: String,
        /// What the policy misses.
        reason: &'static str,
    },
    /// The request could not be put together. Nothing was sent.
    #[error("the request is not valid")]
    InvalidRequest(#[source] BoxError),
    /// No connection: name not found, refused, no route, TLS failed, or too slow. Nothing was sent.
    #[error("no connection")]
    Connect(#[source] BoxError),
    /// The stream that was to be sent failed or had another length than announced.
    #[error("the body to be sent could not be read to its end")]
    Body {
        /// What the stream said.
        source: BoxError,
        /// True if all announced bytes had left before.
        complete: bool,
    },
    /// No progress within the time allowed.
    #[error("the other side made no progress in time")]
    Timeout {
        /// True if the whole request had left.
        complete: bool,
    },
    /// The connection broke before an answer came.
    #[error("the connection broke")]
    Transport {
        /// What the HTTP client said.
        source: BoxError,
        /// True if the whole request may have left.
        complete: bool,
    },
    /// An answer came, and broke off.
    #[error("the answer broke off")]
    AnswerBroken(#[source] BoxError),
    /// An answer came, and stopped half-way for too long.
    #[error("the answer stalled")]
    AnswerStalled,
    /// An answer came that is larger than the caller takes.
    #[error("the answer is larger than {limit} bytes")]
    AnswerTooLarge {
        /// The most that the caller takes, in bytes.
        limit: usize,
    },
}

impl EgressError {
    /// True unless it is sure that the other side never had the request in full. A call that must not happen twice is
    /// only repeated when this is false.
    pub fn may_have_been_sent(&self) -> bool {
        match self {
            Self::Refused { .. } | Self::InvalidRequest(_) | Self::Connect(_) => false,
            Self::Body { complete, .. }
            | Self::Timeout { complete }
            | Self::Transport { complete, .. } => *complete,
            Self::AnswerBroken(_) | Self::AnswerStalled | Self::AnswerTooLarge { .. } => true,
        }
    }

    /// True if the same call may work later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Connect(_)
                | Self::Timeout { .. }
                | Self::Transport { .. }
                | Self::AnswerBroken(_)
                | Self::AnswerStalled
        )
    }
}

//! The one error of all roles.

use std::{error::Error as StdError, fmt, time::Duration};

/// What went wrong, as the core must know it to act; `hosts` of every kind map onto these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The thing does not exist, or this user may not see it: one kind for both, so that denial does not reveal existence.
    NotFoundOrDenied,
    /// The host app asks to slow down; see [`AdapterError::retry_after`].
    RateLimited,
    /// Somebody holds the document (a check-out, a lock).
    Locked,
    /// The state has moved on: another version, another content under the same name.
    Conflict,
    /// The caller's credential is wrong, expired or revoked.
    CredentialRejected,
    /// The caller's request can't be right (a path that leaves the root, an empty name).
    InvalidInput,
    /// The document is larger than the adapter or the host app takes.
    TooLarge,
    /// The adapter does not do this.
    Unsupported,
    /// The adapter's settings are wrong; see [`AdapterError::path`].
    Configuration,
    /// Something behind the adapter does not answer; trying again may help.
    Unavailable,
    /// The adapter did not answer within the call's budget.
    TimedOut,
    /// The adapter panicked; its message is in the log.
    Panicked,
    /// None of the above.
    Other,
}

/// An adapter's refusal or failure.
pub struct AdapterError {
    kind: ErrorKind,
    message: String,
    retry_after: Option<Duration>,
    path: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl AdapterError {
    /// An error of a kind. The message names the thing, holds no secret, and ends without a full stop.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            retry_after: None,
            path: None,
            source: None,
        }
    }

    /// The thing does not exist or this user may not see it.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFoundOrDenied, message)
    }

    /// Something behind the adapter does not answer.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unavailable, message)
    }

    /// The caller's credential does not hold.
    pub fn rejected(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::CredentialRejected, message)
    }

    /// The caller's request can't be right.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidInput, message)
    }

    /// A setting is wrong. `path` is its dotted place inside the settings, e.g. `rules[0].read`; empty for the whole.
    pub fn configuration(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, message).at(path)
    }

    /// Adds the cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Adds how long the caller should wait before trying again.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Adds the dotted place inside the settings.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The kind.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The message without its causes.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// How long to wait before trying again, if the host app said so.
    pub fn wait(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The dotted place of a wrong setting.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// Whether trying the same call again later may help.
    pub fn is_transient(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::RateLimited
                | ErrorKind::Locked
                | ErrorKind::Unavailable
                | ErrorKind::TimedOut
                | ErrorKind::Panicked
        )
    }

    /// The messages of the causes, outermost first, at most `limit`.
    pub fn chain(&self, limit: usize) -> Vec<String> {
        std::iter::successors(self.source(), |e: &&(dyn StdError + 'static)| (*e).source())
            .take(limit)
            .map(ToString::to_string)
            .collect()
    }
}

impl fmt::Debug for AdapterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdapterError")
            .field("kind", &self.kind)
            .field("message", &self.message)
            .field("path", &self.path)
            .field("retry_after", &self.retry_after)
            .field("chain", &self.chain(16))
            .finish_non_exhaustive()
    }
}

impl fmt::Display for AdapterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for AdapterError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|e| e as &(dyn StdError + 'static))
    }
}

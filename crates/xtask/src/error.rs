//! What goes wrong in a recipe, in words for the person who ran it.

use std::io;

/// A recipe's failure.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Something is not as it must be.
    #[error("{0}")]
    Wrong(String),
    /// The file system, or a program that can't be started.
    #[error("{what}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// A request that got no answer.
    #[error("{what}")]
    Http {
        /// What was asked.
        what: String,
        /// Why there is no answer.
        #[source]
        source: reqwest::Error,
    },
}

/// What recipes answer with.
pub type Result<T> = std::result::Result<T, Error>;

/// A failure in words.
pub fn wrong(message: impl Into<String>) -> Error {
    Error::Wrong(message.into())
}

/// A failure of the file system, told by what was tried.
pub fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Error {
    let what = what.into();
    move |source| Error::Io { what, source }
}

/// A request without an answer, told by what was asked.
pub fn http(what: impl Into<String>) -> impl FnOnce(reqwest::Error) -> Error {
    let what = what.into();
    move |source| Error::Http { what, source }
}

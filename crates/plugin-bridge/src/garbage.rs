//! What the other side must not send.

use ownhand_spi::{AdapterError, ErrorKind};

/// The other side sent something that can't be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the plugin boundary carried garbage: {0}")]
pub struct Garbage(pub String);

impl Garbage {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl From<Garbage> for AdapterError {
    fn from(garbage: Garbage) -> Self {
        Self::new(ErrorKind::Other, garbage.to_string())
    }
}

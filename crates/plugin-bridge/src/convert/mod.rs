//! Values of the plain traits as values of the ABI, and back with every check.

mod args;
mod context;
mod document;
mod error;
mod identity;
mod record;

use ownhand_plugin_abi::{AbiSecret, RNone, ROption, RSome, RString, RVec};
use ownhand_spi::{ExposeSecret, SecretString};

use crate::Garbage;

pub(crate) use context::context_to_abi;
pub(crate) use record::{SEALED, may_cross};

/// Longest text that is taken.
pub(crate) const TEXT: usize = 64 * 1024;

/// A value that crosses the boundary.
pub trait Crosses: Sized {
    /// What crosses in its place.
    type Abi;

    /// For the other side.
    fn into_abi(self) -> Self::Abi;

    /// From the other side.
    ///
    /// # Errors
    /// [`Garbage`] when it can't be right.
    fn from_abi(abi: Self::Abi) -> Result<Self, Garbage>;
}

impl Crosses for String {
    type Abi = RString;

    fn into_abi(self) -> RString {
        self.into()
    }

    fn from_abi(abi: RString) -> Result<Self, Garbage> {
        text(&abi, TEXT)
    }
}

/// The text, copied into this side's memory.
fn text(abi: &RString, limit: usize) -> Result<String, Garbage> {
    // Before anything is made of it: the length is what the other side says.
    if abi.len() > limit {
        return Err(Garbage::new(format!("a text of {} bytes", abi.len())));
    }
    std::str::from_utf8(abi.as_bytes())
        .map(ToOwned::to_owned)
        .map_err(|_| Garbage::new("a text that is not UTF-8"))
}

impl Crosses for SecretString {
    type Abi = AbiSecret;

    fn into_abi(self) -> AbiSecret {
        AbiSecret::new(self.expose_secret())
    }

    fn from_abi(abi: AbiSecret) -> Result<Self, Garbage> {
        let bytes = abi
            .expose(TEXT)
            .map_err(|e| Garbage::new(format!("a secret of {e}")))?;
        let secret =
            std::str::from_utf8(bytes).map_err(|_| Garbage::new("a secret that is not UTF-8"))?;
        // A box of exact size: `SecretString` then takes it without leaving a copy behind.
        Ok(Self::new(secret.into()))
    }
}

impl<T: Crosses> Crosses for Option<T> {
    type Abi = ROption<T::Abi>;

    fn into_abi(self) -> Self::Abi {
        self.map_or(RNone, |value| RSome(value.into_abi()))
    }

    fn from_abi(abi: Self::Abi) -> Result<Self, Garbage> {
        match abi {
            RSome(value) => T::from_abi(value).map(Some),
            RNone => Ok(None),
        }
    }
}

/// Many values, at most `limit`.
fn list<T: Crosses>(what: &str, abi: RVec<T::Abi>, limit: usize) -> Result<Vec<T>, Garbage> {
    if abi.len() > limit {
        return Err(Garbage::new(format!("{} {what}", abi.len())));
    }
    abi.into_iter().map(T::from_abi).collect()
}

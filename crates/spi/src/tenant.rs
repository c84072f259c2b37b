//! The name of a customer.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// One customer of the host app's vendor: lower-case letters, digits and inner hyphens, 1 to 40 characters.
///
/// The shape makes it safe as a file name, a URL segment and (upper-cased) part of an environment variable's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TenantId(String);

/// The text is not a tenant's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a tenant id is 1 to 40 lower-case letters, digits and inner hyphens")]
pub struct InvalidTenantId;

impl TenantId {
    /// Longest name, in characters.
    pub const MAX: usize = 40;

    /// Checks and takes a name.
    ///
    /// # Errors
    /// [`InvalidTenantId`] when the shape is wrong.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidTenantId> {
        let text = text.into();
        let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let bytes = text.as_bytes();
        let shape = (1..=Self::MAX).contains(&bytes.len())
            && bytes.iter().all(|&b| inner(b) || b == b'-')
            && bytes.first().is_some_and(|&b| inner(b))
            && bytes.last().is_some_and(|&b| inner(b));
        if shape {
            Ok(Self(text))
        } else {
            Err(InvalidTenantId)
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for TenantId {
    type Error = InvalidTenantId;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(text)
    }
}

impl FromStr for TenantId {
    type Err = InvalidTenantId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl From<TenantId> for String {
    fn from(id: TenantId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::TenantId;

    #[test]
    fn shapes() {
        for good in ["a", "acme", "acme-legal-2", &"x".repeat(40)] {
            assert!(TenantId::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "-a",
            "a-",
            "Acme",
            "a/b",
            "..",
            "a b",
            "é",
            &"x".repeat(41),
        ] {
            assert!(TenantId::new(bad).is_err(), "{bad}");
        }
    }
}

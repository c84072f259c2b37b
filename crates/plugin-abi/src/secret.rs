//! The only form in which a secret crosses.

use std::fmt;

use abi_stable::StableAbi;
use zeroize::Zeroizing;

use crate::{AbiBytes, InvalidBytes};

/// A secret: wiped by the side that made it when it is dropped; prints as redacted.
#[repr(C)]
#[derive(StableAbi)]
pub struct AbiSecret {
    bytes: AbiBytes,
}

impl AbiSecret {
    /// Copies a secret into memory that is wiped.
    pub fn new(secret: &str) -> Self {
        Self {
            bytes: AbiBytes::from_owner(Wiped(Zeroizing::new(secret.as_bytes().into()))),
        }
    }

    /// The secret in clear, at most `limit` bytes; not necessarily UTF-8 if the other side is faulty.
    ///
    /// # Errors
    /// [`InvalidBytes`].
    pub fn expose(&self, limit: usize) -> Result<&[u8], InvalidBytes> {
        self.bytes.checked(limit)
    }
}

/// A box of exact size, so that no reallocation leaves a copy behind.
struct Wiped(Zeroizing<Box<[u8]>>);

impl AsRef<[u8]> for Wiped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for AbiSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AbiSecret([redacted])")
    }
}

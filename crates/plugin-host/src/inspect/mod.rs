//! What can be known of a file without running any of its code.

mod file;
mod image;
mod manifest;
mod way;

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use aws_lc_rs::digest::{SHA256, digest};
use ownhand_spi::Manifest;

use crate::LoadError;

/// The SHA-256 that a plugin file must have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Pin(pub [u8; 32]);

/// The text is no pin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a pin is the file's sha256: 64 hexadecimal digits, as `sha256sum` prints them")]
pub struct InvalidPin;

impl FromStr for Pin {
    type Err = InvalidPin;

    fn from_str(text: &str) -> Result<Self, InvalidPin> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| InvalidPin)?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a plugin file is, as found without running it.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// How the adapter introduces itself. Roles that this host does not know are left out.
    pub manifest: Manifest,
    /// The version of the plugin ABI for which it was built.
    pub abi_version: String,
    /// Its digest: what to pin.
    pub sha256: Pin,
    /// Its length in bytes.
    pub size: u64,
    /// Its canonical path.
    pub path: PathBuf,
}

/// A file whose bytes were checked.
pub(crate) struct Verified {
    pub(crate) inspection: Inspection,
    pub(crate) bytes: Vec<u8>,
}

/// Checks a file as far as possible without running any of its code.
///
/// # Errors
/// [`LoadError`], by the first check that fails.
pub fn inspect(path: &Path, pin: Option<&Pin>) -> Result<Inspection, LoadError> {
    verify(path, pin).map(|verified| verified.inspection)
}

pub(crate) fn verify(path: &Path, pin: Option<&Pin>) -> Result<Verified, LoadError> {
    let (path, bytes) = file::read(path)?;
    let sha256 = sha256(&bytes);
    if let Some(pin) = pin
        && *pin != sha256
    {
        return Err(LoadError::Pin {
            found: sha256.to_string(),
            pinned: pin.to_string(),
        });
    }
    let section = image::section(&bytes)?;
    let (manifest, abi_version) = manifest::read(section)?;
    Ok(Verified {
        inspection: Inspection {
            manifest,
            abi_version,
            sha256,
            size: bytes.len() as u64,
            path,
        },
        bytes,
    })
}

fn sha256(bytes: &[u8]) -> Pin {
    let mut pin = [0; 32];
    pin.copy_from_slice(digest(&SHA256, bytes).as_ref());
    Pin(pin)
}

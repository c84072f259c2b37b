//! Sealing: nothing secret is at rest in clear, and nothing sealed can be moved elsewhere.
//!
//! A sealed value is `1 | length of key id | key id | nonce (12) | ciphertext and tag`: ChaCha20-Poly1305 under a key derived for
//! the tenant (HKDF-SHA256), with tenant, purpose, name and version as associated data. So a value put into another tenant's,
//! another link's or another version's place does not open.

use std::fmt;

use aws_lc_rs::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf,
};
use ownhand_spi::TenantId;
use secrecy::{ExposeSecret, SecretBox};
use zeroize::Zeroizing;

use crate::Ambient;

const FORMAT: u8 = 1;
const DERIVATION: &[u8] = b"ownhand sealing keys, one for each tenant, v1";

/// One key of the ring.
pub struct SealingKey {
    /// Its id: 1 to 32 characters; stands in every sealed value.
    pub id: String,
    /// 32 unpredictable bytes.
    pub key: SecretBox<[u8; 32]>,
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealingKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// The keys: the first seals, all open.
#[derive(Debug)]
pub struct KeyRing {
    keys: Vec<SealingKey>,
}

/// A sealed value can't be made or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The ring is empty, or an id is unfit.
    #[error("the key ring needs at least one key, with ids of 1 to 32 characters, each once")]
    Ring,
    /// The value was sealed under a key that the ring lacks.
    #[error("sealed under key `{0}`, which is not in the key ring")]
    UnknownKey(String),
    /// The value is cut, damaged, or does not belong to this place.
    #[error("damaged, or moved from another place")]
    Damaged,
    /// The record is older than the ledger remembers.
    #[error("version {found} was put back; version {expected} was committed already")]
    RolledBack {
        /// Version found.
        found: u64,
        /// Lowest version that may stand there.
        expected: u64,
    },
    /// The cryptographic provider failed.
    #[error("the cryptographic provider failed")]
    Provider,
}

/// The place to which a sealed value belongs.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Its tenant.
    pub tenant: &'a TenantId,
    /// What kind of value it is, e.g. `tokens`.
    pub purpose: &'static str,
    /// Which one, e.g. the link's id.
    pub name: &'a str,
    /// Which version of it.
    pub version: u64,
}

impl Place<'_> {
    fn associated_data(&self) -> Vec<u8> {
        let mut out = vec![FORMAT];
        for field in [self.tenant.as_str(), self.purpose, self.name] {
            out.extend_from_slice(&(field.len() as u64).to_be_bytes());
            out.extend_from_slice(field.as_bytes());
        }
        out.extend_from_slice(&self.version.to_be_bytes());
        out
    }
}

impl KeyRing {
    /// A ring of keys, the sealing one first.
    ///
    /// # Errors
    /// [`SealError::Ring`] when there is none, or an id is empty, too long or there twice.
    pub fn new(keys: Vec<SealingKey>) -> Result<Self, SealError> {
        let fit = !keys.is_empty()
            && keys.iter().enumerate().all(|(n, key)| {
                (1..=32).contains(&key.id.len())
                    && keys.iter().skip(n + 1).all(|other| other.id != key.id)
            });
        if fit {
            Ok(Self { keys })
        } else {
            Err(SealError::Ring)
        }
    }

    /// Seals `plain` for its place.
    ///
    /// # Errors
    /// [`SealError::Provider`], never in practice.
    pub fn seal(
        &self,
        ambient: &Ambient,
        place: Place<'_>,
        plain: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        let sealing = self.keys.first().ok_or(SealError::Ring)?;
        let nonce: [u8; NONCE_LEN] = ambient.bytes();
        let mut body = plain.to_vec();
        derive(sealing, place.tenant)?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place.associated_data()),
                &mut body,
            )
            .map_err(|_| SealError::Provider)?;
        let id = sealing.id.as_bytes();
        let mut out = Vec::with_capacity(2 + id.len() + NONCE_LEN + body.len());
        out.push(FORMAT);
        out.push(u8::try_from(id.len()).map_err(|_| SealError::Ring)?);
        out.extend_from_slice(id);
        out.extend_from_slice(&nonce);
        out.append(&mut body);
        Ok(out)
    }

    /// Opens a sealed value in its place.
    ///
    /// # Errors
    /// [`SealError::UnknownKey`] or [`SealError::Damaged`].
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (id, rest) = split(sealed).ok_or(SealError::Damaged)?;
        let key = self
            .keys
            .iter()
            .find(|key| key.id.as_bytes() == id)
            .ok_or_else(|| SealError::UnknownKey(String::from_utf8_lossy(id).into_owned()))?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or(SealError::Damaged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Damaged)?;
        let mut plain = Zeroizing::new(body.to_vec());
        let length = derive(key, place.tenant)?
            .open_in_place(nonce, Aad::from(place.associated_data()), &mut plain)
            .map_err(|_| SealError::Damaged)?
            .len();
        plain.truncate(length);
        Ok(plain)
    }
}

fn split(sealed: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&format, rest) = sealed.split_first()?;
    let (&length, rest) = rest.split_first()?;
    if format == FORMAT {
        rest.split_at_checked(usize::from(length))
    } else {
        None
    }
}

fn derive(key: &SealingKey, tenant: &TenantId) -> Result<LessSafeKey, SealError> {
    let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, DERIVATION);
    let info = [tenant.as_str().as_bytes()];
    let mut derived = Zeroizing::new([0; 32]);
    salt.extract(key.key.expose_secret())
        .expand(&info, hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(derived.as_mut_slice()))
        .map_err(|_| SealError::Provider)?;
    UnboundKey::new(&CHACHA20_POLY1305, derived.as_slice())
        .map(LessSafeKey::new)
        .map_err(|_| SealError::Provider)
}

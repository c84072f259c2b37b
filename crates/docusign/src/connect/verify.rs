//! Signatures of Connect messages: HMAC-SHA256 over the raw bytes, one header for each active key of the signing account.

use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::tokens::secret;

secret! {
    /// A Connect HMAC key, as DocuSign shows it.
    ConnectKey
}

/// The most signature headers that are looked at; DocuSign allows an account as many keys.
const MOST_SIGNATURES: usize = 100;
const HEADER_PREFIX: &str = "x-docusign-signature-";

/// The bytes of a message whose signature one of our keys has made.
#[derive(Clone, Copy)]
pub struct VerifiedBody<'a>(&'a [u8]);

impl<'a> VerifiedBody<'a> {
    /// The raw bytes.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.0
    }
}

impl fmt::Debug for VerifiedBody<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifiedBody({} bytes)", self.0.len())
    }
}

/// A message that is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// No key is configured, so nothing can be believed.
    #[error("no Connect key is configured")]
    NoKey,
    /// The message carries no signature.
    #[error("the message is not signed")]
    NotSigned,
    /// No signature was made with one of our keys over these bytes.
    #[error("no signature of the message is one of our keys'")]
    Forged,
}

/// Checks a message: any of its signatures may be by any of the keys. All pairs are compared, each in constant time, so
/// that the time taken tells nothing about which key or how much of a signature was right.
///
/// # Errors
/// [`ConnectError`].
pub fn verify<'body, 'header>(
    body: &'body [u8],
    headers: impl IntoIterator<Item = (&'header str, &'header [u8])>,
    keys: &[ConnectKey],
) -> Result<VerifiedBody<'body>, ConnectError> {
    if keys.is_empty() {
        return Err(ConnectError::NoKey);
    }
    let signatures: Vec<_> = headers
        .into_iter()
        .filter(|(name, _)| is_signature(name))
        .take(MOST_SIGNATURES)
        .map(|(_, value)| STANDARD.decode(value.trim_ascii()).unwrap_or_default())
        .collect();
    if signatures.is_empty() {
        return Err(ConnectError::NotSigned);
    }
    let mut genuine = false;
    for key in keys {
        // An empty key would let anybody sign.
        if key.expose().is_empty() {
            continue;
        }
        let expected = hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, key.expose().as_bytes()),
            body,
        );
        for signature in &signatures {
            genuine |=
                aws_lc_rs::constant_time::verify_slices_are_equal(expected.as_ref(), signature)
                    .is_ok();
        }
    }
    if genuine {
        Ok(VerifiedBody(body))
    } else {
        Err(ConnectError::Forged)
    }
}

fn is_signature(name: &str) -> bool {
    name.get(..HEADER_PREFIX.len())
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case(HEADER_PREFIX))
        && name[HEADER_PREFIX.len()..]
            .bytes()
            .all(|byte| byte.is_ascii_digit())
        && name.len() > HEADER_PREFIX.len()
}

//! Digests, signatures and opaque tokens.

use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::edge;

/// Base64 of HMAC-SHA256, as in `X-DocuSign-Signature-N`.
pub(crate) fn hmac_sha256(key: &str, message: &[u8]) -> String {
    STANDARD.encode(hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()),
        message,
    ))
}

/// Base64url of SHA-256 without padding: the PKCE transformation.
pub(crate) fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
}

/// The first 12 hexadecimal digits of SHA-256: names a token without giving it away.
pub(crate) fn fingerprint(token: &str) -> String {
    let mut hex = hex::encode(digest::digest(&digest::SHA256, token.as_bytes()));
    hex.truncate(12);
    hex
}

/// An opaque token in the shape of DocuSign's: JOSE-looking, of type "MT", with a binary body.
pub(crate) fn mt_token() -> String {
    let header = format!(r#"{{"typ":"MT","alg":"RS256","kid":"{}"}}"#, edge::guid());
    let parts = [
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(edge::random::<240>()),
        URL_SAFE_NO_PAD.encode(edge::random::<256>()),
    ];
    parts.join(".")
}

/// A random token for an address or a form field.
pub(crate) fn url_token() -> String {
    URL_SAFE_NO_PAD.encode(edge::random::<24>())
}

//! One-time values: tickets, states, handles, page tokens and browser secrets. The value travels; its digest is stored.

use aws_lc_rs::{constant_time, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ownhand_spi::{ExposeSecret, SecretString};

use crate::{Ambient, ledger::Digest};

/// A fresh value of 256 random bits, fit for URLs and cookies.
pub(crate) fn fresh(ambient: &Ambient) -> SecretString {
    URL_SAFE_NO_PAD.encode(ambient.bytes::<32>()).into()
}

/// Whether a value has the form of a fresh one.
pub(crate) fn is_one(value: &SecretString) -> bool {
    URL_SAFE_NO_PAD
        .decode(value.expose_secret())
        .is_ok_and(|bytes| bytes.len() == 32)
}

/// SHA-256 of a value. The values have 256 random bits, so no salt is needed.
pub(crate) fn digest_of(value: &SecretString) -> Digest {
    sha256(&[value.expose_secret().as_bytes()])
}

/// SHA-256 of several fields, each preceded by its length so that they can't run into one another.
pub(crate) fn sha256(fields: &[&[u8]]) -> Digest {
    let mut context = digest::Context::new(&digest::SHA256);
    if let [only] = fields {
        context.update(only);
    } else {
        for field in fields {
            context.update(&(field.len() as u64).to_be_bytes());
            context.update(field);
        }
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    Digest(out)
}

/// Whether two digests are the same, in constant time.
pub(crate) fn same(a: Digest, b: Digest) -> bool {
    constant_time::verify_slices_are_equal(&a.0, &b.0).is_ok()
}

/// The CSRF token of a page: derived from the browser's secret cookie and the page's own one-time value, so that only this
/// browser's rendering of this page knows it.
pub(crate) fn csrf(browser: &SecretString, page: &SecretString) -> SecretString {
    let digest = sha256(&[
        b"ownhand csrf",
        browser.expose_secret().as_bytes(),
        page.expose_secret().as_bytes(),
    ]);
    URL_SAFE_NO_PAD.encode(digest.0).into()
}

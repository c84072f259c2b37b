//! The manifest that stands in a library file, readable without opening it as a library.

use ownhand_plugin_bridge::abi::VERSION;
use ownhand_spi::Role;

use crate::Adapter;

/// What becomes of the process when this library panics: the host refuses all but "unwind".
const PANIC: &str = if cfg!(panic = "unwind") {
    "unwind"
} else {
    "abort"
};

/// The manifest's length in bytes.
///
/// # Panics
/// While compiling, when name or version would need escaping.
pub const fn manifest_len<A: Adapter>() -> usize {
    write::<A, 0>().1
}

/// The manifest as JSON, put together by the compiler.
///
/// # Panics
/// While compiling, when `N` is not [`manifest_len`], or name or version would need escaping.
pub const fn manifest<A: Adapter, const N: usize>() -> [u8; N] {
    let (bytes, length) = write::<A, N>();
    assert!(length == N, "the manifest's length");
    bytes
}

const fn write<A: Adapter, const N: usize>() -> ([u8; N], usize) {
    assert!(
        plain(A::NAME) && plain(A::VERSION),
        "NAME and VERSION are letters, digits and -+._"
    );
    let mut out = ([0; N], 0);
    out = push(out, "{\"name\":\"");
    out = push(out, A::NAME);
    out = push(out, "\",\"version\":\"");
    out = push(out, A::VERSION);
    out = push(out, "\",\"abi\":\"");
    out = push(out, VERSION);
    out = push(out, "\",\"roles\":[");
    let mut at = 0;
    while at < A::ROLES.len() {
        out = push(out, if at == 0 { "\"" } else { ",\"" });
        out = push(out, role(A::ROLES[at]));
        out = push(out, "\"");
        at += 1;
    }
    out = push(out, "],\"panic\":\"");
    out = push(out, PANIC);
    push(out, "\"}")
}

/// Appends; beyond the end it only counts.
const fn push<const N: usize>(mut out: ([u8; N], usize), text: &str) -> ([u8; N], usize) {
    let text = text.as_bytes();
    let mut at = 0;
    while at < text.len() {
        if out.1 < N {
            out.0[out.1] = text[at];
        }
        out.1 += 1;
        at += 1;
    }
    out
}

/// Whether the text needs no escaping.
const fn plain(text: &str) -> bool {
    let text = text.as_bytes();
    let mut at = 0;
    while at < text.len() {
        if !(text[at].is_ascii_alphanumeric() || matches!(text[at], b'-' | b'+' | b'.' | b'_')) {
            return false;
        }
        at += 1;
    }
    at > 0
}

/// `Role::as_str`, for the compiler.
const fn role(role: Role) -> &'static str {
    match role {
        Role::IdentityMapper => "identity_mapper",
        Role::DocumentSource => "document_source",
        Role::TokenStore => "token_store",
    }
}

//! The record of every OAuth and REST call: who made it, with which token, in which account.

use std::sync::{Arc, Mutex, PoisonError};

use http::{HeaderMap, header};
use serde::Serialize;

use axum::http;

/// One call.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Entry {
    pub(crate) seq: usize,
    pub(crate) time: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    /// Absent when the connection was dropped before an answer.
    pub(crate) status: Option<u16>,
    pub(crate) account_id: Option<String>,
    /// The user whose token made the call.
    pub(crate) user_id: Option<String>,
    pub(crate) integration_key: Option<String>,
    pub(crate) envelope_id: Option<String>,
    /// First 12 hexadecimal digits of the token's SHA-256.
    pub(crate) token_fingerprint: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    /// The fault that was ordered for this call.
    pub(crate) fault: Option<&'static str>,
}

/// What a handler learns about its call while answering it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub(crate) account_id: Option<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) integration_key: Option<String>,
    pub(crate) envelope_id: Option<String>,
}

/// The slip on which handlers write their facts; a request extension.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slip(Arc<Mutex<Facts>>);

impl Slip {
    /// Adds facts.
    pub(crate) fn write(&self, change: impl FnOnce(&mut Facts)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What was written.
    pub(crate) fn read(&self) -> Facts {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Headers that say how a caller works, none of which holds a secret. The act-as headers are here because
/// nobody should send them.
const TELLING: [&str; 9] = [
    "x-docusign-act-as-user",
    "x-docusign-act-on-behalf",
    "x-docusign-authentication",
    "x-docusign-edit",
    "x-docusign-idempotency-key",
    "x-docusign-sdk",
    "content-type",
    "content-length",
    "user-agent",
];

/// The telling headers of a request.
pub(crate) fn telling_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    TELLING
        .into_iter()
        .filter_map(|name| {
            Some((
                name.to_owned(),
                headers.get(name)?.to_str().ok()?.to_owned(),
            ))
        })
        .collect()
}

/// The bearer token of a request.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

//! The limits that DocuSign announces in every answer.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;

/// What is left of an account's calls. All numbers count calls; a missing one was not announced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RateLimits {
    /// Calls an hour, for all apps of the account together.
    pub limit: Option<u64>,
    /// What is left of them.
    pub remaining: Option<u64>,
    /// When the hour begins anew.
    pub reset: Option<SystemTime>,
    /// Calls in 30 seconds.
    pub burst_limit: Option<u64>,
    /// What is left of them.
    pub burst_remaining: Option<u64>,
}

impl RateLimits {
    /// Reads the headers; those that are missing or unreadable stay unknown.
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let number =
            |name: &str| -> Option<u64> { headers.get(name)?.to_str().ok()?.trim().parse().ok() };
        Self {
            limit: number("x-ratelimit-limit"),
            remaining: number("x-ratelimit-remaining"),
            reset: number("x-ratelimit-reset")
                .and_then(|seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds))),
            burst_limit: number("x-burstlimit-limit"),
            burst_remaining: number("x-burstlimit-remaining"),
        }
    }

    /// How long to wait for the new hour; nothing if it is unknown or over.
    pub fn until_reset(&self, now: SystemTime) -> Option<Duration> {
        self.reset?.duration_since(now).ok()
    }
}

/// `Retry-After` in seconds. Its date form is not read: DocuSign documents neither.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

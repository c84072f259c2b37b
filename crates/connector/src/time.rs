//! Moments for people and APIs.

use crate::UnixMillis;

/// A moment as RFC 3339 in UTC, e.g. `2026-11-23T10:00:00Z`.
pub(crate) fn rfc3339(at: UnixMillis) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .map_or_else(|_| String::new(), |moment| moment.to_string())
}

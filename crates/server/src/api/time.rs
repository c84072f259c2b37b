//! Moments as the API writes them.

use ownhand_connector::UnixMillis;

/// RFC 3339 in UTC, e.g. `2026-11-23T12:00:00Z`.
pub(super) fn rfc3339(at: UnixMillis) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .unwrap_or_default()
        .to_string()
}

#[cfg(test)]
mod tests {
    use ownhand_connector::UnixMillis;

    #[test]
    fn is_utc_with_milliseconds_where_there_are_any() {
        assert_eq!(
            super::rfc3339(UnixMillis(1_795_435_200_000)),
            "2026-11-23T12:00:00Z"
        );
        assert_eq!(
            super::rfc3339(UnixMillis(1_795_435_200_120)),
            "2026-11-23T12:00:00.12Z"
        );
    }
}

//! Behaviour that DocuSign does not promise one way or the other, made switchable.

use serde::{Deserialize, Serialize};

/// What happens to the previous refresh token when it is used again after a refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OldRefreshToken {
    /// It goes on working.
    Valid,
    /// `invalid_grant`; nothing else happens.
    Invalid,
    /// `invalid_grant`, and every token of that login dies.
    KillsFamily,
}

/// All switches, as `GET|PUT /_simulator/switches` shows them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Switches {
    pub(crate) old_refresh_token: OldRefreshToken,
    pub(crate) code_ttl_seconds: u32,
    pub(crate) access_token_seconds: u32,
    pub(crate) refresh_token_seconds: u32,
    pub(crate) userinfo_expired_status: u16,
    pub(crate) listing_lag_seconds: u32,
    pub(crate) connect_duplicates: u8,
    pub(crate) connect_paused: bool,
    pub(crate) hourly_limit: u32,
    pub(crate) burst_limit: u32,
    pub(crate) limit_status: u16,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            old_refresh_token: OldRefreshToken::Invalid,
            code_ttl_seconds: 120,
            access_token_seconds: 28_800,
            refresh_token_seconds: 30 * 24 * 3600,
            userinfo_expired_status: 400,
            listing_lag_seconds: 0,
            connect_duplicates: 0,
            connect_paused: false,
            hourly_limit: 3000,
            burst_limit: 500,
            limit_status: 400,
        }
    }
}

impl Switches {
    /// Whether the statuses are ones that an HTTP answer can carry as an error.
    pub(crate) fn is_usable(&self) -> bool {
        [self.userinfo_expired_status, self.limit_status]
            .iter()
            .all(|status| (400..600).contains(status))
    }
}

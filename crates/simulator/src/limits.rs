//! DocuSign's call quotas: per account and clock hour, and per account and 30 seconds.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::switches::Switches;

/// How many calls each account made in the current windows.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    hourly: HashMap<String, (i64, u32)>,
    burst: HashMap<String, (i64, u32)>,
}

/// The state of the quotas after a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    pub(crate) hourly_limit: u32,
    pub(crate) hourly_remaining: u32,
    /// When the hour ends, in Unix seconds.
    pub(crate) hourly_reset: i64,
    pub(crate) burst_limit: u32,
    pub(crate) burst_remaining: u32,
    /// The error code of the exceeded quota, if one is.
    pub(crate) exceeded: Option<&'static str>,
}

impl Limits {
    /// Counts one call of `account`.
    pub(crate) fn count(&mut self, account: &str, switches: &Switches, now: Timestamp) -> Standing {
        let seconds = now.as_second();
        let hourly = tick(&mut self.hourly, account, seconds / 3600);
        let burst = tick(&mut self.burst, account, seconds / 30);
        let exceeded = if hourly > switches.hourly_limit {
            Some("HOURLY_APIINVOCATION_LIMIT_EXCEEDED")
        } else if burst > switches.burst_limit {
            Some("BURST_APIINVOCATION_LIMIT_EXCEEDED")
        } else {
            None
        };
        Standing {
            hourly_limit: switches.hourly_limit,
            hourly_remaining: switches.hourly_limit.saturating_sub(hourly),
            hourly_reset: (seconds / 3600 + 1) * 3600,
            burst_limit: switches.burst_limit,
            burst_remaining: switches.burst_limit.saturating_sub(burst),
            exceeded,
        }
    }
}

fn tick(windows: &mut HashMap<String, (i64, u32)>, account: &str, window: i64) -> u32 {
    let entry = windows.entry(account.to_owned()).or_insert((window, 0));
    if entry.0 != window {
        *entry = (window, 0);
    }
    entry.1 += 1;
    entry.1
}

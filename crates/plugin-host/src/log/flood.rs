//! How much of a plugin's log is taken.

use std::{
    num::NonZeroU32,
    sync::atomic::{AtomicU64, Ordering},
};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

/// Events that are taken each second, for as long as one likes.
const STEADY: NonZeroU32 = NonZeroU32::new(200).unwrap();
/// Events that are taken at once.
const BURST: NonZeroU32 = NonZeroU32::new(1000).unwrap();

/// Lets a plugin's events through until there are too many, and counts the others.
pub(super) struct Flood {
    limiter: DefaultDirectRateLimiter,
    dropped: AtomicU64,
}

impl Default for Flood {
    fn default() -> Self {
        let quota = Quota::per_second(STEADY).allow_burst(BURST);
        Self {
            limiter: RateLimiter::direct(quota),
            dropped: AtomicU64::new(0),
        }
    }
}

impl Flood {
    /// Whether one more event is taken. Says in the host's log that events are dropped when that begins, and how many they were when
    /// it is over.
    pub(super) fn admits(&self, plugin: &str) -> bool {
        if self.limiter.check().is_err() {
            if self.dropped.fetch_add(1, Ordering::Relaxed) == 0 {
                tracing::warn!(plugin, "the plugin logs too much; events are dropped");
            }
            return false;
        }
        let dropped = self.dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            tracing::warn!(plugin, dropped, "events of the plugin were dropped");
        }
        true
    }
}

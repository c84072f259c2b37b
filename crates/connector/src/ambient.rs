//! Time, randomness, waiting and checkpoints, injected so that tests own them.

use std::{ops::Add, sync::Arc, time::Duration};

use ownhand_spi::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::{Checkpoint, Checkpoints};

/// A moment, in milliseconds since 1970 (UTC).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct UnixMillis(pub i64);

impl UnixMillis {
    /// How long after `earlier` this moment is; zero when it is not after.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The moment as RFC 3339 in UTC, e.g. `2026-11-23T10:00:00Z`; empty for one beyond the calendar.
    pub fn rfc3339(self) -> String {
        jiff::Timestamp::from_millisecond(self.0)
            .map_or_else(|_| String::new(), |moment| moment.to_string())
    }

    /// The moment as adapters get it.
    pub fn as_u64(self) -> u64 {
        u64::try_from(self.0).unwrap_or(0)
    }
}

impl Add<Duration> for UnixMillis {
    type Output = Self;
    fn add(self, wait: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)),
        )
    }
}

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> UnixMillis;
}

/// A source of unpredictable bytes.
pub trait Entropy: Send + Sync + 'static {
    /// Fills the buffer.
    fn fill(&self, out: &mut [u8]);
}

/// Waits.
pub trait Sleeper: Send + Sync + 'static {
    /// Completes after `wait`.
    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()>;
}

/// The four together.
#[derive(Clone)]
pub struct Ambient {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives unpredictable bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Waits.
    pub sleeper: Arc<dyn Sleeper>,
    /// Watches the moments at which a crash would hurt.
    pub checkpoints: Arc<dyn Checkpoints>,
}

impl Ambient {
    /// The present moment.
    pub fn now(&self) -> UnixMillis {
        self.clock.now()
    }

    /// A crash would hurt just now.
    pub(crate) fn reached(&self, checkpoint: Checkpoint) {
        self.checkpoints.reached(checkpoint);
    }

    /// `N` unpredictable bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.entropy.fill(&mut out);
        out
    }
}

impl std::fmt::Debug for Ambient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ambient")
    }
}

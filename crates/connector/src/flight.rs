//! One at a time for each of many keys, in this process.

use std::{hash::Hash, sync::Arc, time::Duration};

use moka::future::Cache;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Most keys held in memory; a key that nobody holds is forgotten first.
const KEYS: u64 = 100_000;
/// A key is forgotten after this time without use.
const IDLE: Duration = Duration::from_mins(15);

/// Lets one at a time in for each key.
pub(crate) struct Flights<K> {
    held: Cache<K, Arc<Mutex<()>>>,
}

impl<K: Hash + Eq + Send + Sync + 'static> Flights<K> {
    pub(crate) fn new() -> Self {
        Self {
            held: Cache::builder()
                .max_capacity(KEYS)
                .time_to_idle(IDLE)
                .build(),
        }
    }

    /// Waits until nobody else is in; the guard lets the next one in when it is dropped.
    pub(crate) async fn alone(&self, key: K) -> OwnedMutexGuard<()> {
        self.held
            .get_with(key, async { Arc::new(Mutex::new(())) })
            .await
            .lock_owned()
            .await
    }
}

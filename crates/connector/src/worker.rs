//! What goes on without a caller: events, write-backs, sends that a crash interrupted, and forgetting what has expired.

use std::time::Duration;

use futures_util::FutureExt as _;

use crate::{Connector, Error, UnixMillis, connector::Core};

/// How much is taken up at once.
const BATCH: u32 = 8;
/// How often the ledger is asked for what is due when nobody wakes the worker.
const PULSE: Duration = Duration::from_secs(1);
/// How long taken work is left to whoever took it.
const TAKEN: Duration = Duration::from_mins(10);
/// How long walks and burnt ids are kept after they expired.
const KEPT: Duration = Duration::from_hours(24);

impl Connector {
    /// Works off what is due now; whether there was anything.
    ///
    /// # Errors
    /// [`Error::Ledger`]. What fails by itself is written down and due again.
    pub async fn work_once(&self) -> Result<bool, Error> {
        let core = &self.core;
        let now = core.ambient.now();
        let mut busy = false;
        for event in core.ledger.take_due_events(now, now + TAKEN, BATCH).await? {
            busy = true;
            core.work_off(&event).await?;
        }
        for send in core.ledger.due_sends(now, BATCH).await? {
            busy = true;
            if let Err(error) = core.look_after(&send).await {
                tracing::warn!(
                    tenant = %send.tenant, send = %send.id,
                    error = &error as &dyn std::error::Error, "a send could not be looked after yet"
                );
            }
        }
        for row in core
            .ledger
            .take_due_write_backs(now, now + TAKEN, BATCH)
            .await?
        {
            busy = true;
            core.bring_back(&row).await?;
        }
        Ok(busy)
    }

    /// Works until `stop` completes, and ends after the piece at hand.
    pub async fn work(&self, stop: impl Future<Output = ()> + Send) {
        let core = &self.core;
        tokio::pin!(stop);
        let mut purged_at = UnixMillis(0);
        loop {
            match self.work_once().await {
                // Still more to do, unless the end was asked for meanwhile.
                Ok(true) if stop.as_mut().now_or_never().is_none() => continue,
                Ok(true) => return,
                Ok(false) => {}
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "background work is interrupted; it goes on by itself"
                    );
                }
            }
            core.forget(&mut purged_at).await;
            tokio::select! {
                () = &mut stop => return,
                () = core.wake.notified() => {}
                () = core.ambient.sleeper.sleep(PULSE) => {}
            }
        }
    }
}

impl Core {
    /// Forgets what expired long ago, once an hour.
    async fn forget(&self, purged_at: &mut UnixMillis) {
        let now = self.ambient.now();
        if now.since(*purged_at) < Duration::from_hours(1) {
            return;
        }
        *purged_at = now;
        let before = UnixMillis(
            now.0
                .saturating_sub(i64::try_from(KEPT.as_millis()).unwrap_or(0)),
        );
        if let Err(error) = self.ledger.purge_flows(before).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "expired link walks could not be erased"
            );
        }
    }
}

//! What goes on without a caller: events, write-backs, sends that a crash interrupted, and forgetting what has expired.

use std::{sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use tokio::task::{JoinError, JoinSet};

use crate::{
    Connector, Error, UnixMillis,
    connector::Core,
    ledger::{EventRow, SendRow, WriteBackRow},
};

/// How many pieces are worked on at once: a slow host app holds up no other customer's.
const SLOTS: u32 = 24;
/// How often the ledger is asked for what is due when nobody wakes the worker.
const PULSE: Duration = Duration::from_secs(1);
/// How long taken work is left to whoever took it: longer than the longest call to an adapter.
const TAKEN: Duration = Duration::from_mins(20);
/// How often expired walks are looked for.
const EXPIRY: Duration = Duration::from_secs(15);
/// How long ended walks and burnt ids are kept after they expired.
const KEPT: Duration = Duration::from_hours(24);

/// Something to be done.
enum Piece {
    Event(EventRow),
    Send(Box<SendRow>),
    WriteBack(WriteBackRow),
}

impl Piece {
    /// Does it. What fails by itself is written down and due again.
    async fn work(self, core: Arc<Core>) -> Result<(), Error> {
        match self {
            Self::Event(event) => core.work_off(&event).await,
            Self::WriteBack(row) => core.bring_back(&row).await,
            Self::Send(send) => {
                if let Err(error) = core.look_after(&send).await {
                    tracing::warn!(
                        tenant = %send.tenant, send = %send.id,
                        error = &error as &dyn std::error::Error, "a send could not be looked after yet"
                    );
                }
                Ok(())
            }
        }
    }
}

/// Pieces at work, each in a task of its own: a panic in one ends no other.
type Running = JoinSet<Result<(), Error>>;

impl Connector {
    /// Works off what is due now, and ends the walks that have expired; whether anything was due.
    ///
    /// # Errors
    /// [`Error::Ledger`]. What fails by itself is written down and due again.
    pub async fn work_once(&self) -> Result<bool, Error> {
        self.core.expire(self.core.ambient.now()).await?;
        let mut running = Running::new();
        let busy = self.take_up(&mut running).await?;
        while let Some(ended) = running.join_next().await {
            if let Some(error) = told(ended) {
                return Err(error);
            }
        }
        Ok(busy)
    }

    /// Works until `stop` completes, and ends after the pieces at hand.
    pub async fn work(&self, stop: impl Future<Output = ()> + Send) {
        let core = &self.core;
        tokio::pin!(stop);
        let mut running = Running::new();
        let (mut expired_at, mut purged_at) = (UnixMillis(0), UnixMillis(0));
        while stop.as_mut().now_or_never().is_none() {
            if let Err(error) = self.take_up(&mut running).await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "background work is interrupted; it goes on by itself"
                );
            }
            core.forget(&mut expired_at, &mut purged_at).await;
            // Each piece that ends makes room for the next.
            tokio::select! {
                () = &mut stop => break,
                Some(ended) = running.join_next() => { told(ended); }
                () = core.wake.notified() => {}
                () = core.ambient.sleeper.sleep(PULSE) => {}
            }
        }
        while let Some(ended) = running.join_next().await {
            told(ended);
        }
    }

    /// Puts what is due to work, as far as there is room. Whether there was anything.
    async fn take_up(&self, running: &mut Running) -> Result<bool, Error> {
        let core = &self.core;
        let room = SLOTS.saturating_sub(u32::try_from(running.len()).unwrap_or(SLOTS));
        // A flood of one kind leaves room for the others.
        let share = room.div_ceil(3);
        if share == 0 {
            return Ok(false);
        }
        let now = core.ambient.now();
        let ledger = &core.ledger;
        let mut pieces = Vec::new();
        let events = ledger.take_due_events(now, now + TAKEN, share).await?;
        pieces.extend(events.into_iter().map(Piece::Event));
        let sends = ledger.due_sends(now, share).await?;
        pieces.extend(sends.into_iter().map(|send| Piece::Send(Box::new(send))));
        let files = ledger.take_due_write_backs(now, now + TAKEN, share).await?;
        pieces.extend(files.into_iter().map(Piece::WriteBack));
        let busy = !pieces.is_empty();
        for piece in pieces {
            running.spawn(piece.work(Arc::clone(core)));
        }
        Ok(busy)
    }
}

/// What a piece ended with, if not well. A panicked one is due again when its time is over.
fn told(ended: Result<Result<(), Error>, JoinError>) -> Option<Error> {
    match ended {
        Ok(Ok(())) => None,
        Ok(Err(error)) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a piece of background work could not be written down; it is due again"
            );
            Some(error)
        }
        Err(ended) => {
            tracing::error!(error = %ended, "a piece of background work has panicked; it is due again later");
            None
        }
    }
}

impl Core {
    /// Ends what has expired, and forgets what expired long ago.
    async fn forget(&self, expired_at: &mut UnixMillis, purged_at: &mut UnixMillis) {
        let now = self.ambient.now();
        if now.since(*expired_at) >= EXPIRY {
            *expired_at = now;
            if let Err(error) = self.expire(now).await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "expired link walks could not be ended"
                );
            }
        }
        if now.since(*purged_at) >= Duration::from_hours(1) {
            *purged_at = now;
            let kept = i64::try_from(KEPT.as_millis()).unwrap_or(0);
            if let Err(error) = self
                .ledger
                .purge_flows(UnixMillis(now.0.saturating_sub(kept)))
                .await
            {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "old link walks could not be erased"
                );
            }
        }
    }

    /// Ends the walks that have expired, with the codes and tokens that they hold.
    async fn expire(&self, now: UnixMillis) -> Result<(), Error> {
        for confirming in self.ledger.expire_flows(now).await? {
            self.abandon(&confirming).await?;
        }
        Ok(())
    }
}

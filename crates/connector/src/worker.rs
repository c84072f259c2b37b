//! What goes on without a caller: events, write-backs, sends that a crash interrupted, and forgetting what has expired.

use std::{sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use tokio::task::{JoinError, JoinSet};

use crate::{
    Connector, Error, UnixMillis, chain,
    connector::Core,
    ledger::{EventRow, FlowRow, LedgerError, Phase, SendRow, WriteBackRow},
};

/// How many pieces are worked on at once: a slow host app holds up no other customer's.
const SLOTS: u32 = 24;
/// How often the ledger is asked for what is due when nobody wakes the worker.
const PULSE: Duration = Duration::from_secs(1);
/// How long taken work is left to whoever took it: longer than the longest call to an adapter.
const TAKEN: Duration = Duration::from_mins(20);
/// The longest wait between two tries of what failed.
const LONGEST_WAIT: Duration = Duration::from_hours(1);
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
                        error = chain(&error), "a send could not be looked after yet"
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
        let busy = self.take_up(&mut running).await;
        while let Some(ended) = running.join_next().await {
            if let Some(error) = told(ended) {
                return Err(error);
            }
        }
        busy
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
                    error = chain(&error),
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
        let (mut busy, mut failed) = (false, None);
        // At once, kind by kind: what is taken and then not worked on would lie for the whole of `TAKEN`.
        let mut put_to_work = |taken: Result<Vec<Piece>, LedgerError>| match taken {
            Ok(pieces) => {
                busy |= !pieces.is_empty();
                for piece in pieces {
                    running.spawn(piece.work(Arc::clone(core)));
                }
            }
            Err(error) => failed = failed.take().or(Some(error)),
        };
        let events = ledger.take_due_events(now, now + TAKEN, share).await;
        put_to_work(events.map(|rows| rows.into_iter().map(Piece::Event).collect()));
        let sends = ledger.due_sends(now, share).await;
        let piece = |send| Piece::Send(Box::new(send));
        put_to_work(sends.map(|rows| rows.into_iter().map(piece).collect()));
        let files = ledger.take_due_write_backs(now, now + TAKEN, share).await;
        put_to_work(files.map(|rows| rows.into_iter().map(Piece::WriteBack).collect()));
        failed.map_or(Ok(busy), |error| Err(error.into()))
    }
}

/// What a piece ended with, if not well. A panicked one is due again when its time is over.
fn told(ended: Result<Result<(), Error>, JoinError>) -> Option<Error> {
    match ended {
        Ok(Ok(())) => None,
        Ok(Err(error)) => {
            tracing::error!(
                error = chain(&error),
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
    /// When something that failed is tried again: after waits that double from the first one, and not before the error allows it.
    pub(crate) fn next_try(&self, error: &Error, first: Duration, attempts: u32) -> UnixMillis {
        let wait = (first * (1 << attempts.min(10))).min(LONGEST_WAIT);
        self.ambient.now() + error.retry().flatten().unwrap_or_default().max(wait)
    }

    /// Ends what has expired, and forgets what expired long ago.
    async fn forget(&self, expired_at: &mut UnixMillis, purged_at: &mut UnixMillis) {
        let now = self.ambient.now();
        if now.since(*expired_at) >= EXPIRY {
            *expired_at = now;
            if let Err(error) = self.expire(now).await {
                tracing::warn!(
                    error = chain(&error),
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
                tracing::warn!(error = chain(&error), "old link walks could not be erased");
            }
        }
    }

    /// Ends the walks that have expired, with the codes and tokens that they hold.
    async fn expire(&self, now: UnixMillis) -> Result<(), Error> {
        for confirming in self.ledger.expire_flows(now).await? {
            // One that can't be cleaned up, because its token store is away, holds up no other.
            if let Err(error) = self.abandon_expired(&confirming).await {
                tracing::error!(
                    tenant = %confirming.tenant, walk = %confirming.id, error = chain(&error),
                    "an expired link walk could not be cleaned up; it is tried again"
                );
            }
        }
        Ok(())
    }

    /// Cleans up after a walk, unless whoever confirmed it is at work on it still and ends it.
    async fn abandon_expired(&self, walk: &FlowRow) -> Result<(), Error> {
        let _alone = self.alone_with(&walk.tenant, &walk.user).await;
        let found = self
            .ledger
            .find_flow(&walk.tenant, Phase::Confirming, walk.lookup)
            .await?;
        match found {
            Some(walk) => self.abandon(&walk).await,
            None => Ok(()),
        }
    }
}

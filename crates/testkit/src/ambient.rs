//! Time that the test moves, randomness that is real, and waiting that moves time.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use ownhand_connector::{Ambient, Checkpoint, Checkpoints, Clock, Entropy, Sleeper, UnixMillis};
use ownhand_spi::BoxFuture;

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Noon of a day in 2026.
    pub fn start() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(1_795_435_200_000)))
    }

    /// Moves time forward.
    pub fn advance(&self, by: Duration) {
        self.0
            .fetch_add(i64::try_from(by.as_millis()).unwrap_or(0), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixMillis {
        UnixMillis(self.0.load(Ordering::SeqCst))
    }
}

struct Real;

impl Entropy for Real {
    fn fill(&self, out: &mut [u8]) {
        aws_lc_rs::rand::fill(out).unwrap();
    }
}

/// Waiting moves the clock, and lets others run.
struct Leap(Arc<ManualClock>);

impl Sleeper for Leap {
    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        self.0.advance(wait);
        let mut yielded = false;
        Box::pin(std::future::poll_fn(move |cx| {
            if std::mem::replace(&mut yielded, true) {
                return std::task::Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            std::task::Poll::Pending
        }))
    }
}

/// Ends the task at hand at a checkpoint, by a panic: what it would have done next is not done, as in a crash.
#[derive(Debug, Default)]
pub struct Tripwire(Mutex<Option<Checkpoint>>);

impl Tripwire {
    /// From now on the next task that reaches the checkpoint ends there.
    pub fn set(&self, at: Checkpoint) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(at);
    }

    /// Whether no task has reached the checkpoint yet.
    pub fn is_set(&self) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }
}

impl Checkpoints for Tripwire {
    fn reached(&self, checkpoint: Checkpoint) {
        let mut set = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *set == Some(checkpoint) {
            *set = None;
            drop(set);
            panic!("ended at {}", checkpoint.name());
        }
    }
}

/// An ambient whose time is this clock's.
pub fn ambient(clock: &Arc<ManualClock>, tripwire: &Arc<Tripwire>) -> Ambient {
    Ambient {
        clock: Arc::<ManualClock>::clone(clock),
        entropy: Arc::new(Real),
        sleeper: Arc::new(Leap(Arc::clone(clock))),
        checkpoints: Arc::<Tripwire>::clone(tripwire),
    }
}

//! The real clock, randomness and waiting: the only place in the program that names them.

use std::{sync::Arc, time::Duration};

use ownhand_connector::{Ambient, Checkpoints, Clock, Entropy, Sleeper, UnixMillis, Unwatched};
use ownhand_spi::BoxFuture;

struct System;

impl Clock for System {
    #[expect(
        clippy::disallowed_methods,
        reason = "the edge of the program, where the injected clock comes from"
    )]
    fn now(&self) -> UnixMillis {
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        UnixMillis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

impl Entropy for System {
    fn fill(&self, out: &mut [u8]) {
        if aws_lc_rs::rand::fill(out).is_err() {
            // Without unpredictable bytes every one-time value and nonce would be worthless.
            std::process::abort();
        }
    }
}

impl Sleeper for System {
    #[expect(
        clippy::disallowed_methods,
        reason = "the edge of the program, where injected waiting comes from"
    )]
    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(wait))
    }
}

/// The system's time, randomness and waiting.
pub(crate) fn system() -> Ambient {
    watched(Arc::new(Unwatched))
}

/// The same with somebody who watches the checkpoints.
pub(crate) fn watched(checkpoints: Arc<dyn Checkpoints>) -> Ambient {
    Ambient {
        clock: Arc::new(System),
        entropy: Arc::new(System),
        sleeper: Arc::new(System),
        checkpoints,
    }
}

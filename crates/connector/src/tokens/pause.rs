//! A pause after failures of the token endpoint that are not one link's: nobody asks again at once.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::UnixMillis;

/// The first pause; each further failure doubles it.
const FIRST: Duration = Duration::from_secs(1);
/// The longest pause.
const LONGEST: Duration = Duration::from_mins(1);

#[derive(Default)]
struct State {
    failures: u32,
    until: UnixMillis,
}

/// One for the process: the token endpoint and the client secrets are the same for all links.
#[derive(Default)]
pub(super) struct Pause(Mutex<State>);

impl Pause {
    /// How long nobody should ask yet; `None` when one may.
    pub(super) fn left(&self, now: UnixMillis) -> Option<Duration> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = state.until.since(now);
        (!left.is_zero()).then_some(left)
    }

    /// The endpoint failed, or refused in a way that speaks of no link, and may have asked for a wait.
    pub(super) fn failed(&self, now: UnixMillis, asked: Option<Duration>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = FIRST * 2_u32.saturating_pow(state.failures.min(16));
        state.failures = state.failures.saturating_add(1);
        state.until = state
            .until
            .max(now + wait.min(LONGEST).max(asked.unwrap_or_default()));
    }

    /// It answered as it should.
    pub(super) fn over(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Pause;
    use crate::UnixMillis;

    #[test]
    fn it_grows_up_to_a_minute_keeps_to_what_is_asked_and_ends_with_a_success() {
        let pause = Pause::default();
        let mut now = UnixMillis(1_000_000);
        assert_eq!(pause.left(now), None);
        let mut waits = Vec::new();
        for _ in 0..8 {
            pause.failed(now, None);
            let left = pause.left(now).unwrap();
            waits.push(left.as_secs());
            now = now + left;
            assert_eq!(pause.left(now), None);
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
        pause.failed(now, Some(Duration::from_mins(5)));
        assert_eq!(pause.left(now), Some(Duration::from_mins(5)));
        pause.over();
        assert_eq!(pause.left(now), None);
    }
}

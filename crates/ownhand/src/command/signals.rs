//! The signals that the server obeys. They are listened to from its first moment: one that came before would end the program.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::output::{Exit, fail};

/// What asks the program to end.
pub(super) struct End {
    terminate: Signal,
    interrupt: Signal,
}

/// Begins to listen: for what asks to read the configuration anew, and for what asks the program to end. Each is kept until somebody
/// waits for it.
///
/// # Errors
/// When the system does not let it; said already.
pub(super) fn listen() -> Result<(Signal, End), Exit> {
    let on = |kind| signal(kind).map_err(|error| fail(&error));
    let end = End {
        terminate: on(SignalKind::terminate())?,
        interrupt: on(SignalKind::interrupt())?,
    };
    Ok((on(SignalKind::hangup())?, end))
}

impl End {
    /// Completes when the program is asked to end.
    pub(super) async fn asked(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

//! `ownhand`, but killed when it reaches the checkpoint that `OWNHAND_CRASH_AT` names: as by a power cut, nothing is flushed, closed
//! or let go.

#![forbid(unsafe_code)]

use std::{env, process::ExitCode, sync::Arc};

use clap::Parser as _;
use ownhand_connector::{Checkpoint, Checkpoints};
use rustix::process::{Signal, getpid, kill_process};

struct KilledAt(String);

impl Checkpoints for KilledAt {
    fn reached(&self, checkpoint: Checkpoint) {
        if checkpoint.name() == self.0 {
            // An error would leave the process alive, which the test that waits for its end notices.
            let _ = kill_process(getpid(), Signal::KILL);
        }
    }
}

fn main() -> ExitCode {
    let at = env::var("OWNHAND_CRASH_AT").unwrap_or_default();
    ownhand::Cli::parse()
        .run_watched(Arc::new(KilledAt(at)))
        .into()
}

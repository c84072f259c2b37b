//! A program that was started here, and ends here in every case.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::time::until;
use crate::{Result, error, output};

/// How long a program may take until it is ready.
const START: Duration = Duration::from_mins(1);
/// How long a program may take to end.
const END: Duration = Duration::from_secs(40);

/// A running program.
pub(super) struct Service {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Service {
    /// Starts a program; what it says goes to a file.
    pub(super) fn start(name: &'static str, command: &mut Command, log: PathBuf) -> Result<Self> {
        // A program that is started again goes on in the same log.
        let file = || {
            let opened = File::options().create(true).append(true).open(&log);
            opened.map_err(error::io(log.display().to_string()))
        };
        let out = file()?;
        let err = out.try_clone().map_err(error::io("the log of a program"))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .spawn()
            .map_err(error::io(format!(
                "can't start {}",
                command.get_program().display()
            )))?;
        Ok(Self { name, child, log })
    }

    /// Waits for the file that the program writes when it is ready.
    pub(super) async fn ready(&mut self, file: &Path) -> Result<Value> {
        let name = self.name;
        let found = until(&format!("{name} to be ready"), START, async || {
            if let Some(status) = self.ended()? {
                return Err(error::wrong(format!("{name} ended at once with {status}")));
            }
            Ok(std::fs::read(file)
                .ok()
                .and_then(|bytes| serde_json::from_slice(&bytes).ok()))
        })
        .await;
        found.map_err(|error| {
            error::wrong(format!("{}\n{}", output::chain(&error), self.log_tail()))
        })
    }

    /// The program's process.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How the program ended, if it did.
    pub(super) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child
            .try_wait()
            .map_err(error::io(format!("looking after {}", self.name)))
    }

    /// Asks the program to end, and waits for it.
    pub(super) async fn stop(mut self) -> Result<ExitStatus> {
        self.ask_to_end()?;
        self.end().await
    }

    /// Waits for the end of the program.
    pub(super) async fn end(&mut self) -> Result<ExitStatus> {
        until(&format!("{} to end", self.name), END, async || self.ended()).await
    }

    /// Asks the program to end (SIGTERM).
    pub(super) fn ask_to_end(&self) -> Result<()> {
        self.signal(Signal::TERM)
    }

    /// Asks the program to read its configuration anew (SIGHUP).
    pub(super) fn ask_to_reload(&self) -> Result<()> {
        self.signal(Signal::HUP)
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        kill_process(Pid::from_child(&self.child), signal)
            .map_err(|errno| error::io(format!("telling {} something", self.name))(errno.into()))
    }

    /// The whole log.
    pub(super) fn log(&self) -> String {
        std::fs::read(&self.log)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// The last lines of the log, under the program's name.
    pub(super) fn log_tail(&self) -> String {
        let log = self.log();
        let lines: Vec<_> = log.lines().collect();
        let tail = lines[lines.len().saturating_sub(25)..].join("\n  ");
        format!("--- the last that {} said\n  {tail}", self.name)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if std::thread::panicking() {
            output::warn(self.log_tail());
        }
        // An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

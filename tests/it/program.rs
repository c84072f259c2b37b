//! Programs that a test starts by hand, with what it takes to watch them.

use std::{
    fs::File,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use xtask::world::time::until;

/// How long something may take before the test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// A program that was started here, and ends here in every case.
pub(crate) struct Program {
    child: Child,
    log: PathBuf,
}

impl Program {
    /// Starts a program; what it says on standard error goes to a file, and its data to another beside it.
    pub(crate) fn start(command: &mut Command, log: PathBuf) -> Self {
        let child = command
            .stdin(Stdio::null())
            .stdout(File::create(log.with_extension("out")).unwrap())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        Self { child, log }
    }

    /// Everything that it wrote to standard output.
    pub(crate) fn data(&self) -> Vec<u8> {
        std::fs::read(self.log.with_extension("out")).unwrap()
    }

    /// Everything that it said.
    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap()).into_owned()
    }

    /// Waits for the file that the program writes when it is ready.
    pub(crate) async fn ready(&mut self, file: &Path) -> Value {
        let ready = until("a ready file", PATIENCE, async || {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("ended at once with {status}: {}", self.log());
            }
            let text = std::fs::read(file).ok();
            Ok(text.and_then(|text| serde_json::from_slice(&text).ok()))
        });
        ready.await.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Waits until it has said something.
    pub(crate) async fn says(&self, words: &str) {
        let said = until(words, PATIENCE, async || {
            Ok(self.log().contains(words).then_some(()))
        });
        let said = said.await.is_ok();
        assert!(said, "it never said {words:?}: {}", self.log());
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        until("a program to end", PATIENCE, async || {
            Ok(self.child.try_wait().unwrap())
        })
        .await
        .unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port on loopback that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

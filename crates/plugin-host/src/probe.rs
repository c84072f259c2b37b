//! A trial load in another process, whose end is no harm.

use std::{
    ffi::OsStr,
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Output, Stdio},
    time::Duration,
};

use tokio::process::Command;

use crate::LoadError;

/// The dynamic linker ends the process with this when it finds damage.
const LINKER_GAVE_UP: i32 = 127;
/// Longest message that is taken from the child.
const MESSAGE: usize = 4 * 1024;

/// Runs `exe args… path`, which must [`load`](crate::load) the file and end: with 0 when it could, else with another code and the
/// error as the last line of its error output.
///
/// # Errors
/// [`LoadError::Probe`] with the child's words, [`LoadError::Crashed`] when it was ended by a signal or by the linker,
/// [`LoadError::ProbeTimedOut`] when it did not end, [`LoadError::Spawn`] when it could not be started.
pub async fn probe_in_child(
    exe: &Path,
    args: &[&OsStr],
    path: &Path,
    timeout: Duration,
) -> Result<(), LoadError> {
    let child = Command::new(exe)
        .args(args)
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(LoadError::Spawn)?;
    match tokio::time::timeout(timeout, child.wait_with_output()).await {
        Ok(output) => verdict(&output.map_err(LoadError::Spawn)?),
        Err(_) => Err(LoadError::ProbeTimedOut(timeout)),
    }
}

fn verdict(output: &Output) -> Result<(), LoadError> {
    if output.status.success() {
        return Ok(());
    }
    if let Some(signal) = output.status.signal() {
        return Err(LoadError::Crashed {
            how: format!("signal {signal}{}", signal_name(signal)),
        });
    }
    let message = last_line(&output.stderr);
    if output.status.code() == Some(LINKER_GAVE_UP) {
        return Err(LoadError::Crashed {
            how: format!("the dynamic linker gave up: {message}"),
        });
    }
    Err(LoadError::Probe { reason: message })
}

fn signal_name(signal: i32) -> &'static str {
    match signal {
        4 => ", illegal instruction",
        6 => ", aborted",
        7 => ", bus error",
        8 => ", arithmetic error",
        9 => ", killed",
        11 => ", segmentation fault",
        _ => "",
    }
}

fn last_line(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let line = text.lines().rev().find(|line| !line.trim().is_empty());
    match line {
        Some(line) => line.trim().chars().take(MESSAGE).collect(),
        None => "it ended without a word".to_owned(),
    }
}

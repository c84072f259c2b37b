//! A trial load in another process, whose end is no harm.

use std::{
    ffi::OsStr,
    io::{self, Read, Write},
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use aws_lc_rs::rand;
use ownhand_plugin_bridge::plain;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::{Child, Command},
};

use crate::LoadError;

/// The dynamic linker ends the process with this when it finds damage.
const LINKER_GAVE_UP: i32 = 127;
/// Longest message that is taken from the child, and longest answer.
const MESSAGE: usize = 4 * 1024;
/// Length of what the child must say to prove itself.
const NONCE: usize = 32;

/// Runs `exe args… path`, which must [`load`](crate::load) the file, then call [`answer_probe`] and end with 0; or end with another
/// code and the error as the last line of its error output. The end alone proves nothing: the file's own code may have ended the
/// process. So it must repeat a random word, which it is told on its input and reads only after the load.
///
/// # Errors
/// [`LoadError::Probe`] with the child's words, [`LoadError::Crashed`] when it was ended by a signal or by the linker,
/// [`LoadError::EndedEarly`] when it did not prove itself, [`LoadError::ProbeTimedOut`] when it did not end, [`LoadError::Spawn`] when
/// it could not be started.
pub async fn probe_in_child(
    exe: &Path,
    args: &[&OsStr],
    path: &Path,
    timeout: Duration,
) -> Result<(), LoadError> {
    let mut random = [0; NONCE / 2];
    rand::fill(&mut random).map_err(|_| LoadError::Spawn(io::Error::other("no randomness")))?;
    let nonce = hex::encode(random);
    let child = Command::new(exe)
        .args(args)
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(LoadError::Spawn)?;
    match tokio::time::timeout(timeout, watch(child, &nonce)).await {
        Ok(ended) => verdict(&ended.map_err(LoadError::Spawn)?, &nonce),
        Err(_) => Err(LoadError::ProbeTimedOut(timeout)),
    }
}

/// Repeats the word by which a trial load proves that it came to its end: from `input`, to `output`.
///
/// # Errors
/// When the parent has gone.
pub fn answer_probe(input: impl Read, mut output: impl Write) -> io::Result<()> {
    let mut word = Vec::new();
    input.take(NONCE as u64).read_to_end(&mut word)?;
    output.write_all(&word)?;
    output.flush()
}

/// How a child ended.
struct Ended {
    status: ExitStatus,
    output: Vec<u8>,
    errors: Vec<u8>,
}

async fn watch(mut child: Child, nonce: &str) -> io::Result<Ended> {
    let (input, output, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let tell = async {
        if let Some(mut input) = input {
            // A child that has ended already does not listen.
            let _ = input.write_all(nonce.as_bytes()).await;
        }
    };
    let (status, (), output, errors) = tokio::join!(child.wait(), tell, tail(output), tail(errors));
    Ok(Ended {
        status: status?,
        output: output?,
        errors: errors?,
    })
}

/// The end of what comes: all is read, so that the child does not wait, and little is kept.
async fn tail(from: Option<impl AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
    let mut kept = Vec::new();
    let Some(mut from) = from else {
        return Ok(kept);
    };
    let mut piece = [0; MESSAGE];
    loop {
        let length = from.read(&mut piece).await?;
        if length == 0 {
            return Ok(kept);
        }
        kept.extend_from_slice(&piece[..length]);
        let surplus = kept.len().saturating_sub(MESSAGE);
        kept.drain(..surplus);
    }
}

fn verdict(ended: &Ended, nonce: &str) -> Result<(), LoadError> {
    if let Some(signal) = ended.status.signal() {
        return Err(LoadError::Crashed {
            how: format!("signal {signal}{}", signal_name(signal)),
        });
    }
    if ended.status.success() {
        // The library may have written something of its own before.
        return if ended.output.ends_with(nonce.as_bytes()) {
            Ok(())
        } else {
            Err(LoadError::EndedEarly)
        };
    }
    let message = last_line(&ended.errors);
    if ended.status.code() == Some(LINKER_GAVE_UP) {
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
    let mut lines = output.rsplit(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    match lines.find(|line| !line.is_empty()) {
        Some(line) => plain(line, MESSAGE),
        None => "it ended without a word".to_owned(),
    }
}

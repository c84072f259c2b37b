//! How the program ends, and what it says to people.

use std::{
    error::Error,
    fmt::Display,
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
    sync::{Mutex, PoisonError},
};

use ownhand_config::{Report, Style};
use ownhand_connector::chain;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// What was asked can't be done.
    Refused,
    /// Something unexpected happened.
    Unexpected,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::SUCCESS,
            Exit::Refused => Self::from(1),
            Exit::Unexpected => Self::from(2),
        }
    }
}

/// Why data was not written, once some was not.
static UNWRITTEN: Mutex<Option<io::Error>> = Mutex::new(None);

/// Writes a line of data. A line that can't be written is the last one, and the program ends with an error: see [`written`].
pub(crate) fn data(line: impl Display) {
    let mut unwritten = UNWRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    if unwritten.is_none() {
        let mut out = io::stdout().lock();
        // Flushed, because the standard library would swallow an error at the end of the program.
        let done = writeln!(out, "{line}").and_then(|()| out.flush());
        *unwritten = done.err();
    }
}

/// Whether data can still be written, so that it is worth while to go on.
pub(crate) fn writable() -> bool {
    let unwritten = UNWRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    unwritten.is_none()
}

/// The exit of a command whose data must have been written.
pub(crate) fn written(exit: Exit) -> Exit {
    let unwritten = UNWRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
    match unwritten.as_ref() {
        None => exit,
        Some(error) => {
            // Who closed the pipe knows that, and has read what they wanted.
            if error.kind() != io::ErrorKind::BrokenPipe {
                say(format!("error: standard output can't be written: {error}"));
            }
            Exit::Unexpected
        }
    }
}

/// Writes a line for people.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Says why something can't be done, with its causes on the same line.
pub(crate) fn refuse(error: &dyn Error) -> Exit {
    say(format!("error: {}", chain(error)));
    Exit::Refused
}

/// The same for what nobody could have known.
pub(crate) fn fail(error: &dyn Error) -> Exit {
    say(format!("error: {}", chain(error)));
    Exit::Unexpected
}

/// Shows what is wrong with the configuration.
pub(crate) fn show(report: &Report) -> Exit {
    say(report.render(style()));
    Exit::Refused
}

/// How reports are drawn on standard error.
fn style() -> Style {
    if io::stderr().is_terminal() {
        Style::Fancy
    } else {
        Style::Plain
    }
}

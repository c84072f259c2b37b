//! How the program ends, and what it says to people.

use std::{
    error::Error,
    fmt::Display,
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
};

use ownhand_config::Style;

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

/// Writes a line of data. Nobody is left to tell when nobody reads it any more.
pub(crate) fn data(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
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

/// An error and its causes on one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        line.push_str(": ");
        line.push_str(&cause.to_string());
        source = cause.source();
    }
    line
}

/// How reports are drawn on standard error.
pub(crate) fn style() -> Style {
    if io::stderr().is_terminal() {
        Style::Fancy
    } else {
        Style::Plain
    }
}

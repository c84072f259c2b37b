//! Lines for whoever runs a recipe. Nobody is left to tell when nobody reads them any more.

use std::{
    error::Error,
    fmt::Display,
    io::{self, Write as _},
};

/// Writes a line to standard output.
pub fn tell(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Writes a line to standard error.
pub fn warn(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// An error with its causes, in one line.
pub fn chain(error: &dyn Error) -> String {
    std::iter::successors(Some(error), |&error| error.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}

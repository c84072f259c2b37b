//! The program `ownhand`.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    match ownhand::Cli::from_arguments() {
        Ok(cli) => cli.run().into(),
        Err(exit) => exit.into(),
    }
}

//! The program `ownhand`.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    ownhand::Cli::parse().run().into()
}

//! `cargo xtask`: the recipes of this repository.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{
    output,
    recipe::{demo, generate, screenshots, test},
};

/// The recipes of this repository.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    recipe: Recipe,
}

#[derive(Debug, Subcommand)]
enum Recipe {
    /// Two people link their own DocuSign accounts, send, and get their signed documents back
    Demo(demo::Options),
    /// Check everything and run all tests, from a fresh clone
    Test,
    /// Write the generated files, or check that they are up to date
    Generate(generate::Options),
    /// Take pictures of the link pages in Chromium
    Screenshots,
}

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            output::warn(format!("error: {error}"));
            return ExitCode::from(2);
        }
    };
    let done = match Cli::parse().recipe {
        Recipe::Demo(options) => runtime.block_on(demo::run(&options)),
        Recipe::Test => test::run(),
        Recipe::Generate(options) => generate::run(&options),
        Recipe::Screenshots => runtime.block_on(screenshots::run()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::warn(format!("error: {}", output::chain(&error)));
            ExitCode::FAILURE
        }
    }
}

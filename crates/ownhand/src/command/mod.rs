//! The command line, one file a command.

mod config;
mod keys;
mod links;
mod plugin;
mod reload;
mod serve;

use std::{path::PathBuf, sync::Arc};

use clap::{Args, Parser, Subcommand};
use ownhand_config::{Installation, ProcessEnvironment};
use ownhand_connector::{Checkpoints, Unwatched};

use crate::output::{Exit, say};

/// Each user's own DocuSign account, behind every host application.
#[derive(Debug, Parser)]
#[command(name = "ownhand", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    Serve(serve::Serve),
    /// Check the configuration, or print its JSON schemas
    #[command(subcommand)]
    Config(config::Config),
    /// Look at plugin libraries
    #[command(subcommand)]
    Plugin(plugin::Plugin),
    /// See and remove the links of a tenant's users
    #[command(subcommand)]
    Links(links::Links),
    /// Make sealing keys
    #[command(subcommand)]
    Keys(keys::Keys),
}

/// Where the configuration is.
#[derive(Clone, Debug, Args)]
struct ConfigFile {
    /// The operator's file
    #[arg(
        long,
        value_name = "FILE",
        env = "OWNHAND_CONFIG",
        default_value = "config/ownhand.toml"
    )]
    config: PathBuf,
}

impl ConfigFile {
    /// The configuration, or a report of what is wrong with it on standard error.
    fn load(&self) -> Result<Installation, Exit> {
        ownhand_config::load(&self.config, &ProcessEnvironment).map_err(|report| {
            say(report.render(crate::output::style()));
            Exit::Refused
        })
    }
}

impl Cli {
    /// Does what the command line asks for.
    pub fn run(self) -> Exit {
        self.run_watched(Arc::new(Unwatched))
    }

    /// The same with somebody who is told of every checkpoint that the server reaches.
    pub fn run_watched(self, checkpoints: Arc<dyn Checkpoints>) -> Exit {
        match self.command {
            Command::Serve(serve) => serve.run(checkpoints),
            Command::Config(config) => config.run(),
            Command::Plugin(plugin) => plugin.run(),
            Command::Links(links) => links.run(),
            Command::Keys(keys) => keys.run(),
        }
    }
}

/// Runs a future to its end on a runtime of its own.
fn block_on<T>(future: impl Future<Output = Result<T, Exit>>) -> Result<T, Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            say(format!("error: the runtime can't be started: {error}"));
            Exit::Unexpected
        })?;
    runtime.block_on(future)
}

/// The exit of a command whose steps may each have said why they stopped.
fn ending(result: Result<(), Exit>) -> Exit {
    match result {
        Ok(()) => Exit::Done,
        Err(exit) => exit,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}

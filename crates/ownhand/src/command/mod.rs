//! The command line, one file a command.

mod config;
mod keys;
mod links;
mod plugin;
mod reload;
mod serve;
mod signals;
mod watch;

use std::{path::PathBuf, sync::Arc};

use clap::{Args, Parser, Subcommand};
use ownhand_config::{Installation, ProcessEnvironment};
use ownhand_connector::{Checkpoints, Unwatched};

use crate::{
    check::{Checked, check},
    output::{Exit, fail, show, written},
};

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
        hide_env_values = true,
        default_value = "config/ownhand.toml"
    )]
    config: PathBuf,
}

impl ConfigFile {
    /// The files alone, or a report of what is wrong with them on standard error: for commands that need no plugin.
    fn load(&self) -> Result<Installation, Exit> {
        ownhand_config::load(&self.config, &ProcessEnvironment).map_err(|report| show(&report))
    }

    /// The configuration, checked whole, or a report of what is wrong with it on standard error.
    async fn checked(&self) -> Result<Checked, Exit> {
        check(&self.config, &ProcessEnvironment)
            .await
            .map_err(|report| show(&report))
    }
}

impl Cli {
    /// Reads the command line. Help goes to standard output; a command line that is wrong is its writer's fault.
    ///
    /// # Errors
    /// The exit of a program that has nothing else to do.
    pub fn from_arguments() -> Result<Self, Exit> {
        Self::try_parse().map_err(|told| {
            let exit = if told.use_stderr() {
                Exit::Refused
            } else {
                Exit::Done
            };
            match told.print() {
                Ok(()) => exit,
                Err(_) => Exit::Unexpected,
            }
        })
    }

    /// Does what the command line asks for.
    pub fn run(self) -> Exit {
        self.run_watched(Arc::new(Unwatched))
    }

    /// The same with somebody who is told of every checkpoint that the server reaches.
    pub fn run_watched(self, checkpoints: Arc<dyn Checkpoints>) -> Exit {
        written(match self.command {
            Command::Serve(serve) => serve.run(checkpoints),
            Command::Config(config) => config.run(),
            Command::Plugin(plugin) => plugin.run(),
            Command::Links(links) => links.run(),
            Command::Keys(keys) => keys.run(),
        })
    }
}

/// Runs a future to its end on a runtime of its own.
fn block_on<T>(future: impl Future<Output = Result<T, Exit>>) -> Result<T, Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| fail(&error))?;
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

//! The command line of `ownhand-simulator`.

use std::error::Error;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};
use url::Url;

use crate::{Options, Seed, start};

/// A local DocuSign: OAuth, eSignature REST v2.1, Connect, signing pages.
#[derive(Debug, Parser)]
#[command(name = "ownhand-simulator", version)]
pub struct Cli {
    /// Loopback address for plain HTTP; port 0 takes a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Loopback address for TLS, with a local certificate authority made at start
    #[arg(long, value_name = "ADDRESS")]
    tls_listen: Option<SocketAddr>,
    /// Written when ready: addresses, the authority's certificate file, the control key
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
    /// Integrations, users and accounts; without it the built-in seed is used
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// The simulator's own address in mails and base URIs, if not the plain listener's
    #[arg(long, value_name = "URL")]
    base_url: Option<Url>,
    /// PEM file of a further authority that Connect trusts when it delivers
    #[arg(long, value_name = "FILE")]
    connect_ca: Option<PathBuf>,
}

impl Cli {
    /// Serves until SIGTERM or ctrl-c.
    ///
    /// # Errors
    /// What was in the way of starting.
    pub async fn run(self) -> Result<(), Box<dyn Error + Send + Sync>> {
        // Before the ready file: who sees it may already send a signal.
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let read = |path: &PathBuf| {
            fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
        };
        let seed = match &self.seed {
            None => None,
            Some(path) => Some(Seed::parse(&String::from_utf8(read(path)?)?)?),
        };
        let running = start(Options {
            listen: self.listen,
            tls_listen: self.tls_listen,
            ready_file: self.ready_file.clone(),
            seed,
            base_url: self.base_url.clone(),
            connect_ca: self.connect_ca.as_ref().map(read).transpose()?,
        })
        .await?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        running.shutdown().await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}

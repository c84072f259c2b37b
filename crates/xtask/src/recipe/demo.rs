//! `cargo xtask demo`: two people of one tenant link their own DocuSign accounts, send, and get their signed documents back.

pub mod report;

use std::path::{Path, PathBuf};

use tokio::signal::unix::{SignalKind, signal};

use self::report::{Report, Sent};
use super::{cargo, host_page};
use crate::{
    Result, error, output,
    world::{
        Form, Installation,
        people::{JANE, OMAR},
        story,
    },
};

/// The tenant of the demo.
const TENANT: &str = "acme";

/// What the demo can be told.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Options {
    /// Write what happened to this file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Leave everything running, and print the addresses to try in a browser
    #[arg(long)]
    keep: bool,
}

/// Runs the demo.
///
/// # Errors
/// Whatever does not go as it must.
pub async fn run(options: &Options) -> Result<()> {
    cargo::announce("building Ownhand, the simulator and the plugin libraries");
    let programs = cargo::build(&[])?;
    let folder = cargo::fresh_folder("demo")?;
    cargo::announce(&format!("starting an installation in {}", folder.display()));
    let installation = Installation::start(&folder, &programs, Form::Libraries, &[TENANT]).await?;
    // Ending by ctrl-c or SIGTERM drops the installation, and with it the programs.
    let ended = tokio::select! {
        done = act(&installation, options.json.as_deref()) => done,
        () = asked_to_end() => Err(error::wrong("stopped")),
    };
    if let Err(error) = ended {
        output::warn(installation.log_tails());
        return Err(error);
    }
    if options.keep {
        host_page::keep(installation, TENANT, asked_to_end()).await
    } else {
        installation.stop().await.map(drop)
    }
}

async fn act(installation: &Installation, json: Option<&Path>) -> Result<()> {
    let host = installation.host_app(TENANT)?;
    let mut sent = Vec::new();
    for person in [&JANE, &OMAR] {
        cargo::announce(&format!(
            "{} links, sends {}, and it is signed",
            person.name, person.document
        ));
        let envelope = story::link_send_sign(installation, host, person).await?;
        sent.push(Sent { person, envelope });
    }
    story::nobody_else_sent(
        installation,
        &sent
            .iter()
            .map(|one| (one.person, one.envelope.id.as_str()))
            .collect::<Vec<_>>(),
    )
    .await?;
    let report = Report::of(TENANT, &installation.libraries, &sent);
    output::tell(report.table());
    if let Some(file) = json {
        std::fs::write(file, report.json()).map_err(error::io(file.display().to_string()))?;
    }
    Ok(())
}

/// Completes when somebody asks this program to end.
async fn asked_to_end() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

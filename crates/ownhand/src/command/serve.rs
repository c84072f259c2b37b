//! `ownhand serve`.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use clap::Args;
use ownhand_config::Installation;
use ownhand_connector::{Ambient, Checkpoints};
use ownhand_server::{Settings, router, serve};
use serde_json::json;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use super::{ConfigFile, block_on, ending, reload::on_hangup};
use crate::{
    ambient,
    installation::{Wired, tls},
    logging,
    output::{Exit, refuse, say},
};

/// How long requests at hand may take once the program was asked to end.
const DRAIN: Duration = Duration::from_secs(25);

#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    config: ConfigFile,
    /// Write `{"http": URL}` to this file once requests are answered
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
}

impl Serve {
    pub(super) fn run(&self, checkpoints: Arc<dyn Checkpoints>) -> Exit {
        ending(self.config.load().and_then(|installation| {
            logging::start(&installation.operator.log);
            block_on(self.serve(installation, ambient::system(checkpoints)))
        }))
    }

    async fn serve(&self, installation: Installation, ambient: Ambient) -> Result<(), Exit> {
        let server = &installation.operator.server;
        let tls = server
            .tls
            .as_ref()
            .map(tls)
            .transpose()
            .map_err(|error| error.say())?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let (wired, _hold) = Wired::to_serve(&installation, ambient.clone())
            .await
            .map_err(|error| error.say())?;
        let Wired {
            connector,
            auth_origin,
        } = wired;
        let listener = TcpListener::bind(server.listen).await.map_err(|error| {
            say(format!("error: can't listen on {}: {error}", server.listen));
            Exit::Refused
        })?;
        let address = listener.local_addr().map_err(|error| refuse(&error))?;
        let tenants = connector.clone();
        let settings = Settings {
            public_url: server.public_url.clone(),
            auth_origin,
            form_origins: Arc::new(move |tenant| tenants.page_origins(tenant)),
            entropy: Arc::clone(&ambient.entropy),
            clock: Arc::clone(&ambient.clock),
            limits: ownhand_server::Limits::default(),
        };
        let (stop, stopped) = watch::channel(false);
        let ending = async move {
            asked_to_end().await;
            tracing::info!("asked to end; requests at hand are finished");
            // The receivers live until both tasks below have ended.
            let _ = stop.send(true);
        };
        // What is at hand when the end is asked for is finished, or taken up again after the next start.
        let stopping = stopped.clone();
        let working = async {
            let over = async {
                until(stopping.clone()).await;
                ambient.sleeper.sleep(DRAIN).await;
            };
            tokio::select! {
                () = connector.work(until(stopping.clone())) => {}
                () = over => tracing::warn!("background work is left for the next start"),
            }
        };
        let reloading = on_hangup(&self.config, &connector, until(stopped.clone()));
        let serving = serve(
            listener,
            router(connector.clone(), settings),
            tls,
            until(stopped),
            DRAIN,
        );
        let ready = async {
            if let Some(file) = &self.ready_file
                && let Err(error) = write_ready(file, &format!("{scheme}://{address}"))
            {
                tracing::error!(%error, file = %file.display(), "the ready file can't be written");
            }
            tracing::info!(%address, public_url = %server.public_url, tenants = installation.tenants.len(), "ownhand serves");
        };
        let ((), (), (), (), outcome) = tokio::join!(ready, ending, working, reloading, serving);
        // What runs on though its caller has hung up: a refresh that is cut off may cost a link.
        tokio::select! {
            () = connector.settle() => {}
            () = ambient.sleeper.sleep(DRAIN) => tracing::warn!("calls that nobody waits for were cut off"),
        }
        outcome.map_err(|error| refuse(&error))
    }
}

/// Completes when the program is asked to end.
async fn asked_to_end() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        tracing::error!("signals can't be listened to; the program ends only when it is killed");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // A sender that is gone means the end as well.
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// Writes beside and renames, so that a reader never sees half a file.
fn write_ready(file: &Path, url: &str) -> std::io::Result<()> {
    let beside = file.with_extension("new");
    fs::write(&beside, json!({ "http": url }).to_string())?;
    fs::rename(&beside, file)
}

//! `ownhand serve`.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use clap::Args;
use ownhand_config::{ProcessEnvironment, Report};
use ownhand_connector::{Ambient, Checkpoints};
use ownhand_ledger::Hold;
use ownhand_server::{Settings, router, serve};
use serde_json::json;
use tokio::{net::TcpListener, signal::unix::Signal, sync::watch as channel};

use super::{
    ConfigFile, block_on, ending,
    reload::Reload,
    signals::{self, End},
    watch::Watch,
};
use crate::{
    ambient,
    check::{Checked, whole},
    installation::Wired,
    logging,
    material::tls,
    output::{Exit, fail, say, show},
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

/// What the server is made of before it listens.
struct Started {
    checked: Checked,
    wired: Wired,
    watch: Watch,
    /// Nobody else serves from the ledger for as long as this is kept.
    _hold: Hold,
}

impl Serve {
    pub(super) fn run(&self, checkpoints: Arc<dyn Checkpoints>) -> Exit {
        ending(block_on(async {
            // Before anything that takes time: until then a SIGHUP would end the program.
            let (hangup, mut end) = signals::listen()?;
            let ambient = ambient::watched(checkpoints);
            let started = self.start(ambient.clone());
            let started = tokio::select! {
                started = started => started?,
                () = end.asked() => return Ok(()),
            };
            self.serve(started, ambient, hangup, end).await
        }))
    }

    /// Checks the configuration whole, and puts the core together.
    async fn start(&self, ambient: Ambient) -> Result<Started, Exit> {
        let read = || ownhand_config::read(&self.config.config, &ProcessEnvironment);
        let (first, wrong) = read();
        let Some(first) = first else {
            return Err(show(&Report::new(wrong)));
        };
        logging::start(&first.operator.log);
        // What counts is read after the watch has begun, so that no edit falls between the two.
        let watch = Watch::begin(&self.config.config, &first.operator);
        let (installation, wrong) = read();
        let checked = whole(installation, wrong)
            .await
            .map_err(|report| show(&report))?;
        let (wired, hold) = Wired::to_serve(&checked, ambient)
            .await
            .map_err(|report| show(&report))?;
        Ok(Started {
            checked,
            wired,
            watch,
            _hold: hold,
        })
    }

    async fn serve(
        &self,
        started: Started,
        ambient: Ambient,
        hangup: Signal,
        mut end: End,
    ) -> Result<(), Exit> {
        let Started {
            checked,
            wired: Wired {
                connector,
                auth_origin,
            },
            watch,
            _hold,
        } = started;
        let operator = &checked.installation.operator;
        let server = &operator.server;
        let tls = tls(operator).map_err(|wrong| show(&Report::new(vec![wrong])))?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let listener = TcpListener::bind(server.listen).await.map_err(|error| {
            say(format!("error: can't listen on {}: {error}", server.listen));
            Exit::Refused
        })?;
        let address = listener.local_addr().map_err(|error| fail(&error))?;
        let tenants = connector.clone();
        let settings = Settings {
            public_url: server.public_url.clone(),
            auth_origin,
            form_origins: Arc::new(move |tenant| tenants.page_origins(tenant)),
            entropy: Arc::clone(&ambient.entropy),
            clock: Arc::clone(&ambient.clock),
            limits: ownhand_server::Limits::default(),
        };
        let (stop, stopped) = channel::channel(false);
        let ending = async move {
            end.asked().await;
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
        let reload = Reload {
            config: &self.config,
            started: operator,
            connector: &connector,
            ambient: &ambient,
        };
        let reloading = reload.run(hangup, watch, until(stopped.clone()));
        let serving = serve(
            listener,
            router(connector.clone(), settings),
            tls,
            until(stopped),
            DRAIN,
        );
        // The socket takes connections already. Whoever waits for the file would wait in vain if it can't be written.
        if let Some(file) = &self.ready_file {
            write_ready(file, &format!("{scheme}://{address}")).map_err(|error| {
                say(format!(
                    "error: the ready file {} can't be written: {error}",
                    file.display()
                ));
                Exit::Refused
            })?;
        }
        tracing::info!(%address, public_url = %server.public_url, tenants = checked.tenants(), "ownhand serves");
        tokio::join!(ending, working, reloading, serving);
        // What runs on though its caller has hung up: a refresh that is cut off may cost a link.
        tokio::select! {
            () = connector.settle() => {}
            () = ambient.sleeper.sleep(DRAIN) => tracing::warn!("calls that nobody waits for were cut off"),
        }
        Ok(())
    }
}

async fn until(mut stopped: channel::Receiver<bool>) {
    // A sender that is gone means the end as well.
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// Writes beside and renames, so that a reader never sees half a file.
fn write_ready(file: &Path, url: &str) -> std::io::Result<()> {
    let beside = file.with_extension("new");
    fs::write(&beside, json!({ "http": url }).to_string())?;
    fs::rename(&beside, file)
}

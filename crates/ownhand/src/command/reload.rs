//! Tenants are read anew on SIGHUP, checked whole and exchanged at once; a bad edit is reported and changes nothing.

use std::pin::pin;

use ownhand_config::ProcessEnvironment;
use ownhand_connector::{Connector, Tenants};
use tokio::signal::unix::{SignalKind, signal};

use super::ConfigFile;
use crate::adapters::Adapters;

/// Reads the tenants anew at each SIGHUP, until `stopped` completes.
pub(super) async fn on_hangup(
    config: &ConfigFile,
    connector: &Connector,
    stopped: impl Future<Output = ()>,
) {
    let Ok(mut hangup) = signal(SignalKind::hangup()) else {
        tracing::error!("SIGHUP can't be listened to; tenants are read anew on a restart only");
        return;
    };
    let mut stopped = pin!(stopped);
    loop {
        tokio::select! {
            () = &mut stopped => return,
            _ = hangup.recv() => {}
        }
        match tenants(config).await {
            Ok((tenants, count)) => {
                connector.replace_tenants(tenants);
                tracing::info!(tenants = count, "the tenants' files were read anew");
            }
            Err(wrong) => {
                tracing::error!(%wrong, "the edited configuration is wrong; the present one stays in force");
            }
        }
    }
}

/// The tenants as the files now say, or what is wrong with them.
async fn tenants(config: &ConfigFile) -> Result<(Tenants, usize), String> {
    let installation = ownhand_config::load(&config.config, &ProcessEnvironment)
        .map_err(|report| report.to_string())?;
    let adapters = Adapters::open(&installation.operator).map_err(|error| error.line())?;
    let tenants = adapters
        .tenants(&installation)
        .await
        .map_err(|error| error.line())?;
    Ok((tenants, installation.tenants.len()))
}

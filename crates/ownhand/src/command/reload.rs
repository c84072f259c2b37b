//! The configuration is read anew on SIGHUP and when its files were edited: checked whole as at the start, and the tenants exchanged at
//! once. A bad edit is reported and changes nothing; an edit that counts from the next start only is named.

use std::{path::PathBuf, pin::pin};

use ownhand_config::{Operator, ProcessEnvironment, Report};
use ownhand_connector::{Ambient, Connector, Tenants};
use tokio::signal::unix::Signal;

use super::{ConfigFile, watch::Watch};
use crate::check::{Checked, check};

/// What a reload works on.
pub(super) struct Reload<'a> {
    /// The operator's file.
    pub(super) config: &'a ConfigFile,
    /// The operator's settings with which the program was started.
    pub(super) started: &'a Operator,
    /// Whose tenants are exchanged.
    pub(super) connector: &'a Connector,
    /// Waits.
    pub(super) ambient: &'a Ambient,
}

impl Reload<'_> {
    /// Reads the configuration anew whenever it is asked for or the files have changed, until `stopped` completes.
    pub(super) async fn run(
        &self,
        mut hangup: Signal,
        mut watch: Watch,
        stopped: impl Future<Output = ()>,
    ) {
        let mut in_force = self.started.clone();
        let mut stopped = pin!(stopped);
        loop {
            tokio::select! {
                () = &mut stopped => return,
                _ = hangup.recv() => tracing::info!("asked to read the configuration anew"),
                () = watch.edited(&*self.ambient.sleeper) => {
                    tracing::info!("the configuration's files were edited");
                }
            }
            // Folders may have been exchanged or made since. Before reading, so that an edit after the reading is noticed.
            watch.renew(&in_force);
            let read = tokio::select! {
                () = &mut stopped => return,
                read = self.once() => read,
            };
            if let Some(operator) = read {
                if !watch.covers(&operator) {
                    watch.renew(&operator);
                }
                in_force = operator;
            }
        }
    }

    /// Reads the configuration anew; answers the operator's settings if nothing is wrong and the tenants were exchanged.
    async fn once(&self) -> Option<Operator> {
        // A task of its own, on another thread: files and libraries are read while requests are answered.
        let read = tokio::spawn(read(self.config.config.clone())).await;
        let (checked, tenants) = match read {
            Ok(Ok(read)) => read,
            Err(error) => {
                tracing::error!(%error, "the edited configuration could not be checked; the present one stays in force");
                return None;
            }
            Ok(Err(wrong)) => {
                tracing::error!(%wrong, "the edited configuration is wrong; the present one stays in force");
                return None;
            }
        };
        self.connector.replace_tenants(tenants);
        tracing::info!(
            tenants = checked.tenants(),
            "the tenants' files were read anew"
        );
        let operator = checked.installation.operator;
        let later = self.started.only_from_the_next_start(&operator);
        if !later.is_empty() {
            tracing::warn!(
                keys = later.join(", "),
                "these settings of the operator's file have changed and count from the next start"
            );
        }
        Some(operator)
    }
}

/// The configuration as the files now say, with its tenants.
async fn read(file: PathBuf) -> Result<(Checked, Tenants), Report> {
    let checked = check(&file, &ProcessEnvironment).await?;
    let tenants = checked.adapters.tenants(&checked.installation).await?;
    Ok((checked, tenants))
}

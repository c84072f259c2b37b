//! Notices that somebody has edited the configuration.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use ownhand_config::Operator;
use ownhand_connector::Sleeper;
use tokio::sync::Notify;

/// How long nothing must have changed: an editor writes a file in several steps, and several files belong to one edit.
const QUIET: Duration = Duration::from_millis(250);
/// After so many steps without a pause the files are read all the same.
const MOST_STEPS: usize = 40;

/// Which files count.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    operator: PathBuf,
    tenants: PathBuf,
    secrets: PathBuf,
}

impl Wanted {
    /// A watched folder may hold databases, which change all the time; only what the configuration is made of counts.
    fn counts(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        let of_tenant = path.parent() == Some(&self.tenants) && name.ends_with(b".toml");
        of_tenant
            || path == self.operator
            || path == self.tenants
            || path.starts_with(&self.secrets)
            // How a mounted volume exchanges all its files at once.
            || name.starts_with(b"..data")
    }
}

/// Watches the files of a configuration.
pub(super) struct Watch {
    changed: Arc<Notify>,
    present: Option<(Wanted, RecommendedWatcher)>,
    file: PathBuf,
}

impl Watch {
    /// Begins to watch the operator's file, and the folders of tenants and secrets that it names.
    pub(super) fn begin(file: &Path, operator: &Operator) -> Self {
        let mut watch = Self {
            changed: Arc::new(Notify::new()),
            present: None,
            file: operator.folder.join(file.file_name().unwrap_or_default()),
        };
        watch.renew(operator);
        watch
    }

    /// Watches the folders that are there now. The former watch ends only after the new one has begun, so nothing is missed.
    pub(super) fn renew(&mut self, operator: &Operator) {
        let wanted = Wanted {
            operator: self.file.clone(),
            tenants: operator.tenants.dir.clone(),
            secrets: operator.tenants.secrets_dir.clone(),
        };
        match watcher(&wanted, Arc::clone(&self.changed)) {
            Ok(watcher) => self.present = Some((wanted, watcher)),
            Err(error) => {
                tracing::warn!(%error, "the configuration's files can't be watched; SIGHUP still has them read anew");
            }
        }
    }

    /// Whether these are the folders that are watched.
    pub(super) fn covers(&self, operator: &Operator) -> bool {
        self.present.as_ref().is_some_and(|(wanted, _)| {
            wanted.tenants == operator.tenants.dir && wanted.secrets == operator.tenants.secrets_dir
        })
    }

    /// Completes when something was changed and the files have come to rest.
    pub(super) async fn edited(&self, sleeper: &dyn Sleeper) {
        self.changed.notified().await;
        for _ in 0..MOST_STEPS {
            tokio::select! {
                () = self.changed.notified() => {}
                () = sleeper.sleep(QUIET) => return,
            }
        }
    }
}

fn watcher(wanted: &Wanted, changed: Arc<Notify>) -> notify::Result<RecommendedWatcher> {
    let counting = wanted.clone();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        let counts = match event {
            // Reading counts as an event too, and we read the files ourselves.
            Ok(event) => {
                !matches!(event.kind, EventKind::Access(_))
                    && (event.need_rescan() || event.paths.iter().any(|path| counting.counts(path)))
            }
            Err(_) => true,
        };
        if counts {
            changed.notify_one();
        }
    })?;
    if let Some(folder) = wanted.operator.parent() {
        watcher.watch(folder, RecursiveMode::NonRecursive)?;
    }
    watcher.watch(&wanted.tenants, RecursiveMode::NonRecursive)?;
    // An installation without secret files needs no folder for them.
    if wanted.secrets.is_dir() {
        watcher.watch(&wanted.secrets, RecursiveMode::Recursive)?;
    }
    Ok(watcher)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_files_of_the_configuration_count() {
        let wanted = Wanted {
            operator: "/etc/ownhand/ownhand.toml".into(),
            tenants: "/etc/ownhand/tenants".into(),
            secrets: "/etc/ownhand/secrets".into(),
        };
        for (path, counts) in [
            ("/etc/ownhand/ownhand.toml", true),
            ("/etc/ownhand/tenants/acme.toml", true),
            ("/etc/ownhand/tenants", true),
            ("/etc/ownhand/secrets/acme/dms.pem", true),
            ("/etc/ownhand/..data", true),
            ("/etc/ownhand/ownhand.toml.swp", false),
            ("/etc/ownhand/ledger.db-wal", false),
            ("/etc/ownhand/tenants/acme.toml~", false),
            ("/etc/ownhand/tenants/data/ledger.db", false),
        ] {
            assert_eq!(wanted.counts(Path::new(path)), counts, "{path}");
        }
    }
}

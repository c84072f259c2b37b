//! What is SQLite's own: its file, its settings, its write lock.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    str::FromStr,
};

use ownhand_connector::ledger::LedgerError;
use sqlx::{AnyConnection, AnyPool, sqlite::SqliteConnectOptions};

use crate::fault::Fault;

/// Begins a transaction that holds the write lock from its start.
pub(crate) const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";

/// Settings of each connection. `secure_delete` overwrites what is erased; `FULL` makes a commit survive a power cut.
const SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;";

/// Gives a new connection its settings.
pub(crate) async fn set_up(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(SETTINGS).execute(connection).await.map(drop)
}

/// Folds the write-ahead log into the file and empties it, so that older pages are gone. While somebody reads it is left
/// for the next time.
pub(crate) async fn empty_log(pool: &AnyPool) -> Result<(), Fault> {
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .fetch_all(pool)
        .await?;
    Ok(())
}

/// Checks the URL and, with `create`, makes the file if there is none: readable by this user alone, and so are the folders
/// that were missing above it.
pub(crate) fn prepare_file(url: &str, create: bool) -> Result<(), LedgerError> {
    if !url.starts_with("sqlite:") {
        return Err(LedgerError::inconsistent(
            "its URL must begin with `sqlite:`",
        ));
    }
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Err(LedgerError::inconsistent(
            "its URL must name a file: memory forgets",
        ));
    }
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|error| LedgerError::new("reading its URL", error))?;
    let path = options.get_filename();
    if !create {
        return Ok(());
    }
    make_file(path).map_err(|error| {
        LedgerError::new(
            format!("making the database file {}", path.display()),
            error,
        )
    })
}

/// The lock by which one serving process keeps a database file to itself. It lies beside the database, because SQLite's own
/// locks on that file would be lost with any other handle of this process that is closed. It ends with the process.
pub(crate) fn hold(url: &str) -> Result<File, LedgerError> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|error| LedgerError::new("reading its URL", error))?;
    let database = options.get_filename().to_owned();
    let mut path = database.clone().into_os_string();
    path.push(".serving");
    let path = PathBuf::from(path);
    let failed = |error| {
        let doing = format!("locking the database file with {}", path.display());
        LedgerError::new(doing, error)
    };
    make_file(&path).map_err(failed)?;
    let lock = File::options().write(true).open(&path).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(LedgerError::inconsistent(format!(
            "another process serves {} already; end it first, or give this one a database of its own (`ledger.url`)",
            database.display()
        ))),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

fn make_file(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};

    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let made = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    match made {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Row;

    use crate::{Options, SqlLedger};

    #[tokio::test]
    async fn every_connection_of_the_pool_has_the_settings() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/ledger.db", folder.path().display());
        let ledger = SqlLedger::open(&url, Options::default()).await.unwrap();
        let mut held = Vec::new();
        for _ in 0..3 {
            let mut connection = ledger.pool.acquire().await.unwrap();
            for (pragma, expected) in [
                ("PRAGMA busy_timeout", 5000),
                ("PRAGMA synchronous", 2),
                ("PRAGMA foreign_keys", 1),
                ("PRAGMA secure_delete", 1),
            ] {
                let row = sqlx::query(pragma)
                    .fetch_one(&mut *connection)
                    .await
                    .unwrap();
                assert_eq!(row.get::<i64, _>(0), expected, "{pragma}");
            }
            let row = sqlx::query("PRAGMA journal_mode")
                .fetch_one(&mut *connection)
                .await
                .unwrap();
            assert_eq!(row.get::<String, _>(0), "wal");
            held.push(connection);
        }
    }
}

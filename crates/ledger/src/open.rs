//! Opening a ledger.

use std::{fs::File, time::Duration};

use ownhand_connector::ledger::LedgerError;
use sqlx::{AnyPool, any::AnyPoolOptions};

use crate::{SqlLedger, schema, sqlite};

/// How a ledger is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Most connections at once; at least one.
    pub max_connections: u32,
    /// How long a call waits for a free connection.
    pub acquire_timeout: Duration,
    /// How long a call may take in all.
    pub statement_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_connections: 8,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(15),
        }
    }
}

/// The right of one process to serve from a ledger of SQLite, until it is dropped or the process ends, however it ends.
#[derive(Debug)]
pub struct Hold {
    _lock: File,
}

impl Hold {
    /// Takes the right.
    ///
    /// # Errors
    /// When another process has it, or the lock file beside the database can't be made.
    pub fn of(url: &str) -> Result<Self, LedgerError> {
        sqlite::prepare_file(url, true)?;
        Ok(Self {
            _lock: sqlite::hold(url)?,
        })
    }
}

impl SqlLedger {
    /// Opens the ledger at `url` (`sqlite:<path>`), makes it if there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// When the URL names no file of SQLite, the file can't be made or opened, or a migration fails or was changed.
    pub async fn open(url: &str, options: Options) -> Result<Self, LedgerError> {
        sqlite::prepare_file(url, true)?;
        let ledger = Self::connect(url, options).await?;
        schema::MIGRATIONS
            .run(&ledger.pool)
            .await
            .map_err(|error| LedgerError::new("bringing the schema up to date", error))?;
        Ok(ledger)
    }

    /// Opens the ledger at `url` as it is: neither makes it nor changes its schema.
    ///
    /// # Errors
    /// When there is none, or migrations are pending, or its schema is not the one that this program knows.
    pub async fn open_existing(url: &str, options: Options) -> Result<Self, LedgerError> {
        sqlite::prepare_file(url, false)?;
        let ledger = Self::connect(url, options).await?;
        ledger
            .run("checking the schema", schema::check(&ledger.pool))
            .await?;
        Ok(ledger)
    }

    async fn connect(url: &str, options: Options) -> Result<Self, LedgerError> {
        sqlx::any::install_default_drivers();
        let pool: AnyPool = AnyPoolOptions::new()
            .max_connections(options.max_connections.max(1))
            .acquire_timeout(options.acquire_timeout)
            .after_connect(|connection, _| Box::pin(sqlite::set_up(connection)))
            .connect(url)
            .await
            .map_err(|error| LedgerError::new("connecting", error))?;
        Ok(Self { pool, options })
    }
}

//! Opening the database: its file, its connections, its table.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io::{self, Read as _},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
    time::Duration,
};

use ownhand_plugin_sdk::AdapterError;
use sqlx::{
    AnyConnection, AnyPool, Connection, Executor,
    any::AnyPoolOptions,
    migrate::{MigrateError, Migrator},
};

use crate::Settings;

/// The table's history. It keeps its own list of what was applied, so that another part may live in the same database.
static MIGRATOR: Migrator = sqlx::migrate!();
/// How every database file of SQLite begins.
const MAGIC: &[u8] = b"SQLite format 3\0";
const MIGRATIONS_TABLE: &str = "token_records_migrations";

/// Opens the database, makes it if it is missing, and brings its table up to date.
///
/// # Errors
/// When the URL, the file or the database is not usable.
pub(crate) async fn open(settings: &Settings) -> Result<AnyPool, AdapterError> {
    let file = settings.file()?;
    prepare(Path::new(file)).map_err(cannot_be_made)?;
    sqlx::any::install_default_drivers();
    let wait = Duration::from_secs(settings.busy_seconds.into());
    let pragmas = format!(
        "PRAGMA busy_timeout = {}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;",
        wait.as_millis()
    );
    // Not by the pool, which would try again until its time is over, and then not tell why.
    try_out(&settings.url, &pragmas)
        .await
        .map_err(|error| unusable().caused_by(error))?;
    let pool = AnyPoolOptions::new()
        .max_connections(settings.max_connections)
        .acquire_timeout(wait)
        .after_connect(move |connection, _| {
            let pragmas = pragmas.clone();
            Box::pin(async move { tune(connection, pragmas).await })
        })
        .connect_lazy(&settings.url)
        .map_err(|error| unusable().caused_by(error))?;
    if let Err(error) = migrate(&pool).await {
        // Two processes may make the table at the same time, and the driver has no lock for that: the second finds it made.
        tracing::info!(%error, "migrating once more");
        migrate(&pool)
            .await
            .map_err(|error| unusable().caused_by(error))?;
    }
    Ok(pool)
}

/// Whether the database file could be opened or made, as far as that can be seen without opening it: SQLite would leave files beside it.
///
/// # Errors
/// When the URL or the file is not usable.
pub(crate) fn check(settings: &Settings) -> Result<(), AdapterError> {
    let file = Path::new(settings.file()?);
    let mut head = Vec::new();
    match File::open(file).and_then(|open| {
        open.take(MAGIC.len() as u64)
            .read_to_end(&mut head)
            .map(drop)
    }) {
        Ok(()) if head.is_empty() || head == MAGIC => Ok(()),
        Ok(()) => Err(AdapterError::configuration(
            "url",
            "the file is no SQLite database",
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(cannot_be_made(error)),
    }
}

async fn try_out(url: &str, pragmas: &str) -> Result<(), sqlx::Error> {
    let mut connection = AnyConnection::connect(url).await?;
    tune(&mut connection, pragmas.to_owned()).await?;
    connection.close().await
}

async fn tune(connection: &mut AnyConnection, pragmas: String) -> Result<(), sqlx::Error> {
    connection
        .execute(sqlx::AssertSqlSafe(pragmas))
        .await
        .map(|_| ())
}

async fn migrate(pool: &AnyPool) -> Result<(), MigrateError> {
    let mut migrator = Migrator {
        migrations: MIGRATOR.migrations.clone(),
        ..Migrator::DEFAULT
    };
    migrator.dangerous_set_table_name(MIGRATIONS_TABLE);
    migrator.run(pool).await
}

fn unusable() -> AdapterError {
    AdapterError::configuration("url", "the database can't be used")
}

fn cannot_be_made(error: io::Error) -> AdapterError {
    AdapterError::configuration("url", "the database file can't be opened or made").caused_by(error)
}

/// Makes the file and its folder if they are missing, for our eyes only. SQLite gives its other files the same mode.
fn prepare(file: &Path) -> io::Result<()> {
    if let Some(folder) = file.parent().filter(|f| !f.as_os_str().is_empty()) {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(file)
        .map(|_| ())
}

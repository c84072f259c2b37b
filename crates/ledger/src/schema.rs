//! The schema that this program knows.

use sqlx::{AnyPool, Row, migrate::Migrator};

use crate::fault::Fault;

/// All migrations, in order.
pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// Checks that exactly the migrations that this program knows were carried out.
pub(crate) async fn check(pool: &AnyPool) -> Result<(), Fault> {
    // `success` is a BOOLEAN, which the driver for any engine can't read as a column.
    let rows = sqlx::query(
        "SELECT version, checksum, CASE WHEN success THEN 1 ELSE 0 END AS finished FROM _sqlx_migrations ORDER BY version",
    )
    .fetch_all(pool)
    .await?;
    let mut known = MIGRATIONS.iter();
    for row in &rows {
        let version: i64 = row.try_get("version")?;
        let same = known.next().is_some_and(|migration| {
            migration.version == version
                && row
                    .try_get::<&[u8], _>("checksum")
                    .is_ok_and(|stored| stored == migration.checksum.as_ref())
        });
        if !same {
            return Err(Fault::Inconsistent(format!(
                "the migration {version} is not one that this program knows"
            )));
        }
        if row.try_get::<i64, _>("finished")? != 1 {
            return Err(Fault::Inconsistent(format!(
                "the migration {version} did not finish"
            )));
        }
    }
    match known.count() {
        0 => Ok(()),
        pending => Err(Fault::Inconsistent(format!(
            "{pending} migration(s) are pending"
        ))),
    }
}

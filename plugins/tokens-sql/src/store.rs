//! The adapter: records in one table.

use ownhand_plugin_sdk::{
    Adapter, AdapterError, BuildContext, CallContext, ErrorKind, NoOperatorSettings, PutOutcome,
    RecordKey, RecordPage, SealedRecord, TokenStore, adapter,
};
use sqlx::{AnyPool, Row, any::AnyRow};

use crate::{Settings, database};

/// The largest record, in bytes.
const MAX_SEALED: usize = 64 * 1024;
/// The longest key, in characters.
const MAX_KEY: usize = 200;
/// The most keys on a page.
const MAX_PAGE: u32 = 1000;

/// Sealed records in a SQL database.
#[derive(Debug)]
pub struct SqlTokens {
    pool: AnyPool,
}

impl Adapter for SqlTokens {
    const NAME: &'static str = "tokens-sql";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    type Settings = Settings;
    type Operator = NoOperatorSettings;

    async fn build(
        _: BuildContext,
        _: NoOperatorSettings,
        settings: Settings,
    ) -> Result<Self, AdapterError> {
        let pool = database::open(&settings).await?;
        Ok(Self { pool })
    }

    async fn check(
        _: BuildContext,
        _: NoOperatorSettings,
        settings: Settings,
    ) -> Result<(), AdapterError> {
        database::check(&settings)
    }
}

adapter!(SqlTokens: token_store);

impl TokenStore for SqlTokens {
    async fn get(
        &self,
        cx: &CallContext,
        key: &RecordKey,
    ) -> Result<Option<SealedRecord>, AdapterError> {
        check_key(key)?;
        sqlx::query(
            "SELECT version, sealed FROM token_records WHERE tenant = $1 AND record_key = $2",
        )
        .bind(cx.tenant.as_str())
        .bind(&*key.0)
        .fetch_optional(&self.pool)
        .await
        .map_err(unanswered)?
        .map(|row| record(&row))
        .transpose()
    }

    async fn put(
        &self,
        cx: &CallContext,
        key: &RecordKey,
        record: SealedRecord,
        expected: Option<u64>,
    ) -> Result<PutOutcome, AdapterError> {
        check_key(key)?;
        if record.sealed.len() > MAX_SEALED {
            return Err(AdapterError::new(
                ErrorKind::TooLarge,
                format!("a record has at most {MAX_SEALED} bytes"),
            ));
        }
        if expected.is_some_and(|expected| record.version <= expected) {
            return Err(AdapterError::invalid(
                "a record's version must be higher than the one it replaces",
            ));
        }
        if self.write(cx, key, &record, expected).await? {
            return Ok(PutOutcome::Stored);
        }
        let found = self.get(cx, key).await?;
        Ok(PutOutcome::Conflict {
            found: found.map(|record| record.version),
        })
    }

    async fn delete(&self, cx: &CallContext, key: &RecordKey) -> Result<bool, AdapterError> {
        check_key(key)?;
        sqlx::query("DELETE FROM token_records WHERE tenant = $1 AND record_key = $2")
            .bind(cx.tenant.as_str())
            .bind(&*key.0)
            .execute(&self.pool)
            .await
            .map(|done| done.rows_affected() > 0)
            .map_err(unanswered)
    }

    async fn list(
        &self,
        cx: &CallContext,
        after: Option<&RecordKey>,
        limit: u32,
    ) -> Result<RecordPage, AdapterError> {
        if let Some(after) = after {
            check_key(after)?;
        }
        // Every key is greater than the empty text. One row more than asked tells whether others follow.
        let limit = limit.clamp(1, MAX_PAGE) as usize;
        let rows = sqlx::query(
            "SELECT record_key FROM token_records WHERE tenant = $1 AND record_key > $2 ORDER BY record_key LIMIT $3",
        )
        .bind(cx.tenant.as_str())
        .bind(after.map_or("", |key| &*key.0))
        .bind(i64::try_from(limit + 1).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await
        .map_err(unanswered)?;
        let keys = rows
            .iter()
            .take(limit)
            .map(|row| row.try_get(0).map(RecordKey).map_err(damaged))
            .collect::<Result<_, _>>()?;
        Ok(RecordPage {
            keys,
            more: rows.len() > limit,
        })
    }
}

impl SqlTokens {
    /// Compare and swap in one statement; whether it was written.
    async fn write(
        &self,
        cx: &CallContext,
        key: &RecordKey,
        record: &SealedRecord,
        expected: Option<u64>,
    ) -> Result<bool, AdapterError> {
        let version = signed(record.version)?;
        let query = match expected {
            None => sqlx::query(
                "INSERT INTO token_records (tenant, record_key, version, sealed) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (tenant, record_key) DO NOTHING",
            ),
            Some(_) => sqlx::query(
                "UPDATE token_records SET version = $3, sealed = $4 \
                 WHERE tenant = $1 AND record_key = $2 AND version = $5",
            ),
        };
        let query = query
            .bind(cx.tenant.as_str())
            .bind(&*key.0)
            .bind(version)
            .bind(&record.sealed[..]);
        let query = match expected {
            None => query,
            Some(expected) => query.bind(signed(expected)?),
        };
        query
            .execute(&self.pool)
            .await
            .map(|done| done.rows_affected() == 1)
            .map_err(unanswered)
    }
}

fn record(row: &AnyRow) -> Result<SealedRecord, AdapterError> {
    let version: i64 = row.try_get(0).map_err(damaged)?;
    let sealed: Vec<u8> = row.try_get(1).map_err(damaged)?;
    Ok(SealedRecord {
        version: u64::try_from(version).map_err(damaged)?,
        sealed: sealed.into(),
    })
}

/// SQL knows no unsigned numbers.
fn signed(version: u64) -> Result<i64, AdapterError> {
    i64::try_from(version).map_err(|_| AdapterError::invalid("a record's version is too high"))
}

fn check_key(key: &RecordKey) -> Result<(), AdapterError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if (1..=MAX_KEY).contains(&key.0.len()) && key.0.bytes().all(plain) {
        Ok(())
    } else {
        Err(AdapterError::invalid(
            "a record key is 1 to 200 letters, digits, `-`, `_` and `.`",
        ))
    }
}

fn unanswered(error: sqlx::Error) -> AdapterError {
    AdapterError::unavailable("the token database does not answer").caused_by(error)
}

fn damaged(error: impl std::error::Error + Send + Sync + 'static) -> AdapterError {
    AdapterError::new(ErrorKind::Other, "a token record can't be read").caused_by(error)
}

//! Signed documents on their way back into the host app.

use async_trait::async_trait;
use ownhand_connector::{
    UnixMillis,
    id::SendId,
    ledger::{AuditLine, LedgerError, WriteBackDone, WriteBackPart, WriteBackRow, WriteBackStore},
};
use ownhand_spi::TenantId;
use sqlx::{Row as _, any::AnyRow};

use crate::{
    SqlLedger, audit,
    cells::{Cells, signed},
    fault::{Fault, one_row},
};

const TABLE: &str = "write_backs";

fn write_back_from(row: &AnyRow) -> Result<WriteBackRow, Fault> {
    let cells = Cells::new(TABLE, "send_id", row);
    let done = match (
        cells.optional_text("done_reference")?,
        cells.optional_text("done_sha256")?,
        cells.optional_number("done_length")?,
        cells.optional_number("done_at")?,
    ) {
        (None, None, None, None) => None,
        (Some(reference), Some(sha256), Some(length), Some(at)) => Some(WriteBackDone {
            reference,
            sha256,
            length: cells.narrowed("done_length", length)?,
            at: UnixMillis(at),
        }),
        _ => return Err(cells.inconsistent("it is half done")),
    };
    Ok(WriteBackRow {
        tenant: cells.tenant()?,
        send: cells.parsed("send_id")?,
        part: WriteBackPart {
            part: cells.text("part")?,
            reference: cells.text("reference")?,
        },
        attempts: cells.count("attempts")?,
        next_attempt_at: cells.time("next_attempt_at")?,
        last_error: cells.optional_text("last_error")?,
        done,
    })
}

/// A file's id in complaints.
fn name(send: SendId, part: &str) -> String {
    format!("{send}/{part}")
}

#[async_trait]
impl WriteBackStore for SqlLedger {
    async fn write_backs(
        &self,
        tenant: &TenantId,
        send: SendId,
    ) -> Result<Vec<WriteBackRow>, LedgerError> {
        self.run("reading a send's write-backs", async {
            sqlx::query(
                "SELECT * FROM write_backs WHERE tenant = $1 AND send_id = $2 ORDER BY part",
            )
            .bind(tenant.as_str())
            .bind(send.to_string())
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(write_back_from)
            .collect()
        })
        .await
    }

    async fn take_due_write_backs(
        &self,
        now: UnixMillis,
        until: UnixMillis,
        limit: u32,
    ) -> Result<Vec<WriteBackRow>, LedgerError> {
        self.run("taking due write-backs", async {
            let mut transaction = self.begin_write().await?;
            let rows = sqlx::query(
                "SELECT * FROM write_backs WHERE done_at IS NULL AND next_attempt_at <= $1 \
                 ORDER BY next_attempt_at, send_id, part LIMIT $2",
            )
            .bind(now.0)
            .bind(i64::from(limit))
            .fetch_all(&mut *transaction)
            .await?;
            let mut taken = Vec::with_capacity(rows.len());
            for row in &rows {
                let mut file = write_back_from(row)?;
                let done = sqlx::query(
                    "UPDATE write_backs SET next_attempt_at = $4 \
                     WHERE tenant = $1 AND send_id = $2 AND part = $3 AND done_at IS NULL AND next_attempt_at <= $5",
                )
                .bind(file.tenant.as_str())
                .bind(file.send.to_string())
                .bind(file.part.part.as_str())
                .bind(until.0)
                .bind(now.0)
                .execute(&mut *transaction)
                .await?;
                let id = name(file.send, &file.part.part);
                one_row(done.rows_affected(), TABLE, &file.tenant, &id)?;
                file.next_attempt_at = until;
                taken.push(file);
            }
            transaction.commit().await?;
            Ok(taken)
        })
        .await
    }

    async fn write_back_failed(
        &self,
        tenant: &TenantId,
        send: SendId,
        part: &str,
        error: &str,
        next_attempt_at: UnixMillis,
    ) -> Result<(), LedgerError> {
        self.run("counting a write-back's failed try", async {
            // A late complaint about a file that is back is only counted.
            let done = sqlx::query(
                "UPDATE write_backs SET attempts = attempts + 1, next_attempt_at = $5, \
                 last_error = CASE WHEN done_at IS NULL THEN $4 ELSE last_error END \
                 WHERE tenant = $1 AND send_id = $2 AND part = $3",
            )
            .bind(tenant.as_str())
            .bind(send.to_string())
            .bind(part)
            .bind(error)
            .bind(next_attempt_at.0)
            .execute(&self.pool)
            .await?;
            one_row(done.rows_affected(), TABLE, tenant, &name(send, part))
        })
        .await
    }

    async fn write_back_done(
        &self,
        tenant: &TenantId,
        send: SendId,
        part: &str,
        done: &WriteBackDone,
        audit: &AuditLine,
    ) -> Result<(), LedgerError> {
        self.run("finishing a write-back", async {
            let mut transaction = self.begin_write().await?;
            let (tenant_name, id) = (tenant.as_str(), send.to_string());
            let present = sqlx::query(
                "SELECT done_at FROM write_backs WHERE tenant = $1 AND send_id = $2 AND part = $3",
            )
            .bind(tenant_name)
            .bind(id.as_str())
            .bind(part)
            .fetch_optional(&mut *transaction)
            .await?
            .ok_or_else(|| Fault::missing(TABLE, tenant, &name(send, part)))?;
            if present.try_get::<Option<i64>, _>(0)?.is_none() {
                sqlx::query(
                    "UPDATE write_backs SET done_reference = $4, done_sha256 = $5, done_length = $6, done_at = $7, \
                     last_error = NULL WHERE tenant = $1 AND send_id = $2 AND part = $3",
                )
                .bind(tenant_name)
                .bind(id.as_str())
                .bind(part)
                .bind(done.reference.as_str())
                .bind(done.sha256.as_str())
                .bind(signed(done.length)?)
                .bind(done.at.0)
                .execute(&mut *transaction)
                .await?;
                audit::add(&mut transaction, audit).await?;
            }
            transaction.commit().await?;
            Ok(())
        })
        .await
    }
}

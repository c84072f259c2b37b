//! Who did what, for whom.

use async_trait::async_trait;
use ownhand_connector::ledger::{AuditLine, AuditLog, LedgerError};

use sqlx::AnyConnection;

use crate::{SqlLedger, cells::json_text, fault::Fault};

#[async_trait]
impl AuditLog for SqlLedger {
    async fn audit(&self, line: &AuditLine) -> Result<(), LedgerError> {
        self.run("adding to the audit", async {
            add(&mut *self.pool.acquire().await?, line).await
        })
        .await
    }
}

/// Adds a line, within whatever transaction the connection is in.
pub(crate) async fn add(connection: &mut AnyConnection, line: &AuditLine) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO audit (tenant, id, happened_at, issuer, subject, done_by, act, detail) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(line.tenant.as_str())
    .bind(line.id.to_string())
    .bind(line.at.0)
    .bind(line.issuer.as_str())
    .bind(line.subject.as_str())
    .bind(line.by)
    .bind(line.act.as_str())
    .bind(json_text(&line.detail)?)
    .execute(connection)
    .await?;
    Ok(())
}

//! Walks through the link pages, and ids that may be used once.

use async_trait::async_trait;
use ownhand_connector::{
    UnixMillis,
    ledger::{Digest, FlowRow, FlowStore, LedgerError, Phase},
};
use ownhand_spi::TenantId;
use sqlx::{AnyConnection, any::AnyRow};

use crate::{
    SqlLedger,
    cells::{Cells, bytes, json_text},
    fault::Fault,
    sqlite,
};

fn flow_from(row: &AnyRow) -> Result<FlowRow, Fault> {
    let cells = Cells::new("flows", "id", row);
    let phase = cells.text("phase")?;
    Ok(FlowRow {
        id: cells.parsed("id")?,
        tenant: cells.tenant()?,
        user: cells.json("host_user")?,
        phase: Phase::parse(&phase)
            .ok_or_else(|| cells.inconsistent(format!("no phase is called {phase:?}")))?,
        lookup: cells.digest("lookup")?,
        browser: cells.optional_digest("browser")?,
        data: cells.text("data")?,
        sealed: cells.optional_bytes("sealed")?,
        created_at: cells.time("created_at")?,
        expires_at: cells.time("expires_at")?,
    })
}

/// Replaces `from` by `to` if it still stands as it did, within whatever transaction the connection is in. Whether it did.
pub(crate) async fn advance(
    connection: &mut AnyConnection,
    from: &FlowRow,
    to: &FlowRow,
) -> Result<bool, Fault> {
    if (&from.tenant, from.id) != (&to.tenant, to.id) {
        return Err(Fault::Inconsistent(format!(
            "{}/{} can't become {}/{}",
            from.tenant, from.id, to.tenant, to.id
        )));
    }
    let done = sqlx::query(
        "UPDATE flows SET host_user = $5, phase = $6, lookup = $7, browser = $8, data = $9, sealed = $10, \
         created_at = $11, expires_at = $12 WHERE tenant = $1 AND id = $2 AND phase = $3 AND lookup = $4",
    )
    .bind(from.tenant.as_str())
    .bind(from.id.to_string())
    .bind(from.phase.as_str())
    .bind(bytes(from.lookup))
    .bind(json_text(&to.user)?)
    .bind(to.phase.as_str())
    .bind(bytes(to.lookup))
    .bind(to.browser.map(bytes))
    .bind(to.data.as_str())
    .bind(to.sealed.as_deref())
    .bind(to.created_at.0)
    .bind(to.expires_at.0)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

#[async_trait]
impl FlowStore for SqlLedger {
    async fn insert_flow(&self, flow: &FlowRow) -> Result<(), LedgerError> {
        self.run("writing a new walk", async {
            sqlx::query(
                "INSERT INTO flows (tenant, id, host_user, phase, lookup, browser, data, sealed, created_at, expires_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            )
            .bind(flow.tenant.as_str())
            .bind(flow.id.to_string())
            .bind(json_text(&flow.user)?)
            .bind(flow.phase.as_str())
            .bind(bytes(flow.lookup))
            .bind(flow.browser.map(bytes))
            .bind(flow.data.as_str())
            .bind(flow.sealed.as_deref())
            .bind(flow.created_at.0)
            .bind(flow.expires_at.0)
            .execute(&self.pool)
            .await?;
            Ok(())
        })
        .await
    }

    async fn find_flow(
        &self,
        tenant: &TenantId,
        phase: Phase,
        lookup: Digest,
    ) -> Result<Option<FlowRow>, LedgerError> {
        self.run("looking for a walk", async {
            sqlx::query("SELECT * FROM flows WHERE tenant = $1 AND phase = $2 AND lookup = $3")
                .bind(tenant.as_str())
                .bind(phase.as_str())
                .bind(bytes(lookup))
                .fetch_optional(&self.pool)
                .await?
                .as_ref()
                .map(flow_from)
                .transpose()
        })
        .await
    }

    async fn advance_flow(&self, from: &FlowRow, to: &FlowRow) -> Result<bool, LedgerError> {
        self.run("advancing a walk", async {
            advance(&mut *self.pool.acquire().await?, from, to).await
        })
        .await
    }

    async fn burn_credential(
        &self,
        tenant: &TenantId,
        issuer: &str,
        id: Digest,
        expires_at: UnixMillis,
    ) -> Result<bool, LedgerError> {
        self.run("burning a credential's id", async {
            let done = sqlx::query(
                "INSERT INTO burnt_credentials (tenant, issuer, id, expires_at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (tenant, issuer, id) DO NOTHING",
            )
            .bind(tenant.as_str())
            .bind(issuer)
            .bind(bytes(id))
            .bind(expires_at.0)
            .execute(&self.pool)
            .await?;
            Ok(done.rows_affected() == 1)
        })
        .await
    }

    async fn expire_flows(&self, now: UnixMillis) -> Result<Vec<FlowRow>, LedgerError> {
        self.run("ending expired walks", async {
            let confirming = Phase::Confirming.as_str();
            let ended = sqlx::query(
                "UPDATE flows SET phase = $1, sealed = NULL \
                 WHERE expires_at <= $2 AND sealed IS NOT NULL AND phase <> $3",
            )
            .bind(Phase::Dead.as_str())
            .bind(now.0)
            .bind(confirming)
            .execute(&self.pool)
            .await?
            .rows_affected();
            if ended > 0 {
                sqlite::empty_log(&self.pool).await?;
            }
            sqlx::query(
                "SELECT * FROM flows WHERE expires_at <= $1 AND phase = $2 ORDER BY expires_at",
            )
            .bind(now.0)
            .bind(confirming)
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(flow_from)
            .collect()
        })
        .await
    }

    async fn purge_flows(&self, before: UnixMillis) -> Result<u64, LedgerError> {
        self.run("erasing expired walks", async {
            // What is still being confirmed holds tokens, and is cleaned up first.
            let walks = sqlx::query("DELETE FROM flows WHERE expires_at < $1 AND phase <> $2")
                .bind(before.0)
                .bind(Phase::Confirming.as_str())
                .execute(&self.pool)
                .await?
                .rows_affected();
            sqlx::query("DELETE FROM burnt_credentials WHERE expires_at < $1")
                .bind(before.0)
                .execute(&self.pool)
                .await?;
            sqlite::empty_log(&self.pool).await?;
            Ok(walks)
        })
        .await
    }
}

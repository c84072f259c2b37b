//! Sends: from intent to completed envelope.

mod change;
mod start;

use async_trait::async_trait;
use ownhand_connector::{
    UnixMillis,
    id::{LinkId, SendId},
    ledger::{
        Digest, LedgerError, SendMove, SendRow, SendStatus, SendStore, SentDocument, Started,
    },
};
use ownhand_spi::{HostUser, TenantId};
use sqlx::any::AnyRow;

use crate::{
    SqlLedger,
    cells::Cells,
    fault::{Fault, one_row},
};

const TABLE: &str = "sends";

/// Comes after every id of a send.
const AFTER_ALL: &str = "snd_~";

fn send_from(row: &AnyRow) -> Result<SendRow, Fault> {
    let cells = Cells::new(TABLE, "id", row);
    let user: HostUser = cells.json("host_user")?;
    if user.issuer != cells.text("issuer")? || user.subject != cells.text("subject")? {
        return Err(cells.inconsistent("its user is not the one of its columns"));
    }
    let status = cells.text("status")?;
    let status = SendStatus::parse(&status)
        .ok_or_else(|| cells.inconsistent(format!("no status is called {status:?}")))?;
    if i64::from(status.rank()) != cells.number("status_rank")? {
        return Err(cells.inconsistent("its rank is not the one of its status"));
    }
    Ok(SendRow {
        id: cells.parsed("id")?,
        tenant: cells.tenant()?,
        user,
        link: cells.parsed("link_id")?,
        docusign_sub: cells.text("docusign_sub")?,
        account_id: cells.text("account_id")?,
        idempotency_key: cells.digest("idempotency_key")?,
        fingerprint: cells.digest("fingerprint")?,
        email_subject: cells.text("email_subject")?,
        documents: cells.json("documents")?,
        envelope_id: cells.optional_text("envelope_id")?,
        status,
        failure: cells.optional_text("failure")?,
        claimed_until: cells.time("claimed_until")?,
        next_check_at: cells.time("next_check_at")?,
        created_at: cells.time("created_at")?,
        updated_at: cells.time("updated_at")?,
    })
}

#[async_trait]
impl SendStore for SqlLedger {
    async fn start_send(&self, send: &SendRow) -> Result<Started, LedgerError> {
        self.run("writing a send down", start::start(self, send))
            .await
    }

    async fn send_of_key(
        &self,
        tenant: &TenantId,
        user: &HostUser,
        key: Digest,
    ) -> Result<Option<SendRow>, LedgerError> {
        self.run(
            "looking for a send by its key",
            start::by_key(self, (tenant, user), key),
        )
        .await
    }

    async fn send(&self, tenant: &TenantId, id: SendId) -> Result<Option<SendRow>, LedgerError> {
        self.run("reading a send", async {
            sqlx::query("SELECT * FROM sends WHERE tenant = $1 AND id = $2")
                .bind(tenant.as_str())
                .bind(id.to_string())
                .fetch_optional(&self.pool)
                .await?
                .as_ref()
                .map(send_from)
                .transpose()
        })
        .await
    }

    async fn send_of_envelope(
        &self,
        tenant: &TenantId,
        account_id: &str,
        envelope_id: &str,
    ) -> Result<Option<SendRow>, LedgerError> {
        self.run("reading an envelope's send", async {
            sqlx::query(
                "SELECT * FROM sends WHERE tenant = $1 AND account_id = $2 AND envelope_id = $3",
            )
            .bind(tenant.as_str())
            .bind(account_id)
            .bind(envelope_id)
            .fetch_optional(&self.pool)
            .await?
            .as_ref()
            .map(send_from)
            .transpose()
        })
        .await
    }

    async fn sends_of(
        &self,
        tenant: &TenantId,
        issuer: &str,
        subject: &str,
        before: Option<SendId>,
        limit: u32,
    ) -> Result<Vec<SendRow>, LedgerError> {
        self.run("listing a user's sends", async {
            sqlx::query(
                "SELECT * FROM sends WHERE tenant = $1 AND issuer = $2 AND subject = $3 AND id < $4 \
                 ORDER BY id DESC LIMIT $5",
            )
            .bind(tenant.as_str())
            .bind(issuer)
            .bind(subject)
            .bind(before.map_or_else(|| AFTER_ALL.to_owned(), |id| id.to_string()))
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(send_from)
            .collect()
        })
        .await
    }

    async fn open_sends(
        &self,
        tenant: &TenantId,
        link: LinkId,
    ) -> Result<Vec<SendRow>, LedgerError> {
        self.run("reading a link's open sends", async {
            sqlx::query(
                "SELECT * FROM sends WHERE tenant = $1 AND link_id = $2 AND status_rank < 9 ORDER BY id",
            )
            .bind(tenant.as_str())
            .bind(link.to_string())
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(send_from)
            .collect()
        })
        .await
    }

    async fn claim_send(
        &self,
        tenant: &TenantId,
        id: SendId,
        now: UnixMillis,
        until: UnixMillis,
    ) -> Result<bool, LedgerError> {
        self.run("claiming a send", async {
            let done = sqlx::query(
                "UPDATE sends SET claimed_until = $4 WHERE tenant = $1 AND id = $2 AND claimed_until <= $3",
            )
            .bind(tenant.as_str())
            .bind(id.to_string())
            .bind(now.0)
            .bind(until.0)
            .execute(&self.pool)
            .await?;
            Ok(done.rows_affected() == 1)
        })
        .await
    }

    async fn release_send(
        &self,
        tenant: &TenantId,
        id: SendId,
        next_check_at: UnixMillis,
    ) -> Result<(), LedgerError> {
        self.run("letting go of a send", async {
            let done = sqlx::query(
                "UPDATE sends SET claimed_until = 0, next_check_at = $3 WHERE tenant = $1 AND id = $2",
            )
            .bind(tenant.as_str())
            .bind(id.to_string())
            .bind(next_check_at.0)
            .execute(&self.pool)
            .await?;
            one_row(done.rows_affected(), TABLE, tenant, &id)
        })
        .await
    }

    async fn commit_envelope(
        &self,
        tenant: &TenantId,
        id: SendId,
        envelope_id: &str,
        documents: &[SentDocument],
        at: UnixMillis,
    ) -> Result<String, LedgerError> {
        self.run(
            "committing a send to an envelope",
            change::commit(self, (tenant, id), envelope_id, documents, at),
        )
        .await
    }

    async fn move_send(
        &self,
        tenant: &TenantId,
        id: SendId,
        step: SendMove<'_>,
    ) -> Result<bool, LedgerError> {
        self.run(
            "moving a send forward",
            change::advance(self, (tenant, id), step),
        )
        .await
    }

    async fn due_sends(&self, now: UnixMillis, limit: u32) -> Result<Vec<SendRow>, LedgerError> {
        self.run("reading due sends", async {
            sqlx::query(
                "SELECT * FROM sends WHERE status_rank < 9 AND next_check_at <= $1 AND claimed_until <= $1 \
                 ORDER BY next_check_at, id LIMIT $2",
            )
            .bind(now.0)
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(send_from)
            .collect()
        })
        .await
    }
}

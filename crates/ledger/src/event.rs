//! The durable inbox of DocuSign's events.

use async_trait::async_trait;
use ownhand_connector::{
    UnixMillis,
    ledger::{EventRow, Inbox, LedgerError},
};
use sqlx::any::AnyRow;

use crate::{
    SqlLedger,
    cells::{Cells, bytes},
    fault::{Fault, one_row},
};

const TABLE: &str = "events";

fn event_from(row: &AnyRow) -> Result<EventRow, Fault> {
    let cells = Cells::new(TABLE, "id", row);
    Ok(EventRow {
        id: cells.parsed("id")?,
        tenant: cells.tenant()?,
        dedup: cells.digest("dedup")?,
        account_id: cells.text("account_id")?,
        envelope_id: cells.text("envelope_id")?,
        event: cells.text("name")?,
        received_at: cells.time("received_at")?,
        attempts: cells.count("attempts")?,
    })
}

#[async_trait]
impl Inbox for SqlLedger {
    async fn receive_event(&self, event: &EventRow) -> Result<bool, LedgerError> {
        self.run("writing an event down", async {
            let done = sqlx::query(
                "INSERT INTO events (tenant, id, dedup, account_id, envelope_id, name, received_at, attempts, next_attempt_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7) ON CONFLICT (tenant, dedup) DO NOTHING",
            )
            .bind(event.tenant.as_str())
            .bind(event.id.to_string())
            .bind(bytes(event.dedup))
            .bind(event.account_id.as_str())
            .bind(event.envelope_id.as_str())
            .bind(event.event.as_str())
            .bind(event.received_at.0)
            .bind(i64::from(event.attempts))
            .execute(&self.pool)
            .await?;
            Ok(done.rows_affected() == 1)
        })
        .await
    }

    async fn take_due_events(
        &self,
        now: UnixMillis,
        until: UnixMillis,
        limit: u32,
    ) -> Result<Vec<EventRow>, LedgerError> {
        self.run("taking due events", async {
            let mut transaction = self.begin_write().await?;
            let rows = sqlx::query(
                "SELECT * FROM events WHERE done_at IS NULL AND next_attempt_at <= $1 \
                 ORDER BY next_attempt_at, received_at, id LIMIT $2",
            )
            .bind(now.0)
            .bind(i64::from(limit))
            .fetch_all(&mut *transaction)
            .await?;
            let mut taken = Vec::with_capacity(rows.len());
            for row in &rows {
                let event = event_from(row)?;
                let done = sqlx::query(
                    "UPDATE events SET next_attempt_at = $3 \
                     WHERE tenant = $1 AND id = $2 AND done_at IS NULL AND next_attempt_at <= $4",
                )
                .bind(event.tenant.as_str())
                .bind(event.id.to_string())
                .bind(until.0)
                .bind(now.0)
                .execute(&mut *transaction)
                .await?;
                one_row(done.rows_affected(), TABLE, &event.tenant, &event.id)?;
                taken.push(event);
            }
            transaction.commit().await?;
            Ok(taken)
        })
        .await
    }

    async fn event_failed(
        &self,
        event: &EventRow,
        next_attempt_at: UnixMillis,
    ) -> Result<(), LedgerError> {
        self.run("counting an event's failed try", async {
            let done = sqlx::query(
                "UPDATE events SET attempts = attempts + 1, next_attempt_at = $3 WHERE tenant = $1 AND id = $2",
            )
            .bind(event.tenant.as_str())
            .bind(event.id.to_string())
            .bind(next_attempt_at.0)
            .execute(&self.pool)
            .await?;
            one_row(done.rows_affected(), TABLE, &event.tenant, &event.id)
        })
        .await
    }

    async fn event_done(&self, event: &EventRow, at: UnixMillis) -> Result<(), LedgerError> {
        self.run("finishing an event", async {
            let done = sqlx::query(
                "UPDATE events SET done_at = COALESCE(done_at, $3) WHERE tenant = $1 AND id = $2",
            )
            .bind(event.tenant.as_str())
            .bind(event.id.to_string())
            .bind(at.0)
            .execute(&self.pool)
            .await?;
            one_row(done.rows_affected(), TABLE, &event.tenant, &event.id)
        })
        .await
    }
}

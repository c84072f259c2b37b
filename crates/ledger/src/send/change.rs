//! Changes of a send that only one caller may win.

use ownhand_connector::{
    UnixMillis,
    id::SendId,
    ledger::{SendMove, SendStatus, SentDocument, WriteBackPart},
};
use ownhand_spi::TenantId;
use sqlx::{AnyConnection, Row as _};

use super::{TABLE, send_from};
use crate::{SqlLedger, audit, cells::json_text, fault::Fault};

/// Which send.
type Key<'a> = (&'a TenantId, SendId);

/// See `SendStore::commit_envelope`.
pub(super) async fn commit(
    ledger: &SqlLedger,
    (tenant, id): Key<'_>,
    envelope_id: &str,
    documents: &[SentDocument],
    at: UnixMillis,
) -> Result<String, Fault> {
    let draft = SendStatus::Draft;
    let done = sqlx::query(
        "UPDATE sends SET envelope_id = $3, documents = $4, status = $5, status_rank = $6, updated_at = $7 \
         WHERE tenant = $1 AND id = $2 AND envelope_id IS NULL AND status_rank <= $6",
    )
    .bind(tenant.as_str())
    .bind(id.to_string())
    .bind(envelope_id)
    .bind(json_text(&documents)?)
    .bind(draft.as_str())
    .bind(i64::from(draft.rank()))
    .bind(at.0)
    .execute(&ledger.pool)
    .await?;
    if done.rows_affected() == 1 {
        return Ok(envelope_id.to_owned());
    }
    // A commitment never changes, so it may be read after the fact.
    let row = sqlx::query("SELECT * FROM sends WHERE tenant = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(id.to_string())
        .fetch_optional(&ledger.pool)
        .await?
        .ok_or_else(|| Fault::missing(TABLE, tenant, &id))?;
    let send = send_from(&row)?;
    send.envelope_id.ok_or_else(|| {
        Fault::Inconsistent(format!(
            "the send {tenant}/{id} is {} and committed to no envelope",
            send.status.as_str()
        ))
    })
}

/// See `SendStore::move_send`.
pub(super) async fn advance(
    ledger: &SqlLedger,
    (tenant, id): Key<'_>,
    step: SendMove<'_>,
) -> Result<bool, Fault> {
    let rank = i64::from(step.status.rank());
    let mut transaction = ledger.begin_write().await?;
    let before: i64 = sqlx::query("SELECT status_rank FROM sends WHERE tenant = $1 AND id = $2")
        .bind(tenant.as_str())
        .bind(id.to_string())
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or_else(|| Fault::missing(TABLE, tenant, &id))?
        .try_get(0)?;
    if before >= rank {
        transaction.rollback().await?;
        return Ok(false);
    }
    sqlx::query(
        "UPDATE sends SET status = $3, status_rank = $4, failure = $5, updated_at = $6 WHERE tenant = $1 AND id = $2",
    )
    .bind(tenant.as_str())
    .bind(id.to_string())
    .bind(step.status.as_str())
    .bind(rank)
    .bind(step.failure)
    .bind(step.at.0)
    .execute(&mut *transaction)
    .await?;
    for part in step.write_back {
        plan(&mut transaction, (tenant, id), part, step.at).await?;
    }
    if let Some(line) = step.sent
        && before < i64::from(SendStatus::Sent.rank())
    {
        audit::add(&mut transaction, line).await?;
    }
    transaction.commit().await?;
    Ok(true)
}

/// Writes down that a file is to be brought back, due at once.
async fn plan(
    connection: &mut AnyConnection,
    (tenant, id): Key<'_>,
    part: &WriteBackPart,
    at: UnixMillis,
) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO write_backs (tenant, send_id, part, reference, attempts, next_attempt_at) \
         VALUES ($1, $2, $3, $4, 0, $5)",
    )
    .bind(tenant.as_str())
    .bind(id.to_string())
    .bind(part.part.as_str())
    .bind(part.reference.as_str())
    .bind(at.0)
    .execute(connection)
    .await?;
    Ok(())
}

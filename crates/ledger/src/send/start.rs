//! Writing a send down, once for each idempotency key.

use ownhand_connector::ledger::{Digest, SendRow, Started};
use ownhand_spi::{HostUser, TenantId};

use super::{TABLE, send_from};
use crate::{
    SqlLedger,
    cells::{bytes, json_text},
    fault::Fault,
};

/// See `SendStore::start_send`.
pub(super) async fn start(ledger: &SqlLedger, send: &SendRow) -> Result<Started, Fault> {
    let done = sqlx::query(
        "INSERT INTO sends (tenant, id, issuer, subject, host_user, link_id, account_id, idempotency_key, fingerprint, \
         email_subject, documents, envelope_id, status, status_rank, failure, claimed_until, next_check_at, created_at, \
         updated_at, docusign_sub) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) \
         ON CONFLICT (tenant, issuer, subject, idempotency_key) DO NOTHING",
    )
    .bind(send.tenant.as_str())
    .bind(send.id.to_string())
    .bind(send.user.issuer.as_str())
    .bind(send.user.subject.as_str())
    .bind(json_text(&send.user)?)
    .bind(send.link.to_string())
    .bind(send.account_id.as_str())
    .bind(bytes(send.idempotency_key))
    .bind(bytes(send.fingerprint))
    .bind(send.email_subject.as_str())
    .bind(json_text(&send.documents)?)
    .bind(send.envelope_id.as_deref())
    .bind(send.status.as_str())
    .bind(i64::from(send.status.rank()))
    .bind(send.failure.as_deref())
    .bind(send.claimed_until.0)
    .bind(send.next_check_at.0)
    .bind(send.created_at.0)
    .bind(send.updated_at.0)
    .bind(send.docusign_sub.as_str())
    .execute(&ledger.pool)
    .await?;
    if done.rows_affected() == 1 {
        return Ok(Started::New);
    }
    let present = by_key(ledger, (&send.tenant, &send.user), send.idempotency_key).await?;
    present
        .map(|send| Started::Existing(Box::new(send)))
        .ok_or_else(|| Fault::missing(TABLE, &send.tenant, &"(its idempotency key)"))
}

/// See `SendStore::send_of_key`.
pub(super) async fn by_key(
    ledger: &SqlLedger,
    (tenant, user): (&TenantId, &HostUser),
    key: Digest,
) -> Result<Option<SendRow>, Fault> {
    sqlx::query(
        "SELECT * FROM sends WHERE tenant = $1 AND issuer = $2 AND subject = $3 AND idempotency_key = $4",
    )
    .bind(tenant.as_str())
    .bind(user.issuer.as_str())
    .bind(user.subject.as_str())
    .bind(bytes(key))
    .fetch_optional(&ledger.pool)
    .await?
    .as_ref()
    .map(send_from)
    .transpose()
}

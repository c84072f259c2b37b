//! Writing a link, at the end of its walk.

use ownhand_connector::ledger::{Concluded, Conclusion};

use super::{TABLE, reason};
use crate::{
    SqlLedger, audit,
    cells::{json_text, signed},
    fault::{Fault, one_row},
    flow,
};

/// See `LinkStore::conclude_walk`.
pub(super) async fn conclude(ledger: &SqlLedger, end: Conclusion<'_>) -> Result<Concluded, Fault> {
    let link = end.link;
    if link.accounts.is_empty() {
        return Err(Fault::Inconsistent(format!(
            "the link {}/{} has no account",
            link.tenant, link.id
        )));
    }
    let mut transaction = ledger.begin_write().await?;
    if !flow::advance(&mut transaction, end.from, end.to).await? {
        transaction.rollback().await?;
        return Ok(Concluded::Gone);
    }
    if end.exclusive {
        let others = sqlx::query(
            "SELECT id FROM links WHERE tenant = $1 AND docusign_sub = $2 AND NOT (issuer = $3 AND subject = $4) LIMIT 1",
        )
        .bind(link.tenant.as_str())
        .bind(link.docusign_sub.as_str())
        .bind(link.user.issuer.as_str())
        .bind(link.user.subject.as_str())
        .fetch_all(&mut *transaction)
        .await?;
        if !others.is_empty() {
            transaction.rollback().await?;
            return Ok(Concluded::Taken);
        }
    }
    let done = sqlx::query(
        "INSERT INTO links (tenant, id, issuer, subject, host_user, docusign_sub, docusign_name, docusign_email, accounts, \
         default_account, scopes, relink_reason, token_version, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
         ON CONFLICT (tenant, issuer, subject) DO UPDATE SET \
         host_user = excluded.host_user, docusign_sub = excluded.docusign_sub, docusign_name = excluded.docusign_name, \
         docusign_email = excluded.docusign_email, accounts = excluded.accounts, \
         default_account = excluded.default_account, scopes = excluded.scopes, relink_reason = excluded.relink_reason, \
         token_version = CASE WHEN links.token_version < excluded.token_version \
         THEN excluded.token_version ELSE links.token_version END, \
         updated_at = excluded.updated_at WHERE links.id = excluded.id",
    )
    .bind(link.tenant.as_str())
    .bind(link.id.to_string())
    .bind(link.user.issuer.as_str())
    .bind(link.user.subject.as_str())
    .bind(json_text(&link.user)?)
    .bind(link.docusign_sub.as_str())
    .bind(link.docusign_name.as_str())
    .bind(link.docusign_email.as_str())
    .bind(json_text(&link.accounts)?)
    .bind(link.default_account.as_str())
    .bind(link.scopes.as_str())
    .bind(reason(link.state))
    .bind(signed(link.token_version)?)
    .bind(link.created_at.0)
    .bind(link.updated_at.0)
    .execute(&mut *transaction)
    .await?;
    // Nothing is changed when the user's present link has another id.
    one_row(done.rows_affected(), TABLE, &link.tenant, &link.id)?;
    audit::add(&mut transaction, end.audit).await?;
    transaction.commit().await?;
    Ok(Concluded::Linked)
}

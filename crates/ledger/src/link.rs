//! Links, without their tokens.

mod conclude;

use async_trait::async_trait;
use ownhand_connector::{
    UnixMillis,
    id::LinkId,
    ledger::{
        AuditLine, Concluded, Conclusion, DocusignAccount, LedgerError, LinkRow, LinkState,
        LinkStore, RelinkReason,
    },
};
use ownhand_spi::{HostUser, TenantId};
use sqlx::any::AnyRow;

use crate::{
    SqlLedger, audit,
    cells::{Cells, signed},
    fault::{Fault, one_row},
};

const TABLE: &str = "links";

fn link_from(row: &AnyRow) -> Result<LinkRow, Fault> {
    let cells = Cells::new(TABLE, "id", row);
    let user: HostUser = cells.json("host_user")?;
    if user.issuer != cells.text("issuer")? || user.subject != cells.text("subject")? {
        return Err(cells.inconsistent("its user is not the one of its columns"));
    }
    let accounts: Vec<DocusignAccount> = cells.json("accounts")?;
    if accounts.is_empty() {
        return Err(cells.inconsistent("it has no account"));
    }
    let state = match cells.optional_text("relink_reason")? {
        None => LinkState::Active,
        Some(text) => LinkState::NeedsRelink(
            RelinkReason::parse(&text)
                .ok_or_else(|| cells.inconsistent(format!("no reason is called {text:?}")))?,
        ),
    };
    Ok(LinkRow {
        id: cells.parsed("id")?,
        tenant: cells.tenant()?,
        user,
        docusign_sub: cells.text("docusign_sub")?,
        docusign_name: cells.text("docusign_name")?,
        docusign_email: cells.text("docusign_email")?,
        accounts,
        default_account: cells.text("default_account")?,
        scopes: cells.text("scopes")?,
        state,
        token_version: cells.count("token_version")?,
        created_at: cells.time("created_at")?,
        updated_at: cells.time("updated_at")?,
    })
}

/// A state as it is stored.
fn reason(state: LinkState) -> Option<&'static str> {
    match state {
        LinkState::Active => None,
        LinkState::NeedsRelink(reason) => Some(reason.as_str()),
    }
}

#[async_trait]
impl LinkStore for SqlLedger {
    async fn link_of(
        &self,
        tenant: &TenantId,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<LinkRow>, LedgerError> {
        self.run("reading a user's link", async {
            sqlx::query("SELECT * FROM links WHERE tenant = $1 AND issuer = $2 AND subject = $3")
                .bind(tenant.as_str())
                .bind(issuer)
                .bind(subject)
                .fetch_optional(&self.pool)
                .await?
                .as_ref()
                .map(link_from)
                .transpose()
        })
        .await
    }

    async fn link(&self, tenant: &TenantId, id: LinkId) -> Result<Option<LinkRow>, LedgerError> {
        self.run("reading a link", async {
            sqlx::query("SELECT * FROM links WHERE tenant = $1 AND id = $2")
                .bind(tenant.as_str())
                .bind(id.to_string())
                .fetch_optional(&self.pool)
                .await?
                .as_ref()
                .map(link_from)
                .transpose()
        })
        .await
    }

    async fn links_to(
        &self,
        tenant: &TenantId,
        docusign_sub: &str,
    ) -> Result<Vec<LinkRow>, LedgerError> {
        self.run("reading the links to a DocuSign user", async {
            sqlx::query("SELECT * FROM links WHERE tenant = $1 AND docusign_sub = $2 ORDER BY id")
                .bind(tenant.as_str())
                .bind(docusign_sub)
                .fetch_all(&self.pool)
                .await?
                .iter()
                .map(link_from)
                .collect()
        })
        .await
    }

    async fn links(
        &self,
        tenant: &TenantId,
        after: Option<LinkId>,
        limit: u32,
    ) -> Result<Vec<LinkRow>, LedgerError> {
        self.run("listing links", async {
            sqlx::query("SELECT * FROM links WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3")
                .bind(tenant.as_str())
                // Every id comes after the empty text.
                .bind(after.map_or_else(String::new, |id| id.to_string()))
                .bind(i64::from(limit))
                .fetch_all(&self.pool)
                .await?
                .iter()
                .map(link_from)
                .collect()
        })
        .await
    }

    async fn conclude_walk(&self, end: Conclusion<'_>) -> Result<Concluded, LedgerError> {
        self.run("making a link", conclude::conclude(self, end))
            .await
    }

    async fn link_died(
        &self,
        link: &LinkRow,
        seen: u64,
        reason: RelinkReason,
        audit: &AuditLine,
    ) -> Result<bool, LedgerError> {
        self.run("writing down that a link has died", async {
            let mut transaction = self.begin_write().await?;
            let done = sqlx::query(
                "UPDATE links SET relink_reason = $3, updated_at = $4 \
                 WHERE tenant = $1 AND id = $2 AND relink_reason IS NULL AND token_version <= $5",
            )
            .bind(link.tenant.as_str())
            .bind(link.id.to_string())
            .bind(reason.as_str())
            .bind(audit.at.0)
            .bind(signed(seen)?)
            .execute(&mut *transaction)
            .await?;
            let died = done.rows_affected() == 1;
            if died {
                audit::add(&mut transaction, audit).await?;
            }
            transaction.commit().await?;
            Ok(died)
        })
        .await
    }

    async fn set_default_account(
        &self,
        tenant: &TenantId,
        id: LinkId,
        account_id: &str,
        at: UnixMillis,
    ) -> Result<(), LedgerError> {
        self.run("changing a link's default account", async {
            let done = sqlx::query(
                "UPDATE links SET default_account = $3, updated_at = $4 WHERE tenant = $1 AND id = $2",
            )
            .bind(tenant.as_str())
            .bind(id.to_string())
            .bind(account_id)
            .bind(at.0)
            .execute(&self.pool)
            .await?;
            one_row(done.rows_affected(), TABLE, tenant, &id)
        })
        .await
    }

    async fn raise_token_version(
        &self,
        tenant: &TenantId,
        id: LinkId,
        version: u64,
    ) -> Result<(), LedgerError> {
        self.run("raising a link's token version", async {
            let done = sqlx::query(
                "UPDATE links SET token_version = CASE WHEN token_version < $3 THEN $3 ELSE token_version END \
                 WHERE tenant = $1 AND id = $2",
            )
            .bind(tenant.as_str())
            .bind(id.to_string())
            .bind(signed(version)?)
            .execute(&self.pool)
            .await?;
            one_row(done.rows_affected(), TABLE, tenant, &id)
        })
        .await
    }

    async fn remove_link(
        &self,
        tenant: &TenantId,
        id: LinkId,
        audit: &AuditLine,
    ) -> Result<bool, LedgerError> {
        self.run("removing a link", async {
            let mut transaction = self.begin_write().await?;
            let done = sqlx::query("DELETE FROM links WHERE tenant = $1 AND id = $2")
                .bind(tenant.as_str())
                .bind(id.to_string())
                .execute(&mut *transaction)
                .await?;
            let removed = done.rows_affected() == 1;
            if removed {
                audit::add(&mut transaction, audit).await?;
            }
            transaction.commit().await?;
            Ok(removed)
        })
        .await
    }
}

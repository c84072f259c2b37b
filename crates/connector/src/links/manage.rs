//! Seeing, changing and removing a link.

use ownhand_spi::{HostUser, TenantId};
use serde::Serialize;
use serde_json::json;

use crate::{
    Caller, Connector, Error,
    connector::Core,
    id::LinkId,
    ledger::{Act, AuditLine, DocusignAccount, LinkRow, LinkState},
};

/// The caller and their link.
#[derive(Clone, Debug, Serialize)]
pub struct Me {
    /// The tenant.
    pub tenant: String,
    /// The host user.
    pub user: HostUser,
    /// Their link, if there is one.
    pub link: Option<LinkSummary>,
}

/// A link, without anything secret.
#[derive(Clone, Debug, Serialize)]
pub struct LinkSummary {
    /// Its id.
    pub id: String,
    /// `active` or `needs_relink`.
    pub state: &'static str,
    /// Why it needs relinking.
    pub reason: Option<&'static str>,
    /// The host user's issuer.
    pub issuer: String,
    /// The host user's subject.
    pub subject: String,
    /// DocuSign's user id.
    pub docusign_sub: String,
    /// The DocuSign user's name.
    pub docusign_name: String,
    /// The DocuSign user's e-mail: what signers see as the sender's.
    pub docusign_email: String,
    /// The accounts they may send from.
    pub accounts: Vec<DocusignAccount>,
    /// The one they send from unless a call names another.
    pub default_account: String,
    /// When it was first made, RFC 3339.
    pub created_at: String,
    /// When it was last made or changed, RFC 3339.
    pub updated_at: String,
}

impl LinkSummary {
    /// The summary of a link.
    pub fn of(link: &LinkRow) -> Self {
        let (state, reason) = match link.state {
            LinkState::Active => ("active", None),
            LinkState::NeedsRelink(reason) => ("needs_relink", Some(reason.as_str())),
        };
        Self {
            id: link.id.to_string(),
            state,
            reason,
            issuer: link.user.issuer.clone(),
            subject: link.user.subject.clone(),
            docusign_sub: link.docusign_sub.clone(),
            docusign_name: link.docusign_name.clone(),
            docusign_email: link.docusign_email.clone(),
            accounts: link.accounts.clone(),
            default_account: link.default_account.clone(),
            created_at: link.created_at.rfc3339(),
            updated_at: link.updated_at.rfc3339(),
        }
    }
}

/// An envelope that has not ended when its sender's link is removed.
#[derive(Clone, Debug, Serialize)]
pub struct OpenEnvelope {
    /// The send.
    pub id: String,
    /// DocuSign's envelope, if there is one already.
    pub envelope_id: Option<String>,
    /// Where it stands.
    pub status: &'static str,
}

/// A link has been removed.
#[derive(Clone, Debug, Serialize)]
pub struct Unlinked {
    /// Whether there was one.
    pub was_linked: bool,
    /// Envelopes that go on at DocuSign, but whose signed copies wait until the user links again.
    pub open_envelopes: Vec<OpenEnvelope>,
    /// What DocuSign still honours.
    pub note: &'static str,
}

const NOTE: &str = "The stored tokens are erased here. DocuSign has no documented way for an application to revoke them: an access \
token already issued dies within 8 hours, and the user can withdraw the consent in their DocuSign profile under connected apps.";

impl Connector {
    /// The caller and their link.
    ///
    /// # Errors
    /// [`Error::Ledger`].
    pub async fn me(&self, caller: &Caller) -> Result<Me, Error> {
        let link = self
            .core
            .ledger
            .link_of(caller.tenant(), &caller.user.issuer, &caller.user.subject)
            .await?;
        Ok(Me {
            tenant: caller.tenant().to_string(),
            user: caller.user.clone(),
            link: link.as_ref().map(LinkSummary::of),
        })
    }

    /// Makes another account the one that the caller's sends go out from.
    ///
    /// # Errors
    /// [`Error::NotLinked`], [`Error::AccountNotAllowed`].
    pub async fn set_default_account(
        &self,
        caller: &Caller,
        account_id: &str,
    ) -> Result<(), Error> {
        let link = self.core.link_of(caller).await?;
        let account = Core::account(&link, account_id)?;
        caller.tenant.allow(&account.account_id)?;
        let at = self.core.ambient.now();
        Ok(self
            .core
            .ledger
            .set_default_account(caller.tenant(), link.id, &account.account_id, at)
            .await?)
    }

    /// Removes the caller's link.
    ///
    /// # Errors
    /// [`Error::Ledger`], [`Error::TokenStore`].
    pub async fn unlink(&self, caller: &Caller) -> Result<Unlinked, Error> {
        let link = self
            .core
            .ledger
            .link_of(caller.tenant(), &caller.user.issuer, &caller.user.subject)
            .await?;
        self.core.unlink(link, "user").await
    }

    /// A tenant's links, by id, at most `limit` after `after`: for the operator.
    ///
    /// # Errors
    /// [`Error::Ledger`].
    pub async fn links(
        &self,
        tenant: &TenantId,
        after: Option<LinkId>,
        limit: u32,
    ) -> Result<Vec<LinkRow>, Error> {
        Ok(self.core.ledger.links(tenant, after, limit).await?)
    }

    /// Removes a link by id: for the operator.
    ///
    /// # Errors
    /// [`Error::Ledger`], [`Error::TokenStore`].
    pub async fn revoke(&self, tenant: &TenantId, id: LinkId) -> Result<Unlinked, Error> {
        let link = self.core.ledger.link(tenant, id).await?;
        self.core.unlink(link, "operator").await
    }
}

impl Core {
    /// The caller's link.
    pub(crate) async fn link_of(&self, caller: &Caller) -> Result<LinkRow, Error> {
        self.ledger
            .link_of(caller.tenant(), &caller.user.issuer, &caller.user.subject)
            .await?
            .ok_or(Error::NotLinked)
    }

    async fn unlink(&self, link: Option<LinkRow>, by: &'static str) -> Result<Unlinked, Error> {
        let Some(link) = link else {
            return Ok(Unlinked {
                was_linked: false,
                open_envelopes: Vec::new(),
                note: NOTE,
            });
        };
        // A walk that is being confirmed would store tokens between the two steps.
        let _alone = self.alone_with(&link.tenant, &link.user).await;
        let open = self.ledger.open_sends(&link.tenant, link.id).await?;
        // The tokens go first: should the second step fail, the link is dead and a repeat removes it.
        self.vault.erase(&link).await?;
        let detail = json!({ "link": link.id.to_string(), "docusign_sub": link.docusign_sub, "open": open.len() });
        let audit = AuditLine::of(
            &self.ambient,
            &link.tenant,
            &link.user,
            by,
            Act::Unlinked,
            detail,
        );
        self.ledger
            .remove_link(&link.tenant, link.id, &audit)
            .await?;
        let open_envelopes = open
            .into_iter()
            .map(|send| OpenEnvelope {
                id: send.id.to_string(),
                envelope_id: send.envelope_id,
                status: send.status.as_str(),
            })
            .collect();
        Ok(Unlinked {
            was_linked: true,
            open_envelopes,
            note: NOTE,
        })
    }
}

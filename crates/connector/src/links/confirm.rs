//! The user confirms, or takes another DocuSign account, or leaves.

use ownhand_spi::{ExposeSecret, HostUser, SecretString, TenantId};
use serde_json::json;
use tokio::sync::OwnedMutexGuard;

use super::{
    begin::SCOPES,
    state::{DocusignUser, FlowData},
};
use crate::{
    Checkpoint, Connector, Error, Tenant, chain,
    connector::{Core, to_its_end},
    error::LinkRefusal,
    id::LinkId,
    ledger::{
        Act, AuditLine, Concluded, Conclusion, FlowRow, LedgerError, LinkRow, LinkState, Phase,
    },
    one_time,
    seal::SealError,
    tokens::StoredTokens,
};

/// What the confirm page's form sends.
#[derive(Debug)]
pub struct ConfirmForm {
    /// The page's CSRF token.
    pub csrf: SecretString,
    /// The account that sends shall go out from.
    pub account_id: String,
}

impl Connector {
    /// Makes the link that the confirm page shows. Answers the page to go to.
    ///
    /// # Errors
    /// [`Error::FlowGone`], [`Error::WrongBrowser`], [`Error::AccountNotAllowed`], [`Error::LinkRefused`].
    pub async fn confirm(
        &self,
        tenant: &str,
        token: &SecretString,
        browser: Option<&SecretString>,
        form: ConfirmForm,
    ) -> Result<SecretString, Error> {
        let (connector, tenant, token) = (self.clone(), tenant.to_owned(), token.clone());
        let browser = browser.cloned();
        to_its_end(&self.core.tasks, async move {
            connector
                .make_link(&tenant, &token, browser.as_ref(), form)
                .await
        })
        .await
    }

    async fn make_link(
        &self,
        tenant: &str,
        token: &SecretString,
        browser: Option<&SecretString>,
        form: ConfirmForm,
    ) -> Result<SecretString, Error> {
        let core = &self.core;
        let tenant = core.tenants.get(tenant)?;
        let (pending, data) = match core.pending(&tenant, token, browser, &form.csrf).await {
            // A double click, or the browser's second try after a crash: the decision has been taken already.
            Err(Error::FlowGone) => return core.resume(&tenant, token, browser).await,
            other => other?,
        };
        let _alone = core.alone_with(&tenant.id, &pending.user).await;
        let decided = core
            .decide(&tenant, token, &pending, data, &form.account_id)
            .await;
        match decided {
            Ok(confirming) => core.conclude(&tenant, token, &confirming).await,
            Err(Error::FlowGone) => core.resume(&tenant, token, browser).await,
            Err(error) => Err(error),
        }
    }

    /// Drops the pending tokens and sends the browser to DocuSign again, to sign in as somebody else.
    ///
    /// # Errors
    /// [`Error::FlowGone`], [`Error::WrongBrowser`].
    pub async fn use_another(
        &self,
        tenant: &str,
        token: &SecretString,
        browser: Option<&SecretString>,
        csrf: &SecretString,
    ) -> Result<SecretString, Error> {
        let tenant = self.core.tenants.get(tenant)?;
        let (flow, mut data) = self.core.pending(&tenant, token, browser, csrf).await?;
        data.docusign = None;
        data.force_login = true;
        data.sent_again = false;
        self.core.send_away(&flow, &flow, &data).await
    }

    /// Drops the pending tokens and ends the walk. Answers where the host app wants the browser back.
    ///
    /// # Errors
    /// [`Error::FlowGone`], [`Error::WrongBrowser`].
    pub async fn cancel(
        &self,
        tenant: &str,
        token: &SecretString,
        browser: Option<&SecretString>,
        csrf: &SecretString,
    ) -> Result<Option<String>, Error> {
        let tenant = self.core.tenants.get(tenant)?;
        let (flow, data) = self.core.pending(&tenant, token, browser, csrf).await?;
        self.core.end(&flow).await?;
        Ok(data.return_url)
    }
}

impl Core {
    /// The walk behind a confirm page, if form and browser belong together.
    async fn pending(
        &self,
        tenant: &Tenant,
        token: &SecretString,
        browser: Option<&SecretString>,
        csrf: &SecretString,
    ) -> Result<(FlowRow, FlowData), Error> {
        let flow = self
            .bound_flow(&tenant.id, Phase::Pending, token, browser)
            .await?;
        let expected = browser
            .map(|browser| one_time::csrf(browser, token))
            .ok_or(Error::WrongBrowser)?;
        let shown = one_time::digest_of(csrf);
        if csrf.expose_secret().is_empty() || !one_time::same(one_time::digest_of(&expected), shown)
        {
            return Err(Error::WrongBrowser);
        }
        let data = Core::data(&flow)?;
        Ok((flow, data))
    }

    /// Takes the decision down: from here on the walk ends with a link, and nobody can take another decision.
    async fn decide(
        &self,
        tenant: &Tenant,
        token: &SecretString,
        pending: &FlowRow,
        mut data: FlowData,
        account_id: &str,
    ) -> Result<FlowRow, Error> {
        let docusign = docusign_of(pending, &data)?;
        if !docusign
            .accounts
            .iter()
            .any(|account| account.account_id == account_id)
        {
            return Err(Error::AccountNotAllowed(account_id.to_owned()));
        }
        // The tenant's rules may have changed since the page was shown.
        tenant.allow(account_id)?;
        let user = &pending.user;
        if tenant.one_host_user_per_docusign_user {
            let holders = self.ledger.links_to(&tenant.id, &docusign.sub).await?;
            if holders.iter().any(|link| !link.is_of(user)) {
                self.end(pending).await?;
                return Err(Error::LinkRefused(LinkRefusal::TakenByAnother));
            }
        }
        let present = self
            .ledger
            .link_of(&tenant.id, &user.issuer, &user.subject)
            .await?;
        let id = present.map_or_else(|| LinkId::fresh(&self.ambient), |link| link.id);
        data.link = Some(id.to_string());
        data.confirmed_account = Some(account_id.to_owned());
        let tokens = self.open_flow_bytes(pending)?;
        let sealed = self.seal_flow_bytes(pending, Phase::Confirming, &tokens)?;
        let next = self.next(Phase::Confirming, token, self.limits.pending);
        let confirming = self.advance(pending, next, &data, Some(sealed)).await?;
        self.ambient.reached(Checkpoint::LinkConfirming);
        Ok(confirming)
    }

    /// Goes on with a walk whose decision was taken by another call, if it has not ended yet.
    async fn resume(
        &self,
        tenant: &Tenant,
        token: &SecretString,
        browser: Option<&SecretString>,
    ) -> Result<SecretString, Error> {
        let find = async || {
            self.bound_flow(&tenant.id, Phase::Confirming, token, browser)
                .await
        };
        let done = async || {
            self.bound_flow(&tenant.id, Phase::Done, token, browser)
                .await
                .map(|_| self.urls.done(&tenant.id, token))
        };
        let user = match find().await {
            Ok(flow) => flow.user,
            Err(Error::FlowGone) => return done().await,
            Err(error) => return Err(error),
        };
        let _alone = self.alone_with(&tenant.id, &user).await;
        // Whoever was at work on it may have finished while this call waited.
        match find().await {
            Ok(flow) => self.conclude(tenant, token, &flow).await,
            Err(Error::FlowGone) => done().await,
            Err(error) => Err(error),
        }
    }

    /// Stores the tokens, then writes the link and ends the walk in one step. Doing it again after a crash does no harm: until
    /// that step nobody can use the link with the new tokens.
    async fn conclude(
        &self,
        tenant: &Tenant,
        token: &SecretString,
        confirming: &FlowRow,
    ) -> Result<SecretString, Error> {
        let data = Self::data(confirming)?;
        let user = &confirming.user;
        let present = self
            .ledger
            .link_of(&tenant.id, &user.issuer, &user.subject)
            .await?;
        let mut link = self.link_to_make(confirming, &data, present.as_ref())?;
        // The user has linked by another walk since: this one's link would be a second one.
        if present
            .as_ref()
            .is_some_and(|present| present.id != link.id)
        {
            self.abandon(confirming).await?;
            return Err(Error::FlowGone);
        }
        let tokens = StoredTokens::from_bytes(&self.open_flow_bytes(confirming)?)
            .ok_or(SealError::Damaged)?;
        link.token_version = self.vault.install(&link, &tokens).await?;
        self.ambient.reached(Checkpoint::LinkStored);
        let act = if present.is_some() {
            Act::Relinked
        } else {
            Act::Linked
        };
        let detail = json!({
            "link": link.id.to_string(),
            "docusign_sub": link.docusign_sub,
            "docusign_email": link.docusign_email,
            "account": link.default_account,
        });
        let audit = AuditLine::of(&self.ambient, &tenant.id, user, "user", act, detail);
        let done = FlowRow {
            phase: Phase::Done,
            expires_at: self.ambient.now() + self.limits.pending,
            sealed: None,
            ..confirming.clone()
        };
        let end = Conclusion {
            from: confirming,
            to: &done,
            link: &link,
            exclusive: tenant.one_host_user_per_docusign_user,
            audit: &audit,
        };
        match self.ledger.conclude_walk(end).await? {
            Concluded::Linked => {
                self.vault.remember(&link, &tokens).await;
                let replaced = present.filter(|former| former.docusign_sub != link.docusign_sub);
                if let Some(former) = replaced {
                    // Only now: until here the former link works. Nothing leads to its tokens any more, so the new link stands
                    // even where they can't be erased.
                    if let Err(error) = self.vault.erase(&former).await {
                        tracing::error!(
                            tenant = %former.tenant, link = %former.id, docusign_sub = former.docusign_sub,
                            error = chain(&error), "the tokens of a replaced link could not be erased"
                        );
                    }
                }
                self.ambient.reached(Checkpoint::LinkConcluded);
                Ok(self.urls.done(&tenant.id, token))
            }
            Concluded::Taken => {
                self.abandon(confirming).await?;
                Err(Error::LinkRefused(LinkRefusal::TakenByAnother))
            }
            Concluded::Gone => Err(Error::FlowGone),
        }
    }

    /// Waits until no other call decides on this user's link.
    pub(crate) async fn alone_with(
        &self,
        tenant: &TenantId,
        user: &HostUser,
    ) -> OwnedMutexGuard<()> {
        let (tenant, issuer, subject) = (tenant.clone(), user.issuer.clone(), user.subject.clone());
        self.confirming.alone((tenant, issuer, subject)).await
    }

    /// Cleans up after a walk that was confirmed and never ended: its tokens go, unless its link stands after all.
    pub(crate) async fn abandon(&self, confirming: &FlowRow) -> Result<(), Error> {
        let data = Self::data(confirming)?;
        let user = &confirming.user;
        let present = self
            .ledger
            .link_of(&confirming.tenant, &user.issuer, &user.subject)
            .await?;
        let link = self.link_to_make(confirming, &data, present.as_ref())?;
        let stands = present
            .is_some_and(|link_| link_.id == link.id && link_.docusign_sub == link.docusign_sub);
        if !stands {
            self.vault.erase(&link).await?;
        }
        self.end(confirming).await
    }

    /// The link as it is to be written.
    fn link_to_make(
        &self,
        flow: &FlowRow,
        data: &FlowData,
        present: Option<&LinkRow>,
    ) -> Result<LinkRow, Error> {
        let docusign = docusign_of(flow, data)?;
        let undecided = || {
            LedgerError::inconsistent(format!("link walk {} is confirmed without a link", flow.id))
        };
        let id: LinkId = data
            .link
            .as_deref()
            .and_then(|id| id.parse().ok())
            .ok_or_else(undecided)?;
        let now = self.ambient.now();
        Ok(LinkRow {
            id,
            tenant: flow.tenant.clone(),
            user: flow.user.clone(),
            docusign_sub: docusign.sub,
            docusign_name: docusign.name,
            docusign_email: docusign.email,
            accounts: docusign.accounts,
            default_account: data.confirmed_account.clone().ok_or_else(undecided)?,
            scopes: SCOPES.join(" "),
            state: LinkState::Active,
            token_version: present.map_or(0, |link| link.token_version),
            created_at: present.map_or(now, |link| link.created_at),
            updated_at: now,
        })
    }
}

/// Who has signed in at DocuSign.
fn docusign_of(flow: &FlowRow, data: &FlowData) -> Result<DocusignUser, LedgerError> {
    data.docusign.clone().ok_or_else(|| {
        LedgerError::inconsistent(format!(
            "link walk {} is pending without a DocuSign user",
            flow.id
        ))
    })
}

//! The user confirms, or takes another DocuSign account, or leaves.

use ownhand_spi::{ExposeSecret, SecretString};
use serde_json::json;

use super::{begin::SCOPES, state::FlowData};
use crate::{
    Connector, Error, Tenant,
    connector::{Core, to_its_end},
    error::LinkRefusal,
    id::LinkId,
    ledger::{Act, FlowRow, LedgerError, LinkRow, LinkState, Phase, RelinkReason},
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
        to_its_end(async move {
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
        let (flow, mut data) = match core.pending(&tenant, token, browser, &form.csrf).await {
            // A double click: the first one did it.
            Err(Error::FlowGone) => {
                core.bound_flow(&tenant.id, Phase::Done, token, browser)
                    .await?;
                return Ok(core.urls.done(&tenant.id, token));
            }
            other => other?,
        };
        let (link, exclusive, act) = core
            .link_to_make(&tenant, &flow, &data, &form.account_id)
            .await?;
        let tokens =
            StoredTokens::from_bytes(&core.open_flow_bytes(&flow)?).ok_or(SealError::Damaged)?;
        // Not usable before its tokens are stored; a crash in between leaves a link that asks to be made anew.
        if !core.ledger.save_link(&link, exclusive).await? {
            core.end(&flow).await?;
            return Err(Error::LinkRefused(LinkRefusal::TakenByAnother));
        }
        core.vault.replace(&link, &tokens).await?;
        core.ledger
            .set_link_state(&tenant.id, link.id, LinkState::Active, core.ambient.now())
            .await?;
        let detail = json!({
            "link": link.id.to_string(),
            "docusign_sub": link.docusign_sub,
            "docusign_email": link.docusign_email,
            "account": link.default_account,
        });
        core.audit(&tenant, &flow.user, "user", act, detail).await?;
        data.confirmed_account = Some(link.default_account);
        let next = core.next(Phase::Done, token, core.limits.pending);
        match core.advance(&flow, next, &data, None).await {
            Ok(_) | Err(Error::FlowGone) => Ok(core.urls.done(&tenant.id, token)),
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

    /// The link as it is to be written, whether its DocuSign user must be free, and what the audit calls it.
    async fn link_to_make(
        &self,
        tenant: &Tenant,
        flow: &FlowRow,
        data: &FlowData,
        account_id: &str,
    ) -> Result<(LinkRow, bool, Act), Error> {
        let docusign = data.docusign.clone().ok_or_else(|| {
            LedgerError::inconsistent(format!(
                "link walk {} is pending without a DocuSign user",
                flow.id
            ))
        })?;
        let default_account = docusign
            .accounts
            .iter()
            .find(|account| account.account_id == account_id)
            .ok_or_else(|| Error::AccountNotAllowed(account_id.to_owned()))?
            .account_id
            .clone();
        let present = self
            .ledger
            .link_of(&tenant.id, &flow.user.issuer, &flow.user.subject)
            .await?;
        let act = if present.is_some() {
            Act::Relinked
        } else {
            Act::Linked
        };
        let now = self.ambient.now();
        let link = LinkRow {
            id: present
                .as_ref()
                .map_or_else(|| LinkId::fresh(&self.ambient), |link| link.id),
            tenant: tenant.id.clone(),
            user: flow.user.clone(),
            docusign_sub: docusign.sub,
            docusign_name: docusign.name,
            docusign_email: docusign.email,
            accounts: docusign.accounts,
            default_account,
            scopes: SCOPES.join(" "),
            state: LinkState::NeedsRelink(RelinkReason::TokensMissing),
            token_version: present.as_ref().map_or(0, |link| link.token_version),
            created_at: present.map_or(now, |link| link.created_at),
            updated_at: now,
        };
        Ok((link, tenant.one_host_user_per_docusign_user, act))
    }
}

//! What the link pages show.

use ownhand_spi::{HostUser, SecretString};

use crate::{
    Connector, Error,
    connector::Core,
    ledger::{DocusignAccount, LedgerError, Phase, RelinkReason},
    one_time,
};

/// A host user for people.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// Their name.
    pub name: Option<String>,
    /// Their e-mail.
    pub email: Option<String>,
    /// Their login.
    pub login: Option<String>,
}

impl Person {
    pub(super) fn of(user: &HostUser) -> Self {
        Self {
            name: user.name.clone(),
            email: user.email.clone(),
            login: user.login.clone().or_else(|| Some(user.subject.clone())),
        }
    }
}

/// The start page.
#[derive(Clone, Debug)]
pub struct StartView {
    /// The tenant's name.
    pub tenant_name: String,
    /// For whom the walk was started.
    pub person: Person,
    /// Why there must be a new link, when an old one has died.
    pub relink: Option<RelinkReason>,
    /// The e-mail of the DocuSign user linked so far.
    pub linked_as: Option<String>,
}

/// The confirm page.
#[derive(Clone, Debug)]
pub struct ConfirmView {
    /// The tenant's name.
    pub tenant_name: String,
    /// The host user.
    pub person: Person,
    /// The DocuSign user's name.
    pub docusign_name: String,
    /// The DocuSign user's e-mail.
    pub docusign_email: String,
    /// The accounts to choose from.
    pub accounts: Vec<DocusignAccount>,
    /// The one that is chosen already.
    pub preselected: String,
    /// The form's CSRF token.
    pub csrf: SecretString,
    /// The e-mail of another DocuSign user who is linked so far and would be replaced.
    pub replaces: Option<String>,
    /// Whether the DocuSign e-mail is another than the host user's.
    pub email_differs: bool,
}

/// What stands behind the address of a confirm page.
#[derive(Clone, Debug)]
pub enum ConfirmPage {
    /// The question.
    Ask(Box<ConfirmView>),
    /// It was answered: where the page after it is.
    Answered(SecretString),
}

/// The page after the confirmation.
#[derive(Clone, Debug)]
pub struct DoneView {
    /// The tenant's name.
    pub tenant_name: String,
    /// The host user.
    pub person: Person,
    /// The DocuSign user's name.
    pub docusign_name: String,
    /// The DocuSign user's e-mail.
    pub docusign_email: String,
    /// The account that sends go out from.
    pub account_name: String,
    /// Where the host app wants the browser back.
    pub return_url: Option<String>,
}

impl Connector {
    /// What the confirm page shows. A browser that comes back to it after the confirmation is led on.
    ///
    /// # Errors
    /// [`Error::FlowGone`], [`Error::WrongBrowser`].
    pub async fn view_confirm(
        &self,
        tenant: &str,
        token: &SecretString,
        browser: Option<&SecretString>,
    ) -> Result<ConfirmPage, Error> {
        let core = &self.core;
        let tenant = core.tenants.get(tenant)?;
        let mut found = Err(Error::FlowGone);
        // A walk that stands at "confirming" was interrupted; the user may answer once more.
        for phase in [Phase::Pending, Phase::Confirming, Phase::Done] {
            found = core.bound_flow(&tenant.id, phase, token, browser).await;
            if !matches!(found, Err(Error::FlowGone)) {
                break;
            }
        }
        let flow = found?;
        if flow.phase == Phase::Done {
            return Ok(ConfirmPage::Answered(core.urls.done(&tenant.id, token)));
        }
        let (Some(docusign), Some(browser)) = (Core::data(&flow)?.docusign, browser) else {
            return Err(LedgerError::inconsistent(format!(
                "link walk {} is pending without a DocuSign user",
                flow.id
            ))
            .into());
        };
        let present = core
            .ledger
            .link_of(&tenant.id, &flow.user.issuer, &flow.user.subject)
            .await?;
        let email_differs = flow
            .user
            .email
            .as_ref()
            .is_some_and(|email| !email.eq_ignore_ascii_case(&docusign.email));
        Ok(ConfirmPage::Ask(Box::new(ConfirmView {
            tenant_name: tenant.name.clone(),
            person: Person::of(&flow.user),
            replaces: present
                .filter(|link| link.docusign_sub != docusign.sub)
                .map(|link| link.docusign_email),
            docusign_name: docusign.name,
            docusign_email: docusign.email,
            accounts: docusign.accounts,
            preselected: docusign.preselected,
            csrf: one_time::csrf(browser, token),
            email_differs,
        })))
    }

    /// What the page after the confirmation shows.
    ///
    /// # Errors
    /// [`Error::FlowGone`], [`Error::WrongBrowser`].
    pub async fn view_done(
        &self,
        tenant: &str,
        token: &SecretString,
        browser: Option<&SecretString>,
    ) -> Result<DoneView, Error> {
        let tenant = self.core.tenants.get(tenant)?;
        let flow = self
            .core
            .bound_flow(&tenant.id, Phase::Done, token, browser)
            .await?;
        let data = Core::data(&flow)?;
        let (Some(docusign), Some(account)) = (data.docusign, data.confirmed_account) else {
            return Err(LedgerError::inconsistent(format!(
                "link walk {} is done without an account",
                flow.id
            ))
            .into());
        };
        let account_name = docusign
            .accounts
            .into_iter()
            .find(|candidate| candidate.account_id == account)
            .map(|account| account.name)
            .unwrap_or_default();
        Ok(DoneView {
            tenant_name: tenant.name.clone(),
            person: Person::of(&flow.user),
            docusign_name: docusign.name,
            docusign_email: docusign.email,
            account_name,
            return_url: data.return_url,
        })
    }
}

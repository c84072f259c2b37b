//! From the host app's button to DocuSign's door.

use ownhand_docusign::{
    PkceVerifier,
    oauth::{AuthorizeRequest, authorize_url},
};
use ownhand_spi::SecretString;
use url::Url;

use super::{
    state::{AwaySecrets, FlowData, Next},
    views::{Person, StartView},
};
use crate::{
    Caller, Checkpoint, Connector, Error, UnixMillis,
    connector::Core,
    id::FlowId,
    ledger::{FlowRow, LedgerError, LinkState, Phase},
    one_time,
};

/// What a linked user's tokens may do; `extended` lets them be renewed beyond 30 days (contract 1.5).
pub(super) const SCOPES: [&str; 2] = ["signature", "extended"];

/// A walk has been started.
#[derive(Debug)]
pub struct StartedLink {
    /// Where the host app sends its user's browser. Holds the ticket: it is for this user only.
    pub start_url: SecretString,
    /// Until when.
    pub expires_at: UnixMillis,
}

/// The browser goes to DocuSign.
#[derive(Debug)]
pub struct Begun {
    /// Where to.
    pub location: SecretString,
    /// The value of the cookie that binds this browser.
    pub browser: SecretString,
}

impl Connector {
    /// Starts a walk for the caller.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the return URL is not one of the tenant's.
    pub async fn start_link(
        &self,
        caller: &Caller,
        return_url: Option<&str>,
    ) -> Result<StartedLink, Error> {
        let core = &self.core;
        let return_url = caller.tenant.return_url(return_url)?.map(String::from);
        let present = core
            .ledger
            .link_of(caller.tenant(), &caller.user.issuer, &caller.user.subject)
            .await?;
        let data = FlowData {
            return_url,
            environment: core.oauth.environment().name().to_owned(),
            // Shared computers hold other people's DocuSign sessions.
            force_login: present.is_none(),
            relink: present.as_ref().and_then(|link| match link.state {
                LinkState::NeedsRelink(reason) => Some(reason),
                LinkState::Active => None,
            }),
            linked_as: present.map(|link| link.docusign_email),
            ..FlowData::default()
        };
        let ticket = one_time::fresh(&core.ambient);
        let now = core.ambient.now();
        let expires_at = now + core.limits.ticket;
        let flow = FlowRow {
            id: FlowId::fresh(&core.ambient),
            tenant: caller.tenant().clone(),
            user: caller.user.clone(),
            phase: Phase::Started,
            lookup: one_time::digest_of(&ticket),
            browser: None,
            data: serde_json::to_string(&data)
                .map_err(|e| LedgerError::new("the data of a link walk", e))?,
            sealed: None,
            created_at: now,
            expires_at,
        };
        core.ledger.insert_flow(&flow).await?;
        Ok(StartedLink {
            start_url: core.urls.start(caller.tenant(), &ticket),
            expires_at,
        })
    }

    /// What the start page shows. Looking consumes nothing: link previews must not burn tickets.
    ///
    /// # Errors
    /// [`Error::FlowGone`].
    pub async fn view_start(
        &self,
        tenant: &str,
        ticket: &SecretString,
    ) -> Result<StartView, Error> {
        let tenant = self.core.tenants.get(tenant)?;
        let flow = self.core.flow(&tenant.id, Phase::Started, ticket).await?;
        let data = Core::data(&flow)?;
        Ok(StartView {
            tenant_name: tenant.name.clone(),
            person: Person::of(&flow.user),
            relink: data.relink,
            linked_as: data.linked_as,
        })
    }

    /// Consumes the ticket, binds the browser and sends it to DocuSign. A browser that is bound already, by a walk in another
    /// tab, keeps its value: `present` is what its cookie holds.
    ///
    /// # Errors
    /// [`Error::FlowGone`].
    pub async fn begin(
        &self,
        tenant: &str,
        ticket: &SecretString,
        present: Option<SecretString>,
    ) -> Result<Begun, Error> {
        let tenant = self.core.tenants.get(tenant)?;
        let mut flow = self.core.flow(&tenant.id, Phase::Started, ticket).await?;
        let data = Core::data(&flow)?;
        let browser = present
            .filter(one_time::is_one)
            .unwrap_or_else(|| one_time::fresh(&self.core.ambient));
        let started = flow.clone();
        flow.browser = Some(one_time::digest_of(&browser));
        let location = self.core.send_away(&started, &flow, &data).await?;
        Ok(Begun { location, browser })
    }

    /// Sends the browser to DocuSign once more, after a code had expired.
    ///
    /// # Errors
    /// [`Error::FlowGone`], [`Error::WrongBrowser`].
    pub async fn again(
        &self,
        tenant: &str,
        token: &SecretString,
        browser: Option<&SecretString>,
    ) -> Result<SecretString, Error> {
        let tenant = self.core.tenants.get(tenant)?;
        let flow = self
            .core
            .bound_flow(&tenant.id, Phase::Again, token, browser)
            .await?;
        let data = Core::data(&flow)?;
        self.core.send_away(&flow, &flow, &data).await
    }
}

impl Core {
    /// Puts a walk into the phase in which its browser is at DocuSign; answers where to send it.
    pub(super) async fn send_away(
        &self,
        from: &FlowRow,
        bound: &FlowRow,
        data: &FlowData,
    ) -> Result<SecretString, Error> {
        let verifier = PkceVerifier::from_entropy(self.ambient.bytes());
        let state = self.state_for(bound);
        let redirect_uri = self.redirect_uri()?;
        let location = authorize_url(
            self.oauth.environment(),
            &AuthorizeRequest {
                client_id: self.oauth.client_id(),
                redirect_uri: &redirect_uri,
                state: &state,
                code_challenge: &verifier.challenge(),
                scopes: &SCOPES,
                prompt_login: data.force_login,
                login_hint: data.linked_as.as_deref().filter(|_| !data.force_login),
            },
        );
        let sealed = self.seal_flow(bound, Phase::Away, &AwaySecrets::of(&verifier))?;
        let to = FlowRow {
            phase: Phase::Away,
            lookup: one_time::digest_of(&state),
            expires_at: self.ambient.now() + self.limits.away,
            data: serde_json::to_string(data)
                .map_err(|e| LedgerError::new("the data of a link walk", e))?,
            sealed: Some(sealed),
            ..bound.clone()
        };
        if self.ledger.advance_flow(from, &to).await? {
            self.ambient.reached(Checkpoint::LinkAway);
            Ok(String::from(location).into())
        } else {
            Err(Error::FlowGone)
        }
    }

    /// DocuSign's redirect URI, exactly as registered on the integration key.
    pub(super) fn redirect_uri(&self) -> Result<Url, Error> {
        Url::parse(&self.urls.callback())
            .map_err(|e| Error::invalid("server.public_url", e.to_string()))
    }

    /// A `state`: the tenant's name, so that the one redirect URI leads to the right tenant, and a one-time value.
    fn state_for(&self, flow: &FlowRow) -> SecretString {
        use ownhand_spi::ExposeSecret;
        let value = one_time::fresh(&self.ambient);
        format!("{}.{}", flow.tenant, value.expose_secret()).into()
    }

    /// Where a walk goes on that stays in its data and has no secrets.
    pub(super) fn next(
        &self,
        phase: Phase,
        value: &SecretString,
        life: std::time::Duration,
    ) -> Next {
        Next {
            phase,
            lookup: one_time::digest_of(value),
            expires_at: self.ambient.now() + life,
        }
    }
}

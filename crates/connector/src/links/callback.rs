//! The browser comes back from DocuSign.

use ownhand_spi::{ExposeSecret, SecretString};

use super::state::{AwaySecrets, is_browser_of};
use crate::{Checkpoint, Connector, Error, connector::Core, ledger::Phase, one_time};

/// What DocuSign's redirect carries.
#[derive(Debug, Default)]
pub struct CallbackQuery {
    /// Our `state`.
    pub state: Option<SecretString>,
    /// The authorization code.
    pub code: Option<SecretString>,
    /// An OAuth error instead, e.g. `access_denied`.
    pub error: Option<String>,
}

impl Connector {
    /// Takes the browser back from DocuSign: parks the code sealed, and sends the browser to the host app with a handle. The
    /// code is not redeemed here: only the host app knows whether this browser's user is the one who started.
    ///
    /// # Errors
    /// [`Error::FlowGone`], [`Error::WrongBrowser`] (which ends the walk), [`Error::ConsentRefused`].
    pub async fn callback(
        &self,
        query: CallbackQuery,
        browser: Option<&SecretString>,
    ) -> Result<SecretString, Error> {
        let core = &self.core;
        let state = query.state.ok_or(Error::FlowGone)?;
        let (tenant, _) = state
            .expose_secret()
            .split_once('.')
            .ok_or(Error::FlowGone)?;
        let tenant = core.tenants.get(tenant).map_err(|_| Error::FlowGone)?;
        let flow = core.flow(&tenant.id, Phase::Away, &state).await?;
        if !is_browser_of(&flow, browser) {
            // A `state` in a foreign browser has been passed on: nobody may go on with it.
            core.end(&flow).await?;
            return Err(Error::WrongBrowser);
        }
        let data = Core::data(&flow)?;
        if data.environment != core.oauth.environment().name() {
            core.end(&flow).await?;
            return Err(Error::FlowGone);
        }
        let (None, Some(authorization)) = (query.error, query.code) else {
            core.end(&flow).await?;
            return Err(Error::ConsentRefused);
        };
        let handle = one_time::fresh(&core.ambient);
        let parked = core
            .open_flow::<AwaySecrets>(&flow)?
            .with_code(&authorization);
        let sealed = core.seal_flow(&flow, Phase::Returned, &parked)?;
        let next = core.next(Phase::Returned, &handle, core.limits.parked);
        core.advance(&flow, next, &data, Some(sealed)).await?;
        core.ambient.reached(Checkpoint::LinkReturned);
        let mut location = tenant.finish_url.clone();
        location
            .query_pairs_mut()
            .append_pair("handle", handle.expose_secret());
        Ok(String::from(location).into())
    }
}

//! The host app proves its user; only then is the code redeemed.

use ownhand_docusign::{
    AuthorizationCode, PkceVerifier,
    oauth::{OAuthErrorClass, TokenCallError, TokenSet},
};
use ownhand_spi::{DocusignIdentity, SecretString};

use super::{
    rules,
    state::{FlowData, ParkedSecrets},
};
use crate::{
    Caller, Checkpoint, Connector, Error, chain,
    connector::{Core, to_its_end},
    ledger::{FlowRow, Phase},
    one_time,
    tokens::StoredTokens,
};

/// The host app's user is proven.
#[derive(Debug)]
pub struct FinishedLink {
    /// Where the host app sends the same browser now.
    pub confirm_url: SecretString,
}

/// What became of a code.
enum Redeemed {
    Tokens(TokenSet),
    /// It had expired, or nobody knows whether it was used up.
    Spent,
    /// It was surely not used.
    Unspent(TokenCallError),
}

impl Connector {
    /// Finishes a walk with the handle that the browser brought to the host app, and the host app's credential of its signed-in
    /// user: only the host user who started may finish. Redeems the code at once and applies the tenant's rules.
    ///
    /// # Errors
    /// [`Error::FlowGone`], [`Error::WrongUser`] (which ends the walk), [`Error::LinkRefused`], [`Error::TokenEndpoint`] (the
    /// handle stays good if DocuSign did not see the code).
    pub async fn finish_link(
        &self,
        caller: &Caller,
        handle: &SecretString,
    ) -> Result<FinishedLink, Error> {
        let (connector, caller, handle) = (self.clone(), caller.clone(), handle.clone());
        to_its_end(&self.core.tasks, async move {
            connector.finish(&caller, &handle).await
        })
        .await
    }

    async fn finish(&self, caller: &Caller, handle: &SecretString) -> Result<FinishedLink, Error> {
        let core = &self.core;
        let tenant = caller.tenant();
        let parked = core.flow(tenant, Phase::Returned, handle).await?;
        if parked.user.issuer != caller.user.issuer || parked.user.subject != caller.user.subject {
            core.end(&parked).await?;
            tracing::warn!(tenant = %tenant, flow = %parked.id, "a link walk was finished by another user than the one who started it");
            return Err(Error::WrongUser);
        }
        let data = Core::data(&parked)?;
        // Asked before the code is redeemed: should the host app not know just now, nothing is spent.
        let cx = core.context(caller.tenant(), &caller.request_id);
        let known = caller
            .tenant
            .identity
            .docusign_identity(&cx, &caller.user)
            .await
            .map_err(Error::IdentityUnavailable)?;
        let secrets: ParkedSecrets = core.open_flow(&parked)?;
        let next = core.next(Phase::Redeeming, handle, core.limits.parked);
        let redeeming = core.advance(&parked, next, &data, None).await?;
        core.ambient.reached(Checkpoint::LinkRedeeming);
        match core.redeem(secrets).await? {
            Redeemed::Tokens(tokens) => {
                core.ambient.reached(Checkpoint::LinkRedeemed);
                core.judge(caller, &redeeming, data, (tokens, known)).await
            }
            Redeemed::Spent => core.start_over(&redeeming, data).await,
            Redeemed::Unspent(error) => {
                if !core.ledger.advance_flow(&redeeming, &parked).await? {
                    return Err(Error::FlowGone);
                }
                Err(Error::TokenEndpoint(error))
            }
        }
    }
}

impl Core {
    /// Redeems a code with the first client secret that is accepted.
    async fn redeem(&self, secrets: ParkedSecrets) -> Result<Redeemed, Error> {
        let code = AuthorizationCode::new(secrets.code);
        let verifier = PkceVerifier::new(secrets.verifier);
        let redirect_uri = self.redirect_uri()?;
        let mut refusal = None;
        for secret in self.client_secrets.iter() {
            match self
                .oauth
                .redeem(&code, &verifier, &redirect_uri, secret)
                .await
            {
                Ok(tokens) => {
                    self.vault.secret_worked();
                    return Ok(Redeemed::Tokens(tokens));
                }
                Err(TokenCallError::Definitive(error)) => refusal = Some(error),
                Err(error @ (TokenCallError::NotSent(_) | TokenCallError::ServerBusy { .. })) => {
                    return Ok(Redeemed::Unspent(error));
                }
                Err(error) => {
                    tracing::warn!(
                        error = chain(&error),
                        "the outcome of redeeming a code is unknown"
                    );
                    return Ok(Redeemed::Spent);
                }
            }
        }
        let refusal = refusal
            .ok_or_else(|| Error::invalid("docusign.client_secrets", "none is configured"))?;
        if refusal.class == OAuthErrorClass::InvalidGrant {
            tracing::info!(error = %refusal, "DocuSign refused a code; it has expired, or every client secret is wrong");
            return Ok(Redeemed::Spent);
        }
        Ok(Redeemed::Unspent(TokenCallError::Definitive(refusal)))
    }

    /// Sends the browser to DocuSign once more; a second time there is no third.
    async fn start_over(&self, flow: &FlowRow, mut data: FlowData) -> Result<FinishedLink, Error> {
        if data.sent_again {
            self.end(flow).await?;
            return Err(Error::FlowGone);
        }
        data.sent_again = true;
        data.force_login = false;
        let token = one_time::fresh(&self.ambient);
        let next = self.next(Phase::Again, &token, self.limits.pending);
        self.advance(flow, next, &data, None).await?;
        Ok(FinishedLink {
            confirm_url: self.urls.again(&flow.tenant, &token),
        })
    }

    /// Asks DocuSign who signed in, applies the rules, and keeps the tokens pending.
    async fn judge(
        &self,
        caller: &Caller,
        flow: &FlowRow,
        mut data: FlowData,
        (tokens, known): (TokenSet, DocusignIdentity),
    ) -> Result<FinishedLink, Error> {
        let info = match self.oauth.userinfo(&tokens.access_token).await {
            Ok(info) => info,
            Err(error) => {
                tracing::warn!(
                    error = chain(&error),
                    "userinfo failed after a code was redeemed"
                );
                return self.start_over(flow, data).await;
            }
        };
        let judged = rules::judge(
            &caller.tenant,
            &caller.user,
            &known,
            self.oauth.environment(),
            info,
        );
        let docusign = match judged {
            Ok(docusign) => docusign,
            Err(refusal) => {
                self.end(flow).await?;
                return Err(Error::LinkRefused(refusal));
            }
        };
        data.docusign = Some(docusign);
        let pending = StoredTokens::of(tokens, None, self.ambient.now()).to_bytes();
        let sealed = self.seal_flow_bytes(flow, Phase::Pending, &pending)?;
        let token = one_time::fresh(&self.ambient);
        let next = self.next(Phase::Pending, &token, self.limits.pending);
        // The walk now carries the user as proven just now.
        let proven = FlowRow {
            user: caller.user.clone(),
            ..flow.clone()
        };
        self.advance(&proven, next, &data, Some(sealed)).await?;
        self.ambient.reached(Checkpoint::LinkPending);
        Ok(FinishedLink {
            confirm_url: self.urls.confirm(&flow.tenant, &token),
        })
    }
}

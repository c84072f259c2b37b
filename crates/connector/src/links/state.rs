//! What a walk remembers, and how it moves from phase to phase.

use ownhand_docusign::PkceVerifier;
use ownhand_spi::{SecretString, TenantId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::{
    Error, UnixMillis,
    connector::Core,
    ledger::{Digest, DocusignAccount, FlowRow, LedgerError, Phase, RelinkReason},
    one_time,
    seal::{Place, SealError},
};

/// The open part of a walk.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct FlowData {
    /// Where the browser goes after the confirmation.
    pub(super) return_url: Option<String>,
    /// The name of the DocuSign environment; a callback of another one is refused.
    pub(super) environment: String,
    /// Whether DocuSign must ask for a login, whatever session the browser holds.
    pub(super) force_login: bool,
    /// Whether the browser was sent to DocuSign a second time already because a code had expired.
    pub(super) sent_again: bool,
    /// Why there must be a new link, when an old one has died.
    pub(super) relink: Option<RelinkReason>,
    /// The e-mail of the DocuSign user linked so far.
    pub(super) linked_as: Option<String>,
    /// Who has signed in at DocuSign, once known.
    pub(super) docusign: Option<DocusignUser>,
    /// The id of the link that a confirmed walk makes.
    #[serde(default)]
    pub(super) link: Option<String>,
    /// The account that was confirmed.
    pub(super) confirmed_account: Option<String>,
}

/// Who has signed in at DocuSign.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct DocusignUser {
    pub(super) sub: String,
    pub(super) name: String,
    pub(super) email: String,
    /// The accounts that the tenant's rules leave.
    pub(super) accounts: Vec<DocusignAccount>,
    pub(super) preselected: String,
}

/// The secret part of a walk while the browser is away.
#[derive(Serialize, Deserialize)]
pub(super) struct AwaySecrets {
    verifier: String,
}

impl AwaySecrets {
    pub(super) fn of(verifier: &PkceVerifier) -> Self {
        Self {
            verifier: verifier.expose().to_owned(),
        }
    }

    pub(super) fn with_code(self, code: &SecretString) -> ParkedSecrets {
        use ownhand_spi::ExposeSecret;
        ParkedSecrets {
            verifier: self.verifier,
            code: code.expose_secret().to_owned(),
        }
    }
}

/// The secret part of a walk while the code is parked.
#[derive(Serialize, Deserialize)]
pub(super) struct ParkedSecrets {
    pub(super) verifier: String,
    pub(super) code: String,
}

/// How the next phase begins.
pub(super) struct Next {
    pub(super) phase: Phase,
    pub(super) lookup: Digest,
    pub(super) expires_at: UnixMillis,
}

impl Core {
    /// The walk that stands in `phase` with this one-time value, if it is still in time.
    pub(super) async fn flow(
        &self,
        tenant: &TenantId,
        phase: Phase,
        value: &SecretString,
    ) -> Result<FlowRow, Error> {
        let flow = self
            .ledger
            .find_flow(tenant, phase, one_time::digest_of(value))
            .await?
            .ok_or(Error::FlowGone)?;
        if flow.expires_at <= self.ambient.now() {
            Err(Error::FlowGone)
        } else {
            Ok(flow)
        }
    }

    /// The same, and the browser must be the one that began.
    pub(super) async fn bound_flow(
        &self,
        tenant: &TenantId,
        phase: Phase,
        value: &SecretString,
        browser: Option<&SecretString>,
    ) -> Result<FlowRow, Error> {
        let flow = self.flow(tenant, phase, value).await?;
        if is_browser_of(&flow, browser) {
            Ok(flow)
        } else {
            Err(Error::WrongBrowser)
        }
    }

    pub(super) fn data(flow: &FlowRow) -> Result<FlowData, Error> {
        serde_json::from_str(&flow.data)
            .map_err(|e| LedgerError::new(format!("the data of link walk {}", flow.id), e).into())
    }

    /// Seals a walk's secrets for a phase.
    pub(super) fn seal_flow(
        &self,
        flow: &FlowRow,
        phase: Phase,
        secrets: &impl Serialize,
    ) -> Result<Vec<u8>, Error> {
        let plain = Zeroizing::new(serde_json::to_vec(secrets).map_err(|_| SealError::Provider)?);
        self.seal_flow_bytes(flow, phase, &plain)
    }

    /// The same for secrets that are bytes already.
    pub(super) fn seal_flow_bytes(
        &self,
        flow: &FlowRow,
        phase: Phase,
        plain: &[u8],
    ) -> Result<Vec<u8>, Error> {
        Ok(self.keys.seal(
            &self.ambient,
            place(flow, phase, &flow.id.to_string()),
            plain,
        )?)
    }

    /// Opens the secrets of the phase in which a walk stands.
    pub(super) fn open_flow<T: DeserializeOwned>(&self, flow: &FlowRow) -> Result<T, Error> {
        let plain = self.open_flow_bytes(flow)?;
        Ok(serde_json::from_slice(&plain).map_err(|_| SealError::Damaged)?)
    }

    /// The same for secrets that are bytes.
    pub(super) fn open_flow_bytes(&self, flow: &FlowRow) -> Result<Zeroizing<Vec<u8>>, Error> {
        let sealed = flow.sealed.as_deref().ok_or(SealError::Damaged)?;
        Ok(self
            .keys
            .open(place(flow, flow.phase, &flow.id.to_string()), sealed)?)
    }

    /// Moves a walk on; whoever comes second finds it gone.
    pub(super) async fn advance(
        &self,
        from: &FlowRow,
        next: Next,
        data: &FlowData,
        sealed: Option<Vec<u8>>,
    ) -> Result<FlowRow, Error> {
        let to = FlowRow {
            phase: next.phase,
            lookup: next.lookup,
            expires_at: next.expires_at,
            data: serde_json::to_string(data)
                .map_err(|e| LedgerError::new("the data of a link walk", e))?,
            sealed,
            ..from.clone()
        };
        if self.ledger.advance_flow(from, &to).await? {
            Ok(to)
        } else {
            Err(Error::FlowGone)
        }
    }

    /// Ends a walk without a link, and erases its secrets.
    pub(super) async fn end(&self, flow: &FlowRow) -> Result<(), Error> {
        let dead = FlowRow {
            phase: Phase::Dead,
            sealed: None,
            ..flow.clone()
        };
        // Somebody else may have moved it on meanwhile; then it is theirs.
        self.ledger
            .advance_flow(flow, &dead)
            .await
            .map(drop)
            .map_err(Into::into)
    }
}

/// Whether a browser showed the cookie that this walk gave out.
pub(super) fn is_browser_of(flow: &FlowRow, browser: Option<&SecretString>) -> bool {
    match (flow.browser, browser) {
        (Some(known), Some(shown)) => one_time::same(known, one_time::digest_of(shown)),
        _ => false,
    }
}

fn place<'a>(flow: &'a FlowRow, phase: Phase, name: &'a str) -> Place<'a> {
    Place {
        tenant: &flow.tenant,
        purpose: phase.as_str(),
        name,
        version: 1,
    }
}

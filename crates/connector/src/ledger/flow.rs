//! Walks through the link pages, and ids that may be used once.

use std::fmt;

use async_trait::async_trait;
use ownhand_spi::{HostUser, TenantId};

use super::LedgerError;
use crate::{UnixMillis, id::FlowId};

/// SHA-256 of a one-time value: the ledger never holds the value itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({})", hex::encode(&self.0[..4]))
    }
}

/// Where a walk stands. Each phase is entered once, by compare-and-swap, with its own one-time value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The ticket is out; its start page may be looked at. One-time value: the ticket.
    Started,
    /// The browser is at DocuSign. One-time value: the `state`.
    Away,
    /// The browser came back with a code, which is parked. One-time value: the handle for the host app.
    Returned,
    /// The host app has proven its user, and the code is being redeemed. One-time value: the handle, now burnt.
    Redeeming,
    /// The code had expired after a proven finish; the browser is sent once more. One-time value: for the "again" page.
    Again,
    /// The tokens are there and wait for the user's confirmation. One-time value: for the confirm page.
    Pending,
    /// Confirmed; the tokens go into the token store. The same value as for the confirm page.
    Confirming,
    /// Linked. The same value as for the confirm page.
    Done,
    /// Over without a link.
    Dead,
}

impl Phase {
    /// The phase as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Away => "away",
            Self::Returned => "returned",
            Self::Redeeming => "redeeming",
            Self::Again => "again",
            Self::Pending => "pending",
            Self::Confirming => "confirming",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    /// The phase stored under a name.
    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::Started,
            Self::Away,
            Self::Returned,
            Self::Redeeming,
            Self::Again,
            Self::Pending,
            Self::Confirming,
            Self::Done,
            Self::Dead,
        ]
        .into_iter()
        .find(|phase| phase.as_str() == text)
    }
}

/// One walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowRow {
    /// Its id.
    pub id: FlowId,
    /// Its tenant.
    pub tenant: TenantId,
    /// The host user who started it (stored as JSON).
    pub user: HostUser,
    /// Where it stands.
    pub phase: Phase,
    /// Digest of the phase's one-time value.
    pub lookup: Digest,
    /// Digest of the browser's cookie, once a browser is bound.
    pub browser: Option<Digest>,
    /// What the phase needs, without secrets: JSON, owned by the core.
    pub data: String,
    /// What the phase needs, sealed; `None` where it needs nothing secret. Leaving a phase erases it.
    pub sealed: Option<Vec<u8>>,
    /// When it was started.
    pub created_at: UnixMillis,
    /// When its present phase ends by itself.
    pub expires_at: UnixMillis,
}

/// Walks through the link pages.
#[async_trait]
pub trait FlowStore: Send + Sync + 'static {
    /// Writes a new walk.
    async fn insert_flow(&self, flow: &FlowRow) -> Result<(), LedgerError>;

    /// The tenant's walk that stands in `phase` with this one-time value.
    async fn find_flow(
        &self,
        tenant: &TenantId,
        phase: Phase,
        lookup: Digest,
    ) -> Result<Option<FlowRow>, LedgerError>;

    /// Replaces `from` by `to` (same tenant and id) if it still stands in `from`'s phase with `from`'s value. Whether it did.
    async fn advance_flow(&self, from: &FlowRow, to: &FlowRow) -> Result<bool, LedgerError>;

    /// Remembers that a tenant's credential id was used, until `expires_at`; `false` when it was used before.
    async fn burn_credential(
        &self,
        tenant: &TenantId,
        issuer: &str,
        id: Digest,
        expires_at: UnixMillis,
    ) -> Result<bool, LedgerError>;

    /// Ends the walks that have expired at `now` and erases what is sealed in them. Those that were being confirmed are
    /// answered instead, as they stand: their tokens may lie in the token store already.
    async fn expire_flows(&self, now: UnixMillis) -> Result<Vec<FlowRow>, LedgerError>;

    /// Erases walks and burnt ids that expired before `before`. How many walks.
    async fn purge_flows(&self, before: UnixMillis) -> Result<u64, LedgerError>;
}

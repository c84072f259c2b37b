//! The durable inbox of DocuSign's events.

use async_trait::async_trait;
use ownhand_spi::TenantId;

use super::{Digest, LedgerError};
use crate::{UnixMillis, id::EventId};

/// A verified event, reduced to what is acted on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// Its id.
    pub id: EventId,
    /// The tenant named in the receiver's URL.
    pub tenant: TenantId,
    /// Digest of what makes it the same event again; unique within the tenant.
    pub dedup: Digest,
    /// DocuSign's account.
    pub account_id: String,
    /// DocuSign's envelope.
    pub envelope_id: String,
    /// DocuSign's event name, e.g. `envelope-completed`.
    pub event: String,
    /// When it arrived.
    pub received_at: UnixMillis,
    /// How often working it off was tried.
    pub attempts: u32,
}

/// The inbox.
#[async_trait]
pub trait Inbox: Send + Sync + 'static {
    /// Writes an event down, due at once. `false`: the same event was there already.
    async fn receive_event(&self, event: &EventRow) -> Result<bool, LedgerError>;

    /// Events that are due, oldest first. They are taken: not due again before `until`.
    async fn take_due_events(
        &self,
        now: UnixMillis,
        until: UnixMillis,
        limit: u32,
    ) -> Result<Vec<EventRow>, LedgerError>;

    /// A try failed: counts it, and says when the next is due.
    async fn event_failed(
        &self,
        event: &EventRow,
        next_attempt_at: UnixMillis,
    ) -> Result<(), LedgerError>;

    /// The event is worked off. Its digest stays, so that a replay is known.
    async fn event_done(&self, event: &EventRow, at: UnixMillis) -> Result<(), LedgerError>;
}

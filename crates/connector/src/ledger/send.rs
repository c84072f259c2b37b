//! Sends: from intent to completed envelope.

use async_trait::async_trait;
use ownhand_spi::{HostUser, TenantId};
use serde::{Deserialize, Serialize};

use super::{AuditLine, Digest, LedgerError, WriteBackPart};
use crate::{
    UnixMillis,
    id::{LinkId, SendId},
};

/// Where a send stands. It only moves forward: [`SendStatus::rank`] never falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SendStatus {
    /// Written down; DocuSign may or may not hold a draft.
    Intent,
    /// One draft is committed to; only this one will be sent.
    Draft,
    /// Sent.
    Sent,
    /// A recipient has opened it.
    Delivered,
    /// Everybody has signed.
    Completed,
    /// A recipient has declined.
    Declined,
    /// The sender has withdrawn it, or it expired.
    Voided,
    /// DocuSign refused it for good; nothing was sent.
    Failed,
}

impl SendStatus {
    const ALL: [Self; 8] = [
        Self::Intent,
        Self::Draft,
        Self::Sent,
        Self::Delivered,
        Self::Completed,
        Self::Declined,
        Self::Voided,
        Self::Failed,
    ];

    /// The status as it is stored and answered.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Intent => "intent",
            Self::Draft => "draft",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Completed => "completed",
            Self::Declined => "declined",
            Self::Voided => "voided",
            Self::Failed => "failed",
        }
    }

    /// The status stored under a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// How far along it is: 0 intent, 1 draft, 2 sent, 3 delivered, 9 at its end.
    pub fn rank(self) -> u8 {
        match self {
            Self::Intent => 0,
            Self::Draft => 1,
            Self::Sent => 2,
            Self::Delivered => 3,
            Self::Completed | Self::Declined | Self::Voided | Self::Failed => 9,
        }
    }

    /// Whether nothing more can happen to it.
    pub fn is_terminal(self) -> bool {
        self.rank() == 9
    }
}

/// A document of a send that came from the host app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentDocument {
    /// DocuSign's document id within the envelope.
    pub document_id: String,
    /// The host app's name of it.
    pub reference: String,
    /// Its revision when it was read.
    pub revision: Option<String>,
    /// SHA-256 of what was sent, in hex.
    pub sha256: Option<String>,
}

/// One send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendRow {
    /// Its id: also DocuSign's `transactionId` and the hidden custom field.
    pub id: SendId,
    /// Its tenant.
    pub tenant: TenantId,
    /// The sender (stored as JSON; issuer and subject also as columns).
    pub user: HostUser,
    /// The link it goes out by.
    pub link: LinkId,
    /// DocuSign's user id (`sub`) of the sender: only with this user's tokens is the envelope touched, whoever the host user
    /// links later.
    pub docusign_sub: String,
    /// The DocuSign account that is charged.
    pub account_id: String,
    /// Digest of the caller's idempotency key; unique within tenant, issuer and subject.
    pub idempotency_key: Digest,
    /// Digest of the request: the same key with another request is refused.
    pub fingerprint: Digest,
    /// The mail's subject line.
    pub email_subject: String,
    /// The documents that came from the host app (stored as JSON).
    pub documents: Vec<SentDocument>,
    /// The one envelope committed to.
    pub envelope_id: Option<String>,
    /// Where it stands.
    pub status: SendStatus,
    /// Why it failed, in words for the caller.
    pub failure: Option<String>,
    /// Until when somebody works on it; zero: nobody.
    pub claimed_until: UnixMillis,
    /// When it is to be looked at next, if by nobody else.
    pub next_check_at: UnixMillis,
    /// When it was written down.
    pub created_at: UnixMillis,
    /// When it last changed.
    pub updated_at: UnixMillis,
}

/// A step forward.
#[derive(Clone, Copy, Debug)]
pub struct SendMove<'a> {
    /// Where to.
    pub status: SendStatus,
    /// Why it failed, in words for the caller.
    pub failure: Option<&'a str>,
    /// The files to be brought back from now on.
    pub write_back: &'a [WriteBackPart],
    /// What the audit says, if this step is the one that takes the envelope out: from before `sent` to `sent` or further.
    pub sent: Option<&'a AuditLine>,
    /// When.
    pub at: UnixMillis,
}

impl SendMove<'_> {
    /// A step to a status, with nothing beside it.
    pub fn to(status: SendStatus, at: UnixMillis) -> Self {
        Self {
            status,
            failure: None,
            write_back: &[],
            sent: None,
            at,
        }
    }
}

/// What became of writing down a send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Started {
    /// It is new.
    New,
    /// The key was used before: this is what stands there.
    Existing(Box<SendRow>),
}

/// Sends.
#[async_trait]
pub trait SendStore: Send + Sync + 'static {
    /// Writes a send down unless its idempotency key was used before.
    async fn start_send(&self, send: &SendRow) -> Result<Started, LedgerError>;

    /// The send that a user's idempotency key was used for.
    async fn send_of_key(
        &self,
        tenant: &TenantId,
        user: &HostUser,
        key: Digest,
    ) -> Result<Option<SendRow>, LedgerError>;

    /// A send of a tenant.
    async fn send(&self, tenant: &TenantId, id: SendId) -> Result<Option<SendRow>, LedgerError>;

    /// The send that committed to an envelope.
    async fn send_of_envelope(
        &self,
        tenant: &TenantId,
        account_id: &str,
        envelope_id: &str,
    ) -> Result<Option<SendRow>, LedgerError>;

    /// A user's sends, newest first, at most `limit` before `before`.
    async fn sends_of(
        &self,
        tenant: &TenantId,
        issuer: &str,
        subject: &str,
        before: Option<SendId>,
        limit: u32,
    ) -> Result<Vec<SendRow>, LedgerError>;

    /// How many sends of a link have not ended.
    async fn open_sends(
        &self,
        tenant: &TenantId,
        link: LinkId,
    ) -> Result<Vec<SendRow>, LedgerError>;

    /// Takes the send for oneself until `until`, if nobody holds it at `now`. Whether one has it.
    async fn claim_send(
        &self,
        tenant: &TenantId,
        id: SendId,
        now: UnixMillis,
        until: UnixMillis,
    ) -> Result<bool, LedgerError>;

    /// Lets go of the send; it is due again at `next_check_at`.
    async fn release_send(
        &self,
        tenant: &TenantId,
        id: SendId,
        next_check_at: UnixMillis,
    ) -> Result<(), LedgerError>;

    /// Commits the send to one envelope (status `draft`), if to none yet. Answers the envelope that it is committed to now.
    async fn commit_envelope(
        &self,
        tenant: &TenantId,
        id: SendId,
        envelope_id: &str,
        documents: &[SentDocument],
        at: UnixMillis,
    ) -> Result<String, LedgerError>;

    /// Moves the send forward, with all that the step brings, in one transaction. `false`: it was as far or further already,
    /// and nothing changed.
    async fn move_send(
        &self,
        tenant: &TenantId,
        id: SendId,
        step: SendMove<'_>,
    ) -> Result<bool, LedgerError>;

    /// Sends that have not ended, are due and held by nobody, of all tenants, oldest first.
    async fn due_sends(&self, now: UnixMillis, limit: u32) -> Result<Vec<SendRow>, LedgerError>;
}

//! Signed documents on their way back into the host app.

use async_trait::async_trait;
use ownhand_spi::TenantId;

use super::{AuditLine, LedgerError};
use crate::{UnixMillis, id::SendId};

/// One file to be brought back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteBackPart {
    /// What to fetch from DocuSign: `combined` or `certificate`.
    pub part: String,
    /// Where it goes in the host app.
    pub reference: String,
}

/// A file that is to be brought back, with its tries so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteBackRow {
    /// The send's tenant.
    pub tenant: TenantId,
    /// The send.
    pub send: SendId,
    /// The file.
    pub part: WriteBackPart,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is due.
    pub next_attempt_at: UnixMillis,
    /// What the last try said.
    pub last_error: Option<String>,
    /// What lies in the host app, once it does.
    pub done: Option<WriteBackDone>,
}

/// A file that is back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteBackDone {
    /// Where it lies.
    pub reference: String,
    /// SHA-256 in hex, as read back from the host app.
    pub sha256: String,
    /// Its length in bytes.
    pub length: u64,
    /// When it was deposited.
    pub at: UnixMillis,
}

/// Write-backs.
#[async_trait]
pub trait WriteBackStore: Send + Sync + 'static {
    /// All files of a send.
    async fn write_backs(
        &self,
        tenant: &TenantId,
        send: SendId,
    ) -> Result<Vec<WriteBackRow>, LedgerError>;

    /// Files that are due, of all tenants, oldest first. They are taken: not due again before `until`.
    async fn take_due_write_backs(
        &self,
        now: UnixMillis,
        until: UnixMillis,
        limit: u32,
    ) -> Result<Vec<WriteBackRow>, LedgerError>;

    /// A try failed: counts it, and says when the next is due.
    async fn write_back_failed(
        &self,
        tenant: &TenantId,
        send: SendId,
        part: &str,
        error: &str,
        next_attempt_at: UnixMillis,
    ) -> Result<(), LedgerError>;

    /// The file is back; adds to the audit in the same transaction, unless it was back already.
    async fn write_back_done(
        &self,
        tenant: &TenantId,
        send: SendId,
        part: &str,
        done: &WriteBackDone,
        audit: &AuditLine,
    ) -> Result<(), LedgerError>;
}

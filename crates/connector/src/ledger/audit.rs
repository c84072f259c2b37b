//! Who did what, for whom.

use async_trait::async_trait;
use ownhand_spi::TenantId;
use serde::Serialize;

use super::LedgerError;
use crate::{UnixMillis, id::AuditId};

/// What was done. The names are part of the export's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Act {
    /// A link was made.
    Linked,
    /// A link was made anew.
    Relinked,
    /// A link was removed.
    Unlinked,
    /// A link stopped working.
    LinkDied,
    /// An envelope was sent.
    EnvelopeSent,
    /// A signed document was deposited in the host app.
    WrittenBack,
}

impl Act {
    /// The act as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Linked => "linked",
            Self::Relinked => "relinked",
            Self::Unlinked => "unlinked",
            Self::LinkDied => "link_died",
            Self::EnvelopeSent => "envelope_sent",
            Self::WrittenBack => "written_back",
        }
    }
}

/// One line.
#[derive(Clone, Debug)]
pub struct AuditLine {
    /// Its id.
    pub id: AuditId,
    /// The tenant.
    pub tenant: TenantId,
    /// When.
    pub at: UnixMillis,
    /// Whose issuer: the host user for whom it was done.
    pub issuer: String,
    /// Whose subject.
    pub subject: String,
    /// Who did it: `user`, `operator` or `ownhand`.
    pub by: &'static str,
    /// What.
    pub act: Act,
    /// The particulars, without secrets.
    pub detail: serde_json::Value,
}

/// The audit.
#[async_trait]
pub trait AuditLog: Send + Sync + 'static {
    /// Adds a line.
    async fn audit(&self, line: &AuditLine) -> Result<(), LedgerError>;
}

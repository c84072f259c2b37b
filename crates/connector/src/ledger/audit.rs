//! Who did what, for whom.

use async_trait::async_trait;
use ownhand_spi::{HostUser, TenantId};
use serde::Serialize;

use super::LedgerError;
use crate::{Ambient, UnixMillis, id::AuditId};

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

impl AuditLine {
    /// A new line, as of now.
    pub fn of(
        ambient: &Ambient,
        tenant: &TenantId,
        user: &HostUser,
        by: &'static str,
        act: Act,
        detail: serde_json::Value,
    ) -> Self {
        Self {
            id: AuditId::fresh(ambient),
            tenant: tenant.clone(),
            at: ambient.now(),
            issuer: user.issuer.clone(),
            subject: user.subject.clone(),
            by,
            act,
            detail,
        }
    }
}

/// The audit.
#[async_trait]
pub trait AuditLog: Send + Sync + 'static {
    /// Adds a line.
    async fn audit(&self, line: &AuditLine) -> Result<(), LedgerError>;
}

//! The core's own memory, as a port: what must be remembered, and which of its changes must be atomic.
//!
//! The `ownhand-ledger` crate implements it on SQL. Plain tokens never reach it: what is secret arrives sealed or hashed.

mod audit;
mod event;
mod flow;
mod link;
mod send;
mod write_back;

use std::error::Error as StdError;

use crate::UnixMillis;

pub use audit::{Act, AuditLine, AuditLog};
pub use event::{EventRow, Inbox};
pub use flow::{Digest, FlowRow, FlowStore, Phase};
pub use link::{
    Concluded, Conclusion, DocusignAccount, LinkRow, LinkState, LinkStore, RelinkReason,
};
pub use send::{SendMove, SendRow, SendStatus, SendStore, SentDocument, Started};
pub use write_back::{WriteBackDone, WriteBackPart, WriteBackRow, WriteBackStore};

/// The ledger did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[error("the ledger: {context}")]
pub struct LedgerError {
    /// What was being done, and to what.
    pub context: String,
    /// The database's own error.
    #[source]
    pub source: Option<Box<dyn StdError + Send + Sync>>,
}

impl LedgerError {
    /// An error with its cause.
    pub fn new(
        context: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self {
            context: context.into(),
            source: Some(source.into()),
        }
    }

    /// A row that can't be: written by another version, or by hand.
    pub fn inconsistent(context: impl Into<String>) -> Self {
        Self {
            context: context.into(),
            source: None,
        }
    }
}

/// The whole port.
#[async_trait::async_trait]
pub trait Ledger: FlowStore + LinkStore + SendStore + WriteBackStore + Inbox + AuditLog {
    /// Whether the ledger answers and its schema is the one this program knows.
    async fn ready(&self) -> Result<(), LedgerError>;

    /// Lets go of all that a process before this one had taken to itself: sends, events and write-backs are due at `now`. Only
    /// for a process that knows that it is alone on its ledger.
    async fn let_go(&self, now: UnixMillis) -> Result<(), LedgerError>;
}

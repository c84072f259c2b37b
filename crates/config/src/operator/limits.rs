//! `[limits]`

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Sizes and times that hold for the whole installation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Largest document that is sent, in bytes. DocuSign takes 32 MiB in one request; larger documents would have to go up in pieces,
    /// which this version does not do.
    #[schemars(range(min = 1, max = 33_554_432))]
    pub document_bytes: u64,
    /// Most documents in one envelope.
    #[schemars(range(min = 1, max = 500))]
    pub envelope_documents: u32,
    /// Life of a session's bearer, in minutes.
    #[schemars(range(min = 1, max = 15))]
    pub session_minutes: u32,
    /// Life of a link ticket, in seconds.
    #[schemars(range(min = 30, max = 300))]
    pub ticket_seconds: u32,
    /// How long a link may wait for its confirmation, in seconds.
    #[schemars(range(min = 60, max = 600))]
    pub pending_link_seconds: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 32 * 1024 * 1024,
            envelope_documents: 50,
            session_minutes: 15,
            ticket_seconds: 300,
            pending_link_seconds: 600,
        }
    }
}

impl Limits {
    /// Life of a session's bearer.
    pub fn session(&self) -> Duration {
        Duration::from_secs(u64::from(self.session_minutes) * 60)
    }

    /// Life of a link ticket.
    pub fn ticket(&self) -> Duration {
        Duration::from_secs(u64::from(self.ticket_seconds))
    }

    /// How long a link may wait for its confirmation.
    pub fn pending_link(&self) -> Duration {
        Duration::from_secs(u64::from(self.pending_link_seconds))
    }
}

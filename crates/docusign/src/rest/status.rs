//! The states of an envelope.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The state of an envelope, in DocuSign's words.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum EnvelopeStatus {
    /// A draft.
    Created,
    /// Sent, and nobody has opened it.
    Sent,
    /// All current recipients have opened it.
    Delivered,
    /// All have signed; passes to completed by itself.
    Signed,
    /// Done.
    Completed,
    /// A recipient refused.
    Declined,
    /// Taken back by the sender, or expired.
    Voided,
    /// Deleted; a legacy state.
    Deleted,
    /// DocuSign is still working on it.
    Processing,
    /// Any other word.
    Other(String),
}

impl EnvelopeStatus {
    /// True if the envelope never changes its state again.
    pub fn is_terminal(&self) -> bool {
        matches!(
            self,
            Self::Completed | Self::Declined | Self::Voided | Self::Deleted
        )
    }

    /// DocuSign's word, in lower case.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Created => "created",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Signed => "signed",
            Self::Completed => "completed",
            Self::Declined => "declined",
            Self::Voided => "voided",
            Self::Deleted => "deleted",
            Self::Processing => "processing",
            Self::Other(word) => word,
        }
    }
}

impl From<String> for EnvelopeStatus {
    fn from(word: String) -> Self {
        word.as_str().into()
    }
}

impl From<&str> for EnvelopeStatus {
    fn from(word: &str) -> Self {
        let word = word.to_ascii_lowercase();
        match word.as_str() {
            "created" => Self::Created,
            "sent" => Self::Sent,
            "delivered" => Self::Delivered,
            "signed" => Self::Signed,
            "completed" => Self::Completed,
            "declined" => Self::Declined,
            "voided" => Self::Voided,
            "deleted" => Self::Deleted,
            "processing" => Self::Processing,
            _ => Self::Other(word),
        }
    }
}

impl From<EnvelopeStatus> for String {
    fn from(status: EnvelopeStatus) -> Self {
        status.as_str().to_owned()
    }
}

impl fmt::Display for EnvelopeStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

//! What a token store keeps.

use bytes::Bytes;

/// Names a record within its tenant: letters, digits, `-`, `_`, `.`; at most 200 characters. The tenant is in the call context.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordKey(pub String);

/// An opaque sealed record. The core names its version; the store never looks inside.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedRecord {
    /// Number of this version: 1 for the first, then one more for each write.
    pub version: u64,
    /// The sealed bytes.
    pub sealed: Bytes,
}

impl std::fmt::Debug for SealedRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedRecord")
            .field("version", &self.version)
            .field("length", &self.sealed.len())
            .finish()
    }
}

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutOutcome {
    /// It is stored.
    Stored,
    /// Another version stands there (`None`: there is no record); nothing was written.
    Conflict {
        /// The version found.
        found: Option<u64>,
    },
}

/// A page of record keys in ascending order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordPage {
    /// The keys.
    pub keys: Vec<RecordKey>,
    /// Whether more follow the last key.
    pub more: bool,
}

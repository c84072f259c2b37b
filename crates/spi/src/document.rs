//! What a document source gives and takes.

use std::{fmt, pin::Pin};

use bytes::Bytes;
use futures_core::Stream;
use serde::{Deserialize, Serialize};

use crate::AdapterError;

/// The bytes of a document, in order, in pieces of the source's choosing. An `Err` ends the stream.
pub type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, AdapterError>> + Send>>;

/// How a host app names one document, opaque to the core, e.g. `contracts/nda.pdf`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DocumentReference(pub String);

impl fmt::Display for DocumentReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is known of a document beside its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentMetadata {
    /// File name for people, e.g. `nda.pdf`.
    pub name: String,
    /// Media type, e.g. `application/pdf`.
    pub content_type: String,
    /// Length in bytes, when the host app knows it before reading.
    pub length: Option<u64>,
    /// The host app's version of the document: opaque, optional.
    pub revision: Option<String>,
}

/// A document that is being read.
pub struct OpenedDocument {
    /// Its metadata.
    pub metadata: DocumentMetadata,
    /// Its bytes.
    pub content: ByteStream,
}

impl fmt::Debug for OpenedDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenedDocument")
            .field("metadata", &self.metadata)
            .finish_non_exhaustive()
    }
}

/// Names one deposit: the same key with the same content is the same deposit, however often it is tried.
///
/// Letters, digits, `-` and `_`; at most 200 characters, made by the core from envelope, document and hash.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DepositKey(pub String);

/// A document that comes back into the host app.
pub struct Deposit {
    /// Names this deposit.
    pub key: DepositKey,
    /// Where it goes.
    pub reference: DocumentReference,
    /// Its metadata.
    pub metadata: DocumentMetadata,
    /// The digest that the content must have, when the core knows it before sending.
    pub sha256: Option<[u8; 32]>,
    /// Its bytes.
    pub content: ByteStream,
}

impl fmt::Debug for Deposit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deposit")
            .field("key", &self.key)
            .field("reference", &self.reference)
            .field("metadata", &self.metadata)
            .finish_non_exhaustive()
    }
}

/// Proof of a deposit: what the host app now holds, as read back from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Where the document lies; may differ from what was asked, e.g. when the host app numbers duplicates.
    pub reference: DocumentReference,
    /// The host app's version of it.
    pub revision: Option<String>,
    /// SHA-256 of the bytes read back.
    pub sha256: [u8; 32],
    /// Their number.
    pub length: u64,
    /// Whether this very deposit was there already.
    pub already_present: bool,
}

/// What a document source can do, as data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// A write can be made conditional on a revision.
    pub conditional_write: bool,
    /// The host app keeps versions of a document.
    pub versions: bool,
    /// Metadata can be set with a deposit.
    pub metadata: bool,
    /// A deposit works without the user being present (any acting kind but relay).
    pub acts_later: bool,
}

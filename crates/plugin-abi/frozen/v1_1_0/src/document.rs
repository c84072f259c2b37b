//! The document source and what it gives and takes.

use abi_stable::{
    StableAbi, sabi_trait,
    std_types::{RBox, ROption, RString},
};

use crate::{
    AbiActor, AbiContext, AbiError, AbiFuture, Ext, FutureExt, RErr, RNone, RVec, StreamBox, codes,
};

/// What is known of a document beside its bytes.
#[repr(C)]
#[derive(Clone, Debug, StableAbi)]
pub struct AbiMetadata {
    /// File name.
    pub name: RString,
    /// Media type.
    pub content_type: RString,
    /// Length in bytes, if known.
    pub length: ROption<u64>,
    /// The host app's version of it.
    pub revision: ROption<RString>,
    /// For later minor versions.
    pub ext: Ext,
}

/// A document that is being read.
#[repr(C)]
#[derive(StableAbi)]
pub struct AbiOpened {
    /// Its metadata.
    pub metadata: AbiMetadata,
    /// Its bytes.
    pub content: StreamBox,
    /// For later minor versions.
    pub ext: Ext,
}

/// A document that comes back.
#[repr(C)]
#[derive(StableAbi)]
pub struct AbiDeposit {
    /// Names this deposit.
    pub key: RString,
    /// Where it goes.
    pub reference: RString,
    /// Its metadata.
    pub metadata: AbiMetadata,
    /// The digest that it must have, if known.
    pub sha256: ROption<[u8; 32]>,
    /// Its bytes.
    pub content: StreamBox,
    /// For later minor versions.
    pub ext: Ext,
}

/// Proof of a deposit.
#[repr(C)]
#[derive(Debug, StableAbi)]
pub struct AbiReceipt {
    /// Where it lies.
    pub reference: RString,
    /// The host app's version of it.
    pub revision: ROption<RString>,
    /// The digest of the bytes read back.
    pub sha256: [u8; 32],
    /// Their number.
    pub length: u64,
    /// Whether this very deposit was there already.
    pub already_present: bool,
    /// For later minor versions.
    pub ext: Ext,
}

/// What a source is and can do: data, read once when it is built.
#[repr(C)]
#[derive(Clone, Debug, StableAbi)]
pub struct AbiSourceFacts {
    /// Bits of [`codes::capability`](crate::codes::capability).
    pub capabilities: u64,
    /// One of [`codes::actor`](crate::codes::actor).
    pub acting: u32,
    /// For later minor versions.
    pub ext: Ext,
}

/// Reads and writes documents.
#[sabi_trait]
pub trait RawDocumentSource: Send + Sync + 'static {
    /// What it is and can do.
    fn facts(&self) -> AbiSourceFacts;

    /// Opens a document.
    fn open(&self, cx: AbiContext, actor: AbiActor, reference: RString) -> AbiFuture<AbiOpened>;

    /// Writes a document.
    #[sabi(last_prefix_field)]
    fn deposit(
        &self,
        cx: AbiContext,
        actor: AbiActor,
        deposit: AbiDeposit,
    ) -> AbiFuture<AbiReceipt>;

    /// What is known of a document without opening it.
    fn stat(
        &self,
        _cx: AbiContext,
        _actor: AbiActor,
        _reference: RString,
    ) -> AbiFuture<AbiMetadata> {
        unsupported()
    }
}

/// The answer of a source that is older than the question.
pub fn unsupported<T: Send + 'static>() -> AbiFuture<T> {
    let error = AbiError {
        code: codes::error::UNSUPPORTED,
        retryable: false,
        retry_after_ms: RNone,
        message: "not in this version".into(),
        path: RNone,
        chain: RVec::new(),
        ext: RVec::new(),
    };
    async move { RErr(error) }.into_ffi()
}

/// A source of the other side.
pub type DocumentSourceBox = RawDocumentSource_TO<RBox<()>>;

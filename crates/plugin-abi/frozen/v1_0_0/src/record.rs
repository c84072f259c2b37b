//! The token store and its records.

use abi_stable::{
    StableAbi, sabi_trait,
    std_types::{RBox, ROption, RString, RVec},
};

use crate::{AbiBytes, AbiContext, AbiFuture, Ext};

/// An opaque sealed record.
#[repr(C)]
#[derive(Debug, StableAbi)]
pub struct AbiRecord {
    /// Its version, named by the core.
    pub version: u64,
    /// The sealed bytes.
    pub sealed: AbiBytes,
    /// For later minor versions.
    pub ext: Ext,
}

/// What became of a write.
#[repr(C)]
#[derive(Debug, StableAbi)]
pub struct AbiPut {
    /// One of [`codes::put`](crate::codes::put).
    pub outcome: u32,
    /// The version found, in a conflict.
    pub found: ROption<u64>,
    /// For later minor versions.
    pub ext: Ext,
}

/// A page of keys.
#[repr(C)]
#[derive(Debug, StableAbi)]
pub struct AbiPage {
    /// The keys, ascending.
    pub keys: RVec<RString>,
    /// Whether more follow.
    pub more: bool,
    /// For later minor versions.
    pub ext: Ext,
}

/// Keeps sealed records.
#[sabi_trait]
pub trait RawTokenStore: Send + Sync + 'static {
    /// The record under a key.
    fn get(&self, cx: AbiContext, key: RString) -> AbiFuture<ROption<AbiRecord>>;

    /// Writes if the stored version is the expected one.
    fn put(
        &self,
        cx: AbiContext,
        key: RString,
        record: AbiRecord,
        expected: ROption<u64>,
    ) -> AbiFuture<AbiPut>;

    /// Removes a record; whether there was one.
    fn delete(&self, cx: AbiContext, key: RString) -> AbiFuture<bool>;

    /// Keys of the context's tenant.
    #[sabi(last_prefix_field)]
    fn list(&self, cx: AbiContext, after: ROption<RString>, limit: u32) -> AbiFuture<AbiPage>;
}

/// A store of the other side.
pub type TokenStoreBox = RawTokenStore_TO<RBox<()>>;

//! The one error.

use abi_stable::{
    StableAbi,
    std_types::{ROption, RString, RVec},
};

use crate::Ext;

/// A refusal or failure.
#[repr(C)]
#[derive(Clone, Debug, StableAbi)]
pub struct AbiError {
    /// One of [`codes::error`](crate::codes::error).
    pub code: u32,
    /// Whether trying again later may help; decides when the code is unknown.
    pub retryable: bool,
    /// How long to wait before that, in milliseconds.
    pub retry_after_ms: ROption<u64>,
    /// The message, without its causes.
    pub message: RString,
    /// The dotted place of a wrong setting.
    pub path: ROption<RString>,
    /// The messages of the causes, outermost first.
    pub chain: RVec<RString>,
    /// For later minor versions.
    pub ext: Ext,
}

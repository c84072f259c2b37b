//! What every call carries.

use abi_stable::{StableAbi, std_types::RString};

use crate::Ext;

/// The first argument of every call.
#[repr(C)]
#[derive(Debug, StableAbi)]
pub struct AbiContext {
    /// The tenant.
    pub tenant: RString,
    /// The request's id.
    pub request_id: RString,
    /// The caller's time, in milliseconds since 1970.
    pub now_unix_ms: u64,
    /// How long the caller will wait, in milliseconds.
    pub budget_ms: u64,
    /// The host's span of the call; 0 for none. Valid until the call's future ends or is dropped, unless cloned.
    pub span: u64,
    /// For later minor versions.
    pub ext: Ext,
}

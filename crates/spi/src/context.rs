//! What every call carries.

use std::time::Duration;

use crate::TenantId;

/// The first argument of every call to an adapter: for whom, when, how long.
#[derive(Clone, Debug)]
pub struct CallContext {
    /// The tenant for which the core calls.
    pub tenant: TenantId,
    /// The request's id, for logs on both sides.
    pub request_id: String,
    /// The core's time at the start of the call, in milliseconds since 1970. Adapters judge expiry by it, never by a clock
    /// of their own, so that tests move time and skew has one source.
    pub now_unix_ms: u64,
    /// How long the core will wait for the answer; in a deposit, for the next piece of the content to be taken.
    pub budget: Duration,
}

//! The numbers that cross, and what an unknown one means.

/// Codes of [`AbiError`](crate::AbiError). An unknown code means `UNAVAILABLE` if the error is retryable, else `OTHER`.
pub mod error {
    /// None of the others.
    pub const OTHER: u32 = 0;
    /// Not there, or not theirs to see.
    pub const NOT_FOUND_OR_DENIED: u32 = 1;
    /// Slow down.
    pub const RATE_LIMITED: u32 = 2;
    /// Somebody holds it.
    pub const LOCKED: u32 = 3;
    /// The state has moved on.
    pub const CONFLICT: u32 = 4;
    /// The credential does not hold.
    pub const CREDENTIAL_REJECTED: u32 = 5;
    /// The request can't be right.
    pub const INVALID_INPUT: u32 = 6;
    /// Larger than taken.
    pub const TOO_LARGE: u32 = 7;
    /// Not done here.
    pub const UNSUPPORTED: u32 = 8;
    /// A setting is wrong.
    pub const CONFIGURATION: u32 = 9;
    /// Something behind the adapter does not answer.
    pub const UNAVAILABLE: u32 = 10;
    /// Not within the call's budget.
    pub const TIMED_OUT: u32 = 11;
    /// The adapter panicked.
    pub const PANICKED: u32 = 12;
}

/// Kinds of [`AbiActor`](crate::AbiActor) and of a source's acting. An unknown one is refused.
pub mod actor {
    /// The caller's own credential.
    pub const RELAY: u32 = 1;
    /// A per-user key of the host app.
    pub const STORED_KEY: u32 = 2;
    /// The adapter may act as any user.
    pub const IMPERSONATION: u32 = 3;
    /// The adapter has rights of its own.
    pub const SERVICE: u32 = 4;
}

/// How often a credential may be shown, in [`AbiResolved`](crate::AbiResolved). An unknown one is refused.
pub mod credential_use {
    /// Once; the id is burnt until it expires.
    pub const SINGLE: u32 = 1;
    /// Until it expires.
    pub const REUSABLE: u32 = 2;
}

/// What became of a write, in [`AbiPut`](crate::AbiPut). An unknown one is refused.
pub mod put {
    /// It is stored.
    pub const STORED: u32 = 1;
    /// Another version stands there.
    pub const CONFLICT: u32 = 2;
}

/// Bits of [`AbiSourceFacts`](crate::AbiSourceFacts). An unknown one is ignored.
pub mod capability {
    /// A write can be made conditional.
    pub const CONDITIONAL_WRITE: u64 = 1;
    /// Versions are kept.
    pub const VERSIONS: u64 = 1 << 1;
    /// Metadata can be set.
    pub const METADATA: u64 = 1 << 2;
    /// A deposit works without the user.
    pub const ACTS_LATER: u64 = 1 << 3;
}

/// Levels of [`AbiCallsite`](crate::AbiCallsite). An unknown one is `TRACE`.
pub mod level {
    /// Error.
    pub const ERROR: u32 = 1;
    /// Warning.
    pub const WARN: u32 = 2;
    /// Information.
    pub const INFO: u32 = 3;
    /// Debugging.
    pub const DEBUG: u32 = 4;
    /// Tracing.
    pub const TRACE: u32 = 5;
}

/// The host's interest in a call site. An unknown one is `SOMETIMES`.
pub mod interest {
    /// Never.
    pub const NEVER: u32 = 0;
    /// Ask each time.
    pub const SOMETIMES: u32 = 1;
    /// Always.
    pub const ALWAYS: u32 = 2;
}

/// Kinds of [`AbiValue`](crate::AbiValue). An unknown one is read as text.
pub mod value {
    /// Text, as a value.
    pub const TEXT: u32 = 0;
    /// Signed; the bits of an `i64`.
    pub const I64: u32 = 1;
    /// Unsigned.
    pub const U64: u32 = 2;
    /// The bits of an `f64`.
    pub const F64: u32 = 3;
    /// 0 or 1.
    pub const BOOL: u32 = 4;
    /// A value that was formatted, to be shown as it is.
    pub const FORMATTED: u32 = 5;
}

/// The parent of an event or span, in [`AbiParent`](crate::AbiParent). An unknown one is `CURRENT`.
pub mod parent {
    /// The span that is entered on this thread.
    pub const CURRENT: u32 = 0;
    /// None.
    pub const ROOT: u32 = 1;
    /// The one that is named.
    pub const EXPLICIT: u32 = 2;
}

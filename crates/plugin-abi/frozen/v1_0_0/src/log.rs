//! The host's log, as a plugin uses it.

use abi_stable::{
    StableAbi, sabi_trait,
    std_types::{RBox, ROption, RString, RVec},
};

use crate::Ext;

/// A place in a plugin's code from which events or spans come.
#[repr(C)]
#[derive(Clone, Debug, StableAbi)]
pub struct AbiCallsite {
    /// Its name.
    pub name: RString,
    /// Its target.
    pub target: RString,
    /// One of [`codes::level`](crate::codes::level).
    pub level: u32,
    /// Whether it makes spans rather than events.
    pub is_span: bool,
    /// The module.
    pub module: ROption<RString>,
    /// The file.
    pub file: ROption<RString>,
    /// The line.
    pub line: ROption<u32>,
    /// The names of its fields.
    pub fields: RVec<RString>,
    /// For later minor versions.
    pub ext: Ext,
}

/// The host's answer to a call site.
#[repr(C)]
#[derive(Clone, Copy, Debug, StableAbi)]
pub struct AbiRegistered {
    /// The number by which the host knows it.
    pub id: u64,
    /// One of [`codes::interest`](crate::codes::interest).
    pub interest: u32,
}

/// The value of a field.
#[repr(C)]
#[derive(Clone, Debug, StableAbi)]
pub struct AbiValue {
    /// The field's place in the call site.
    pub field: u32,
    /// One of [`codes::value`](crate::codes::value).
    pub kind: u32,
    /// The bits of a number.
    pub bits: u64,
    /// The text.
    pub text: RString,
}

/// The parent of an event or span.
#[repr(C)]
#[derive(Clone, Copy, Debug, StableAbi)]
pub struct AbiParent {
    /// One of [`codes::parent`](crate::codes::parent).
    pub kind: u32,
    /// The span, if it is named.
    pub span: u64,
}

/// The host's log. Spans are the host's own, by number; 0 is none. No method panics or blocks for long.
#[sabi_trait]
pub trait RawHostLog: Send + Sync + 'static {
    /// Makes a call site known; asked again when the host's filter has changed.
    fn register(&self, callsite: AbiCallsite) -> AbiRegistered;

    /// The host's present interest in a known call site.
    fn interest(&self, callsite: u64) -> u32;

    /// Whether the call site is enabled here and now.
    fn enabled(&self, callsite: u64) -> bool;

    /// Writes an event.
    fn event(&self, callsite: u64, parent: AbiParent, values: RVec<AbiValue>);

    /// Makes a span.
    fn new_span(&self, callsite: u64, parent: AbiParent, values: RVec<AbiValue>) -> u64;

    /// Adds values to a span.
    fn record(&self, span: u64, callsite: u64, values: RVec<AbiValue>);

    /// Says that one span follows from another.
    fn follows_from(&self, span: u64, from: u64);

    /// Enters a span on this thread.
    fn enter(&self, span: u64);

    /// Leaves a span on this thread.
    fn exit(&self, span: u64);

    /// Holds a span.
    fn clone_span(&self, span: u64) -> u64;

    /// Lets go of a span.
    #[sabi(last_prefix_field)]
    fn close_span(&self, span: u64);
}

/// The host's log.
pub type HostLogBox = RawHostLog_TO<RBox<()>>;

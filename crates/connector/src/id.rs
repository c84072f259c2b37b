//! Ids that say what they name.

use std::{fmt, marker::PhantomData, str::FromStr};

use ulid::Ulid;

use crate::Ambient;

/// What an id names: its prefix in text, e.g. `lnk`.
pub trait Marker {
    /// The prefix, without the underscore.
    const PREFIX: &'static str;
}

/// A sortable id of one kind of thing; in text `lnk_01J…`.
pub struct Id<M> {
    ulid: Ulid,
    marker: PhantomData<fn() -> M>,
}

/// The text is not an id of this kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id that begins with `{0}_`")]
pub struct InvalidId(&'static str);

impl<M: Marker> Id<M> {
    /// A fresh id.
    pub fn fresh(ambient: &Ambient) -> Self {
        let random = u128::from_be_bytes(ambient.bytes::<16>());
        Self {
            ulid: Ulid::from_parts(ambient.now().as_u64(), random),
            marker: PhantomData,
        }
    }
}

impl<M> Clone for Id<M> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<M> Copy for Id<M> {}
impl<M> PartialEq for Id<M> {
    fn eq(&self, other: &Self) -> bool {
        self.ulid == other.ulid
    }
}
impl<M> Eq for Id<M> {}
impl<M> std::hash::Hash for Id<M> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.ulid.hash(state);
    }
}

impl<M: Marker> fmt::Display for Id<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", M::PREFIX, self.ulid)
    }
}

impl<M: Marker> fmt::Debug for Id<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<M: Marker> FromStr for Id<M> {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        text.strip_prefix(M::PREFIX)
            .and_then(|rest| rest.strip_prefix('_'))
            .and_then(|rest| Ulid::from_string(rest).ok())
            .map(|ulid| Self {
                ulid,
                marker: PhantomData,
            })
            .ok_or(InvalidId(M::PREFIX))
    }
}

macro_rules! markers {
    ($($(#[$doc:meta])* $marker:ident, $alias:ident, $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $marker {}
        impl Marker for $marker {
            const PREFIX: &'static str = $prefix;
        }
        $(#[$doc])*
        pub type $alias = Id<$marker>;
    )*};
}

markers! {
    /// A link of a host user to a DocuSign user.
    Link, LinkId, "lnk";
    /// One walk through the link pages.
    Flow, FlowId, "flw";
    /// One send, from intent to completed envelope.
    Send, SendId, "snd";
    /// One received event.
    Event, EventId, "evt";
    /// One line of the audit.
    AuditLine, AuditId, "aud";
}

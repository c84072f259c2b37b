//! The identity mapper and the people it names.

use abi_stable::{
    StableAbi, sabi_trait,
    std_types::{RBox, ROption, RString, RVec, Tuple2},
};

use crate::{AbiContext, AbiFuture, AbiSecret, Ext};

/// A person in the host app.
#[repr(C)]
#[derive(Clone, Debug, StableAbi)]
pub struct AbiUser {
    /// Who vouches for the subject.
    pub issuer: RString,
    /// The person's name at the issuer.
    pub subject: RString,
    /// The name with which they sign in.
    pub login: ROption<RString>,
    /// Their e-mail address.
    pub email: ROption<RString>,
    /// Whether the host app has verified it.
    pub email_verified: bool,
    /// Their name for people.
    pub name: ROption<RString>,
    /// Their groups.
    pub groups: RVec<RString>,
    /// Further claims.
    pub claims: RVec<Tuple2<RString, RString>>,
    /// For later minor versions.
    pub ext: Ext,
}

/// What a caller brings to prove who they are.
#[repr(C)]
#[derive(Debug, StableAbi)]
pub struct AbiCredential {
    /// The scheme, in lower case.
    pub scheme: RString,
    /// What follows the scheme.
    pub value: AbiSecret,
    /// For later minor versions.
    pub ext: Ext,
}

/// The answer of a mapper.
#[repr(C)]
#[derive(Debug, StableAbi)]
pub struct AbiResolved {
    /// The person.
    pub user: AbiUser,
    /// One of [`codes::credential_use`](crate::codes::credential_use).
    pub credential_use: u32,
    /// The credential's own id, when it may be shown once.
    pub credential_id: RString,
    /// When it expires, in milliseconds since 1970, when it may be shown once.
    pub expires_unix_ms: u64,
    /// For later minor versions.
    pub ext: Ext,
}

/// Which DocuSign identity a person may link.
#[repr(C)]
#[derive(Debug, StableAbi)]
pub struct AbiDocusignIdentity {
    /// The e-mail that belongs to them, if the host app knows it.
    pub email: ROption<RString>,
    /// For later minor versions.
    pub ext: Ext,
}

/// On whose behalf a document is read or written.
#[repr(C)]
#[derive(Debug, StableAbi)]
pub struct AbiActor {
    /// The person.
    pub user: AbiUser,
    /// One of [`codes::actor`](crate::codes::actor).
    pub kind: u32,
    /// The relayed credential or stored key.
    pub secret: ROption<AbiSecret>,
    /// For later minor versions.
    pub ext: Ext,
}

/// Names the person behind a credential.
#[sabi_trait]
pub trait RawIdentityMapper: Send + Sync + 'static {
    /// Checks a credential and names the person.
    fn resolve(&self, cx: AbiContext, credential: AbiCredential) -> AbiFuture<AbiResolved>;

    /// Which DocuSign identity this person may link.
    #[sabi(last_prefix_field)]
    fn docusign_identity(&self, cx: AbiContext, user: AbiUser) -> AbiFuture<AbiDocusignIdentity>;
}

/// A mapper of the other side.
pub type IdentityMapperBox = RawIdentityMapper_TO<RBox<()>>;

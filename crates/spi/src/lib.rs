#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod actor;
mod adapter;
mod context;
mod document;
mod error;
mod identity;
mod record;
mod source;
mod store;
mod tenant;

pub use actor::{Actor, ActorKind};
pub use adapter::{AdapterFactory, AdapterInstance, InstanceArgs, Manifest, Role};
pub use context::CallContext;
pub use document::{
    ByteStream, Capabilities, Deposit, DepositKey, DocumentMetadata, DocumentReference,
    OpenedDocument, Receipt,
};
pub use error::{AdapterError, ErrorKind};
pub use identity::{
    Credential, CredentialUse, DocusignIdentity, DynIdentityMapper, HostUser, IdentityMapper,
    ResolvedIdentity,
};
pub use record::{PutOutcome, RecordKey, RecordPage, SealedRecord};
pub use secrecy::{ExposeSecret, SecretString};
pub use source::{DocumentSource, DynDocumentSource};
pub use store::{DynTokenStore, TokenStore};
pub use tenant::{InvalidTenantId, TenantId};

/// A boxed future, as the object-safe twins return it.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

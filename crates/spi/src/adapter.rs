//! An adapter as a whole: how it introduces itself, is built, and offers its roles.

use std::{collections::BTreeMap, fmt, sync::Arc};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::{AdapterError, BoxFuture, DynDocumentSource, DynIdentityMapper, DynTokenStore};

/// A role that an adapter can fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Names the person behind a credential.
    IdentityMapper,
    /// Reads and writes documents.
    DocumentSource,
    /// Keeps sealed token records.
    TokenStore,
}

impl Role {
    /// The role's name as it stands in manifests and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IdentityMapper => "identity_mapper",
            Self::DocumentSource => "document_source",
            Self::TokenStore => "token_store",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How an adapter introduces itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Name by which the configuration chooses it, e.g. `documents-files`.
    pub name: String,
    /// Its own version.
    pub version: String,
    /// The roles it can fill.
    pub roles: Vec<Role>,
}

/// What an instance is built from. Secrets stand apart from the settings: in their place the settings hold
/// `{"$secret": "<key>"}`, and `secrets` holds the value under that key.
#[derive(Clone, Default)]
pub struct InstanceArgs {
    /// Name of the instance in logs: the tenant and the section that asks for it.
    pub instance: String,
    /// The tenant for which it is built; `None` for the installation's token store.
    pub tenant: Option<String>,
    /// What the operator allows and demands of this plugin, e.g. the folder that bounds all roots. Null when not given.
    pub operator: serde_json::Value,
    /// The settings of the section that asks for the instance. Null when not given.
    pub settings: serde_json::Value,
    /// Secrets by the key that stands in the settings.
    pub secrets: BTreeMap<String, SecretString>,
}

impl fmt::Debug for InstanceArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstanceArgs")
            .field("instance", &self.instance)
            .field("tenant", &self.tenant)
            .field("secrets", &self.secrets.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// A built adapter: one kind of object, whether built in or loaded.
#[derive(Clone, Default)]
pub struct AdapterInstance {
    /// Its identity mapper, if it fills the role.
    pub identity_mapper: Option<Arc<dyn DynIdentityMapper>>,
    /// Its document source, if it fills the role.
    pub document_source: Option<Arc<dyn DynDocumentSource>>,
    /// Its token store, if it fills the role.
    pub token_store: Option<Arc<dyn DynTokenStore>>,
}

impl fmt::Debug for AdapterInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdapterInstance")
            .field("identity_mapper", &self.identity_mapper.is_some())
            .field("document_source", &self.document_source.is_some())
            .field("token_store", &self.token_store.is_some())
            .finish()
    }
}

/// Makes instances of one adapter: a built-in, or a loaded library.
pub trait AdapterFactory: Send + Sync + 'static {
    /// How the adapter introduces itself.
    fn manifest(&self) -> &Manifest;

    /// Builds an instance.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration), with the path, when a setting is wrong.
    fn build(&self, args: InstanceArgs) -> BoxFuture<'_, Result<AdapterInstance, AdapterError>>;

    /// Says what [`build`](Self::build) would say about the settings, and leaves the machine as it is.
    ///
    /// A factory that can't tell the one from the other builds an instance and drops it.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    fn check(&self, args: InstanceArgs) -> BoxFuture<'_, Result<(), AdapterError>> {
        let built = self.build(args);
        Box::pin(async move { built.await.map(drop) })
    }
}

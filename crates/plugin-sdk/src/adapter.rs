//! What an author implements beside the roles.

use serde::{Deserialize, de::DeserializeOwned};

use crate::{AdapterError, AdapterInstance, Role};

/// An adapter: its name, its settings and how it is built. Its roles are declared by [`adapter!`](crate::adapter).
pub trait Adapter: AdapterRoles {
    /// The name by which a configuration chooses it, e.g. `documents-files`: lower-case letters, digits and hyphens.
    const NAME: &'static str;
    /// Its version, usually `env!("CARGO_PKG_VERSION")`.
    const VERSION: &'static str;
    /// What the tenant's file says. A key that the type does not know is refused, with a suggestion. Only where a type gathers keys
    /// first and sorts them later (`#[serde(flatten)]`) must it refuse them itself.
    type Settings: DeserializeOwned + Send;
    /// What the operator allows and demands; [`NoOperatorSettings`] when there is nothing.
    type Operator: DeserializeOwned + Send;

    /// Builds one instance. Runs where I/O may be awaited.
    ///
    /// # Errors
    /// [`AdapterError::configuration`] with the path of the setting that can't be right, another kind when something
    /// behind the adapter does not answer.
    fn build(
        context: BuildContext,
        operator: Self::Operator,
        settings: Self::Settings,
    ) -> impl Future<Output = Result<Self, AdapterError>> + Send;

    /// Says what [`build`](Self::build) would say about the settings, and leaves the machine as it is: `ownhand config check` asks it.
    ///
    /// As it stands it builds an instance and drops it. Write your own where building makes or changes something, such as a file, a
    /// table or a session at the host app.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    fn check(
        context: BuildContext,
        operator: Self::Operator,
        settings: Self::Settings,
    ) -> impl Future<Output = Result<(), AdapterError>> + Send {
        async { Self::build(context, operator, settings).await.map(drop) }
    }
}

/// The roles of an adapter; written by [`adapter!`](crate::adapter).
pub trait AdapterRoles: Sized + Send + Sync + 'static {
    /// The roles it fills.
    const ROLES: &'static [Role];

    /// The adapter as the core holds it.
    fn into_instance(self) -> AdapterInstance;
}

/// For whom an instance is built.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BuildContext {
    /// Name of the instance in logs: the tenant and the section that asks for it.
    pub instance: String,
    /// The tenant for which it is built; `None` for the installation's token store.
    pub tenant: Option<String>,
}

impl BuildContext {
    /// A context, for tests that build an adapter by hand.
    pub fn new(instance: impl Into<String>, tenant: Option<String>) -> Self {
        Self {
            instance: instance.into(),
            tenant,
        }
    }
}

/// The operator settings of an adapter that has none: any key is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoOperatorSettings {}

/// Declares the roles of an adapter, next to its `impl`s: any of `identity_mapper`, `document_source`, `token_store`.
///
/// ```text
/// adapter!(MyDms: identity_mapper, document_source);
/// ```
#[macro_export]
macro_rules! adapter {
    ($adapter:ty : $($role:ident),+ $(,)?) => {
        impl $crate::AdapterRoles for $adapter {
            const ROLES: &'static [$crate::Role] = &[$($crate::__role!($role)),+];

            fn into_instance(self) -> $crate::AdapterInstance {
                let adapter = ::std::sync::Arc::new(self);
                let mut instance = $crate::AdapterInstance::default();
                $(instance.$role = ::core::option::Option::Some(adapter.clone());)+
                instance
            }
        }
    };
}

/// A role by the name of its field; part of [`adapter!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __role {
    (identity_mapper) => {
        $crate::Role::IdentityMapper
    };
    (document_source) => {
        $crate::Role::DocumentSource
    };
    (token_store) => {
        $crate::Role::TokenStore
    };
    ($other:ident) => {
        ::core::compile_error!(concat!(
            "`",
            stringify!($other),
            "` is no role; the roles are identity_mapper, document_source, token_store"
        ))
    };
}

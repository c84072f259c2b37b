//! An instance: what it is built from, and its roles.

use abi_stable::{
    StableAbi, sabi_trait,
    std_types::{RBox, ROption, RString, RVec, Tuple2},
};

use crate::{AbiSecret, DocumentSourceBox, Ext, IdentityMapperBox, TokenStoreBox};

/// A secret of the settings, by the key that stands in its place.
#[repr(C)]
#[derive(Debug, StableAbi)]
pub struct AbiNamedSecret {
    /// The key.
    pub key: RString,
    /// The secret.
    pub value: AbiSecret,
}

/// What an instance is built from.
#[repr(C)]
#[derive(Debug, StableAbi)]
pub struct AbiInstanceArgs {
    /// Its name in logs.
    pub instance: RString,
    /// The tenant; none for the installation's token store.
    pub tenant: ROption<RString>,
    /// The operator's settings, as JSON.
    pub operator_json: RString,
    /// The settings, as JSON, without their secrets.
    pub settings_json: RString,
    /// The secrets.
    pub secrets: RVec<AbiNamedSecret>,
    /// The host's span of the call; 0 for none.
    pub span: u64,
    /// For later minor versions.
    pub ext: Ext,
}

/// The name in [`AbiInstanceArgs::ext`] by which a host asks for a check.
const CHECK: &str = "check";

impl AbiInstanceArgs {
    /// Asks the library to judge the settings without changing anything, and to answer with an instance of no role. A library that was
    /// built before there was this question builds an instance.
    pub fn ask_for_check(&mut self) {
        self.ext.push(Tuple2(CHECK.into(), "true".into()));
    }

    /// Whether the host asks for a check only.
    pub fn is_check(&self) -> bool {
        self.ext
            .iter()
            .any(|Tuple2(name, value)| name == CHECK && value == "true")
    }
}

/// A built adapter: each accessor gives the role if it is filled.
#[sabi_trait]
pub trait RawInstance: Send + Sync + 'static {
    /// Its identity mapper.
    fn identity_mapper(&self) -> ROption<IdentityMapperBox>;

    /// Its document source.
    fn document_source(&self) -> ROption<DocumentSourceBox>;

    /// Its token store.
    #[sabi(last_prefix_field)]
    fn token_store(&self) -> ROption<TokenStoreBox>;
}

/// An instance of the other side.
pub type InstanceBox = RawInstance_TO<RBox<()>>;

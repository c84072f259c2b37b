#![doc = include_str!("../README.md")]
#![expect(
    unsafe_code,
    reason = "memory that crosses is described by hand; each block says why it holds"
)]
#![expect(
    non_local_definitions,
    clippy::used_underscore_binding,
    clippy::expl_impl_clone_on_copy,
    reason = "abi_stable's macros write such code"
)]

mod bytes;
mod call;
pub mod codes;
mod document;
mod error;
mod identity;
mod instance;
mod log;
mod module;
mod record;
mod secret;
mod stream;

pub use abi_stable::sabi_trait::TD_Opaque;
pub use abi_stable::std_types::{
    ROption::{self, RNone, RSome},
    RResult::{self, RErr, ROk},
    RString, RVec, Tuple2,
};
pub use async_ffi::{ContextExt, FfiContext, FfiFuture, FfiPoll, FutureExt};

pub use self::{
    bytes::{AbiBytes, InvalidBytes},
    call::AbiContext,
    document::{
        AbiDeposit, AbiMetadata, AbiOpened, AbiReceipt, AbiSourceFacts, DocumentSourceBox,
        RawDocumentSource, RawDocumentSource_TO,
    },
    error::AbiError,
    identity::{
        AbiActor, AbiCredential, AbiDocusignIdentity, AbiResolved, AbiUser, IdentityMapperBox,
        RawIdentityMapper, RawIdentityMapper_TO,
    },
    instance::{AbiInstanceArgs, AbiNamedSecret, InstanceBox, RawInstance, RawInstance_TO},
    log::{AbiCallsite, AbiParent, AbiRegistered, AbiValue, HostLogBox, RawHostLog, RawHostLog_TO},
    module::{
        AbiHeaderRef, HEADER_SYMBOL, HostServices, LibHeader, ModuleError, Plugin, PluginModule,
        PluginModuleRef, VERSION, header, open_module,
    },
    record::{AbiPage, AbiPut, AbiRecord, RawTokenStore, RawTokenStore_TO, TokenStoreBox},
    secret::AbiSecret,
    stream::{RawStream, RawStream_TO, StreamBox, StreamItem},
};

/// A future of the other side, with its answer.
pub type AbiFuture<T> = FfiFuture<RResult<T, AbiError>>;

/// What a later minor version adds to a struct: name and JSON.
pub type Ext = RVec<Tuple2<RString, RString>>;

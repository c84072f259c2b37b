//! Version 1.2, made up for tests: as 1.1, and a method more on the stream, which crosses both ways.
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

#[path = "../../v1_0_0/src/bytes.rs"]
mod bytes;
#[path = "../../v1_0_0/src/call.rs"]
mod call;
#[path = "../../v1_0_0/src/codes.rs"]
pub mod codes;
#[path = "../../v1_1_0/src/document.rs"]
mod document;
#[path = "../../v1_0_0/src/error.rs"]
mod error;
#[path = "../../v1_0_0/src/identity.rs"]
mod identity;
#[path = "../../v1_0_0/src/instance.rs"]
mod instance;
#[path = "../../v1_0_0/src/log.rs"]
mod log;
#[path = "../../v1_1_0/src/module.rs"]
mod module;
#[path = "../../v1_0_0/src/record.rs"]
mod record;
#[path = "../../v1_0_0/src/secret.rs"]
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

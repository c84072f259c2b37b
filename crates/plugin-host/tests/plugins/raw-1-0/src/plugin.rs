//! The root module and the instance.

use abi::{
    AbiError, AbiFuture, AbiInstanceArgs, DocumentSourceBox, FutureExt, HostLogBox, HostServices,
    IdentityMapperBox, InstanceBox, Plugin, PluginModule, RErr, RNone, ROk, ROption, RResult,
    RSome, RString, RVec, RawDocumentSource_TO, RawIdentityMapper, RawIdentityMapper_TO,
    RawInstance, RawInstance_TO, TD_Opaque, TokenStoreBox, codes,
};
use std::sync::OnceLock;

use crate::{hostile::Mode, source::Source};

/// The host's log.
pub(crate) static LOG: OnceLock<HostLogBox> = OnceLock::new();

pub(crate) struct Raw;

impl Plugin for Raw {
    fn module() -> PluginModule {
        PluginModule {
            init,
            build,
            shutdown,
            log_filter_changed,
            #[cfg(feature = "minor-1")]
            health,
        }
    }
}

extern "C" fn init(services: HostServices) -> RResult<(), AbiError> {
    if Mode::present() == Mode::FailsInInit {
        return RErr(error(codes::error::OTHER, "not today"));
    }
    Mode::present().when_started();
    let _ = LOG.set(services.log);
    ROk(())
}

extern "C" fn build(args: AbiInstanceArgs) -> AbiFuture<InstanceBox> {
    let instance = Instance {
        name: args.instance.into(),
    };
    async move { ROk(RawInstance_TO::from_value(instance, TD_Opaque)) }.into_ffi()
}

extern "C" fn shutdown(_: u64) -> AbiFuture<()> {
    async { ROk(()) }.into_ffi()
}

extern "C" fn log_filter_changed() {
    Mode::present().when_notified();
}

#[cfg(feature = "minor-1")]
extern "C" fn health() -> u32 {
    7
}

struct Instance {
    name: String,
}

impl RawInstance for Instance {
    /// Not what the manifest says.
    fn identity_mapper(&self) -> ROption<IdentityMapperBox> {
        if self.name == "another role" {
            RSome(RawIdentityMapper_TO::from_value(Mapper, TD_Opaque))
        } else {
            RNone
        }
    }

    fn document_source(&self) -> ROption<DocumentSourceBox> {
        let source = Source {
            hangs: self.name == "hangs when asked",
        };
        RSome(RawDocumentSource_TO::from_value(source, TD_Opaque))
    }

    fn token_store(&self) -> ROption<TokenStoreBox> {
        RNone
    }
}

struct Mapper;

impl RawIdentityMapper for Mapper {
    fn resolve(&self, _: abi::AbiContext, _: abi::AbiCredential) -> AbiFuture<abi::AbiResolved> {
        refused()
    }

    fn docusign_identity(
        &self,
        _: abi::AbiContext,
        _: abi::AbiUser,
    ) -> AbiFuture<abi::AbiDocusignIdentity> {
        refused()
    }
}

fn refused<T: Send + 'static>() -> AbiFuture<T> {
    async { RErr(error(codes::error::CREDENTIAL_REJECTED, "nobody")) }.into_ffi()
}

pub(crate) fn error(code: u32, message: impl Into<RString>) -> AbiError {
    AbiError {
        code,
        retryable: false,
        retry_after_ms: RNone,
        message: message.into(),
        path: RNone,
        chain: RVec::new(),
        ext: RVec::new(),
    }
}

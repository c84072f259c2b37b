//! What a library exports.

use std::{marker::PhantomData, panic::catch_unwind, time::Duration};

pub use ownhand_plugin_bridge::abi::LibHeader;
use ownhand_plugin_bridge::{
    Crosses,
    abi::{
        AbiError, AbiFuture, AbiInstanceArgs, FutureExt, HostServices, InstanceBox, Plugin,
        PluginModule, RErr, ROk, RResult, header,
    },
    export_instance, isolated,
};
use ownhand_spi::{AdapterError, AdapterInstance, ErrorKind, InstanceArgs};

use crate::{Adapter, builtin, library};

/// Exports an adapter from a `cdylib` crate: its whole content.
///
/// ```text
/// ownhand_plugin_sdk::export_adapter!(my_dms::MyDms);
/// ```
#[macro_export]
macro_rules! export_adapter {
    ($adapter:ty) => {
        #[cfg(panic = "abort")]
        ::core::compile_error!(
            "a plugin must be built with panic = \"unwind\": with \"abort\" its panic would end the host"
        );

        const _: () = {
            /// Read by the host before it opens the library. The exported name keeps linkers from dropping it.
            #[used]
            #[unsafe(link_section = ".ownhand")]
            #[unsafe(export_name = "ownhand_plugin_manifest")]
            static MANIFEST: [u8; $crate::__private::manifest_len::<$adapter>()] =
                $crate::__private::manifest::<$adapter, { $crate::__private::manifest_len::<$adapter>() }>();

            #[used]
            #[unsafe(export_name = "_1as_0lib_1header_0root_bmodule_bloader")]
            static HEADER: $crate::__private::LibHeader =
                $crate::__private::header_of::<$adapter>();
        };
    };
}

/// The header of an adapter's library.
pub const fn header_of<A: Adapter>() -> LibHeader {
    header::<Library<A>>()
}

struct Library<A>(PhantomData<fn() -> A>);

impl<A: Adapter> Plugin for Library<A> {
    fn module() -> PluginModule {
        PluginModule {
            init,
            build: build::<A>,
            shutdown,
            log_filter_changed,
        }
    }
}

extern "C" fn init(services: HostServices) -> RResult<(), AbiError> {
    match catch_unwind(std::panic::AssertUnwindSafe(|| library::init(services))) {
        Ok(()) => ROk(()),
        Err(payload) => {
            std::mem::forget(payload);
            RErr(AdapterError::new(ErrorKind::Panicked, "the library panicked in init").into_abi())
        }
    }
}

extern "C" fn build<A: Adapter>(args: AbiInstanceArgs) -> AbiFuture<InstanceBox> {
    let home = library::home();
    isolated(&library::home(), args.span, async move {
        let only_check = args.is_check();
        let args = InstanceArgs::from_abi(args)?;
        let instance = if only_check {
            builtin::check::<A>(args).await?;
            AdapterInstance::default()
        } else {
            builtin::build::<A>(args).await?
        };
        Ok(export_instance(instance, &home))
    })
}

extern "C" fn shutdown(wait_ms: u64) -> AbiFuture<()> {
    async move {
        library::shutdown(Duration::from_millis(wait_ms)).await;
        ROk(())
    }
    .into_ffi()
}

extern "C" fn log_filter_changed() {
    if let Err(payload) = catch_unwind(tracing_core::callsite::rebuild_interest_cache) {
        std::mem::forget(payload);
    }
}

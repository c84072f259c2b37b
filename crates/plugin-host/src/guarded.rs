//! Adapters that are compiled in, behind the wall that loaded ones have.

use std::{sync::Arc, time::Duration};

use ownhand_plugin_bridge::{Guard, build_guarded, check_guarded};
use ownhand_spi::{
    AdapterError, AdapterFactory, AdapterInstance, BoxFuture, InstanceArgs, Manifest,
};

use crate::{LoadOptions, roles};

/// Puts the wall of a loaded plugin before an adapter that is compiled in: its calls run as tasks of their own, end by the same
/// time-outs, and their panics and garbage are errors of that call alone.
pub fn guarded(factory: Arc<dyn AdapterFactory>, options: &LoadOptions) -> Arc<dyn AdapterFactory> {
    let guard = options.guard(&factory.manifest().name, Arc::default());
    Arc::new(Guarded {
        factory,
        guard,
        build: options.build_timeout,
    })
}

struct Guarded {
    factory: Arc<dyn AdapterFactory>,
    guard: Guard,
    build: Duration,
}

impl AdapterFactory for Guarded {
    fn manifest(&self) -> &Manifest {
        self.factory.manifest()
    }

    fn build(&self, args: InstanceArgs) -> BoxFuture<'_, Result<AdapterInstance, AdapterError>> {
        Box::pin(async move {
            let instance = build_guarded(&self.factory, args, self.build, &self.guard).await?;
            roles::check(&instance, self.manifest())?;
            Ok(instance)
        })
    }

    fn check(&self, args: InstanceArgs) -> BoxFuture<'_, Result<(), AdapterError>> {
        Box::pin(check_guarded(&self.factory, args, self.build, &self.guard))
    }
}

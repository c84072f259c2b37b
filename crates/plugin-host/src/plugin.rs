//! A loaded plugin.

use std::{fmt, sync::Arc, time::Duration};

use ownhand_plugin_bridge::{Crosses, Guard, import_instance};
use ownhand_spi::{
    AdapterError, AdapterFactory, AdapterInstance, BoxFuture, InstanceArgs, Manifest,
};

use crate::{Inspection, aside, load::Library, roles};

/// How long a plugin may take to take notice.
const NOTICE: Duration = Duration::from_secs(5);

/// A plugin whose library is open. Makes instances; never unloaded.
pub struct LoadedPlugin {
    library: Arc<Library>,
    guard: Guard,
    build_timeout: Duration,
}

impl LoadedPlugin {
    pub(crate) fn new(library: Arc<Library>, guard: Guard, build_timeout: Duration) -> Self {
        Self {
            library,
            guard,
            build_timeout,
        }
    }

    /// What was found in its file.
    pub fn inspection(&self) -> &Inspection {
        &self.library.inspection
    }

    /// Tells the plugin that the host's log filter has changed. Waits for it, but not for long.
    pub fn log_filter_changed(&self) {
        let module = self.library.module;
        if let Err(error) = aside::block(NOTICE, move || module.log_filter_changed()()) {
            let plugin = &self.library.inspection.manifest.name;
            tracing::warn!(plugin, %error, "the plugin did not take the new log filter");
        }
    }

    /// Ends the plugin's own tasks, waiting so long at most. Afterwards it answers no call; its library stays open.
    ///
    /// # Errors
    /// When it does not end in time.
    pub async fn shutdown(&self, wait: Duration) -> Result<(), AdapterError> {
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        let mut guard = self.guard.clone();
        // Some time more for the answer itself.
        guard.call = wait.saturating_add(Duration::from_secs(1));
        let ended = guard.run(guard.call, |_, _| self.library.module.shutdown()(wait_ms));
        ended.await
    }

    async fn check(&self, args: InstanceArgs) -> Result<(), AdapterError> {
        let mut guard = self.guard.clone();
        guard.call = self.build_timeout;
        let judged = guard.run(self.build_timeout, |_, span| {
            let mut args = args.into_abi();
            args.span = span;
            args.ask_for_check();
            self.library.module.build()(args)
        });
        judged.await.map(drop)
    }

    async fn build(&self, args: InstanceArgs) -> Result<AdapterInstance, AdapterError> {
        let mut guard = self.guard.clone();
        guard.call = self.build_timeout;
        let built = guard.run(self.build_timeout, |_, span| {
            let mut args = args.into_abi();
            args.span = span;
            self.library.module.build()(args)
        });
        let (built, guard) = (built.await?, self.guard.clone());
        // What it says of itself is asked without a future, so it is asked aside.
        let asking = move || import_instance(&built, &guard);
        let instance = aside::wait(self.build_timeout, asking).await??;
        roles::check(&instance, &self.library.inspection.manifest)?;
        Ok(instance)
    }
}

impl AdapterFactory for LoadedPlugin {
    fn manifest(&self) -> &Manifest {
        &self.library.inspection.manifest
    }

    fn build(&self, args: InstanceArgs) -> BoxFuture<'_, Result<AdapterInstance, AdapterError>> {
        Box::pin(LoadedPlugin::build(self, args))
    }

    fn check(&self, args: InstanceArgs) -> BoxFuture<'_, Result<(), AdapterError>> {
        Box::pin(LoadedPlugin::check(self, args))
    }
}

impl fmt::Debug for LoadedPlugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadedPlugin")
            .field("inspection", &self.library.inspection)
            .finish_non_exhaustive()
    }
}

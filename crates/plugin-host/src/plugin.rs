//! A loaded plugin.

use std::{fmt, sync::Arc, time::Duration};

use ownhand_plugin_bridge::{Crosses, Garbage, Guard, import_instance};
use ownhand_spi::{
    AdapterError, AdapterFactory, AdapterInstance, BoxFuture, InstanceArgs, Manifest, Role,
};

use crate::{Inspection, load::Library};

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

    /// Tells the plugin that the host's log filter has changed.
    pub fn log_filter_changed(&self) {
        self.library.module.log_filter_changed()();
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
        let instance = import_instance(&built.await?, &self.guard)?;
        self.check_roles(&instance)?;
        Ok(instance)
    }

    /// An instance fills the roles that its manifest names.
    fn check_roles(&self, instance: &AdapterInstance) -> Result<(), Garbage> {
        for role in &self.library.inspection.manifest.roles {
            let filled = match role {
                Role::IdentityMapper => instance.identity_mapper.is_some(),
                Role::DocumentSource => instance.document_source.is_some(),
                Role::TokenStore => instance.token_store.is_some(),
            };
            if !filled {
                return Err(Garbage(format!("an instance without its role {role}")));
            }
        }
        Ok(())
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

//! Loads a plugin: once for each file.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use ownhand_plugin_bridge::{
    Crosses, Guard,
    abi::{HostServices, PluginModuleRef, RErr, RVec},
};
use ownhand_spi::AdapterError;

use crate::{
    Inspection, LoadError, LoadedPlugin, Pin,
    inspect::{Verified, verify},
    log, open,
};

/// How a plugin is run.
#[derive(Clone, Debug)]
pub struct LoadOptions {
    /// Threads of the plugin's own runtime. The first load of a file decides.
    pub worker_threads: u32,
    /// How long a call may take; the call's own budget may be shorter.
    pub call_timeout: Duration,
    /// How long one piece of a stream may take.
    pub piece_timeout: Duration,
    /// How long building an instance may take.
    pub build_timeout: Duration,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            worker_threads: 2,
            call_timeout: Duration::from_mins(1),
            piece_timeout: Duration::from_secs(30),
            build_timeout: Duration::from_secs(30),
        }
    }
}

/// A library that was opened: for good.
pub(crate) struct Library {
    pub(crate) module: PluginModuleRef,
    pub(crate) inspection: Inspection,
}

static LOADED: Mutex<Option<HashMap<PathBuf, Arc<Library>>>> = Mutex::new(None);

/// Verifies and loads a plugin. A file that was loaded before is not opened again. Blocks for some milliseconds.
///
/// # Errors
/// [`LoadError`], by the first check that fails.
pub fn load(
    path: &Path,
    pin: Option<&Pin>,
    options: &LoadOptions,
) -> Result<Arc<LoadedPlugin>, LoadError> {
    let verified = verify(path, pin)?;
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    let loaded = loaded.get_or_insert_default();
    let library = match loaded.get(&verified.inspection.path) {
        Some(library) if library.inspection.sha256 == verified.inspection.sha256 => {
            Arc::clone(library)
        }
        Some(library) => {
            return Err(LoadError::Replaced {
                loaded: library.inspection.sha256.to_string(),
            });
        }
        None => {
            let path = verified.inspection.path.clone();
            let library = Arc::new(start(verified, options.worker_threads)?);
            loaded.insert(path, Arc::clone(&library));
            library
        }
    };
    let guard = Guard {
        plugin: library.inspection.manifest.name.as_str().into(),
        call: options.call_timeout,
        piece: options.piece_timeout,
    };
    Ok(Arc::new(LoadedPlugin::new(
        library,
        guard,
        options.build_timeout,
    )))
}

/// Opens the library and gives it the host's services.
fn start(verified: Verified, worker_threads: u32) -> Result<Library, LoadError> {
    let Verified { inspection, bytes } = verified;
    let module = open::open(&bytes)?;
    let services = HostServices {
        log: log::host_log(),
        plugin: inspection.manifest.name.as_str().into(),
        worker_threads,
        ext: RVec::new(),
    };
    if let RErr(error) = module.init()(services) {
        let reason =
            AdapterError::from_abi(error).map_or_else(|e| e.to_string(), |e| e.to_string());
        return Err(LoadError::Init { reason });
    }
    Ok(Library { module, inspection })
}

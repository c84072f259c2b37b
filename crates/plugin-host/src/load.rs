//! Loads a plugin: once for each file.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use ownhand_plugin_bridge::{
    Crosses, Guard, Spans,
    abi::{HostServices, PluginModuleRef, RErr, RVec},
};
use ownhand_spi::AdapterError;

use crate::{
    Inspection, LoadError, LoadedPlugin, Pin, aside,
    inspect::{Verified, verify},
    log, open,
};

/// How a plugin is run; the times count for an adapter that is compiled in too.
#[derive(Clone, Debug)]
pub struct LoadOptions {
    /// Threads of the plugin's own runtime. The first load of a file decides.
    pub worker_threads: u32,
    /// How long a call may take; the call's own budget may be shorter. For a deposit: without taking a piece of the document.
    pub call_timeout: Duration,
    /// How long one piece of a stream may take.
    pub piece_timeout: Duration,
    /// How long a document may take as a whole, however steadily it moves.
    pub transfer_timeout: Duration,
    /// How long building an instance may take.
    pub build_timeout: Duration,
    /// How long opening and starting a library may take.
    pub start_timeout: Duration,
}

impl LoadOptions {
    pub(crate) fn guard(&self, plugin: &str, spans: Arc<Spans>) -> Guard {
        Guard {
            plugin: plugin.into(),
            call: self.call_timeout,
            piece: self.piece_timeout,
            transfer: self.transfer_timeout,
            spans,
        }
    }
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            worker_threads: 2,
            call_timeout: Duration::from_mins(1),
            piece_timeout: Duration::from_secs(30),
            transfer_timeout: Duration::from_hours(1),
            build_timeout: Duration::from_secs(30),
            start_timeout: Duration::from_secs(10),
        }
    }
}

/// A library that was opened: for good.
pub(crate) struct Library {
    pub(crate) module: PluginModuleRef,
    pub(crate) inspection: Inspection,
    spans: Arc<Spans>,
}

/// What this process has opened.
#[derive(Default)]
struct Opened {
    libraries: HashMap<PathBuf, Arc<Library>>,
    /// What could not be used although some of its code has run, by digest: opening it again would run that code again, and would
    /// keep another copy in memory for good.
    failed: HashMap<[u8; 32], String>,
}

static OPENED: Mutex<Option<Opened>> = Mutex::new(None);

/// Verifies and loads a plugin. A file that was loaded before is not opened again. Blocks for some milliseconds; at most for the
/// start's time-out.
///
/// # Errors
/// [`LoadError`], by the first check that fails.
pub fn load(
    path: &Path,
    pin: Option<&Pin>,
    options: &LoadOptions,
) -> Result<Arc<LoadedPlugin>, LoadError> {
    let verified = verify(path, pin)?;
    let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
    let library = opened.get_or_insert_default().library(verified, options)?;
    let name = &library.inspection.manifest.name;
    let guard = options.guard(name, Arc::clone(&library.spans));
    Ok(Arc::new(LoadedPlugin::new(
        library,
        guard,
        options.build_timeout,
    )))
}

impl Opened {
    fn library(
        &mut self,
        verified: Verified,
        options: &LoadOptions,
    ) -> Result<Arc<Library>, LoadError> {
        let path = verified.inspection.path.clone();
        let sha256 = verified.inspection.sha256;
        match self.libraries.get(&path) {
            Some(library) if library.inspection.sha256 == sha256 => {
                return Ok(Arc::clone(library));
            }
            Some(library) => {
                return Err(LoadError::Replaced {
                    loaded: library.inspection.sha256.to_string(),
                });
            }
            None => {}
        }
        if let Some(reason) = self.failed.get(&sha256.0) {
            return Err(LoadError::FailedBefore {
                reason: reason.clone(),
            });
        }
        let threads = options.worker_threads;
        // Its initialisers and `init` may do what they like, for ever.
        let started = aside::block(options.start_timeout, move || start(verified, threads));
        let started = started.unwrap_or_else(|error| {
            Err(LoadError::Start {
                reason: error.to_string(),
            })
        });
        match started {
            Ok(library) => {
                let library = Arc::new(library);
                self.libraries.insert(path, Arc::clone(&library));
                Ok(library)
            }
            Err(error) => {
                if has_run(&error) {
                    self.failed.insert(sha256.0, error.to_string());
                }
                Err(error)
            }
        }
    }
}

/// Whether some of the library's code has run before the failure.
fn has_run(error: &LoadError) -> bool {
    !matches!(error, LoadError::Seal(_) | LoadError::Open { .. })
}

/// Opens the library and gives it the host's services.
fn start(verified: Verified, worker_threads: u32) -> Result<Library, LoadError> {
    let Verified { inspection, bytes } = verified;
    let (module, header) = open::open(&bytes)?;
    if header != inspection.abi_version {
        return Err(LoadError::AbiMismatch {
            manifest: inspection.abi_version,
            header,
        });
    }
    let plugin = inspection.manifest.name.as_str();
    let spans = Arc::<Spans>::default();
    let services = HostServices {
        log: log::host_log(plugin, Arc::clone(&spans)),
        plugin: plugin.into(),
        worker_threads,
        ext: RVec::new(),
    };
    if let RErr(error) = module.init()(services) {
        let reason =
            AdapterError::from_abi(error).map_or_else(|e| e.to_string(), |e| e.to_string());
        return Err(LoadError::Init { reason });
    }
    Ok(Library {
        module,
        inspection,
        spans,
    })
}

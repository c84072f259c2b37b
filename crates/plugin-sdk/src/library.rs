//! The state of a loaded library: what the host gave it, and its runtime. Not of an instance.

use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use ownhand_plugin_bridge::{
    Home,
    abi::{HostLogBox, HostServices},
};
use ownhand_spi::AdapterError;
use tokio::{
    runtime::{Builder, Handle, Runtime},
    sync::oneshot,
};

use crate::log;

struct Services {
    log: HostLogBox,
    plugin: String,
    worker_threads: usize,
}

enum State {
    Fresh,
    Running(Runtime),
    Over,
}

static SERVICES: OnceLock<Services> = OnceLock::new();
static STATE: Mutex<State> = Mutex::new(State::Fresh);

/// Takes the host's services. A second call changes nothing.
pub(crate) fn init(services: HostServices) {
    let mut first = false;
    SERVICES.get_or_init(|| {
        first = true;
        Services {
            log: services.log,
            plugin: services.plugin.into(),
            worker_threads: (services.worker_threads as usize).clamp(1, 64),
        }
    });
    if first {
        log::install();
    }
}

/// The host's log, once there is one.
pub(crate) fn host_log() -> Option<&'static HostLogBox> {
    SERVICES.get().map(|services| &services.log)
}

/// The plugin's name in the host.
pub(crate) fn plugin() -> &'static str {
    SERVICES.get().map_or("", |services| &services.plugin)
}

/// Where the adapter's work runs.
pub(crate) fn home() -> Arc<dyn Home> {
    Arc::new(Here)
}

/// Ends all tasks.
pub(crate) async fn shutdown(wait: Duration) {
    let state = {
        let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *state, State::Over)
    };
    let State::Running(runtime) = state else {
        return;
    };
    // Waits for threads, so not on the caller's.
    let (ended, end) = oneshot::channel();
    let waiting = std::thread::Builder::new().spawn(move || {
        runtime.shutdown_timeout(wait);
        // A caller that has gone needs no answer.
        let _ = ended.send(());
    });
    if waiting.is_ok() {
        // Ends also when the thread does.
        let _ = end.await;
    }
}

struct Here;

impl Home for Here {
    /// Started at the first call.
    fn runtime(&self) -> Result<Handle, AdapterError> {
        let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
        if let State::Fresh = *state {
            let threads = SERVICES.get().map_or(1, |services| services.worker_threads);
            let runtime = Builder::new_multi_thread()
                .worker_threads(threads)
                .thread_name(plugin())
                .enable_all()
                .build()
                .map_err(|e| {
                    AdapterError::unavailable("the plugin's threads can't be started").caused_by(e)
                })?;
            *state = State::Running(runtime);
        }
        match &*state {
            State::Running(runtime) => Ok(runtime.handle().clone()),
            State::Fresh | State::Over => {
                Err(AdapterError::unavailable("the plugin has been shut down"))
            }
        }
    }

    fn hold(&self, span: u64) -> u64 {
        host_log().map_or(0, |log| log.clone_span(span))
    }

    fn release(&self, span: u64) {
        if let Some(log) = host_log() {
            log.close_span(span);
        }
    }

    fn enter(&self, span: u64) {
        if let Some(log) = host_log() {
            log.enter(span);
        }
    }

    fn exit(&self, span: u64) {
        if let Some(log) = host_log() {
            log.exit(span);
        }
    }
}

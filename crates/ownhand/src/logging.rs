//! The log: lines for people or machines, on standard error.

use std::io;

use ownhand_config::{Log, LogFormat};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// Starts the log as the configuration wants it. An unreadable filter falls back to `info`; the check of the configuration refuses it.
pub(crate) fn start(log: &Log) {
    let mut filter = EnvFilter::try_new(&log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    // At `trace` it tells of every change in the folder that is watched. Where the log lies in that folder too, each line would
    // make the next one, until the disk is full.
    if let Ok(silent) = "notify=info".parse() {
        filter = filter.add_directive(silent);
    }
    let lines = fmt::layer().with_writer(io::stderr).with_target(true);
    let registry = tracing_subscriber::registry().with(filter);
    // A second start (in tests of the library) finds the log running already, and leaves it as it is.
    let _ = match log.format {
        LogFormat::Text => registry.with(lines.with_ansi(false)).try_init(),
        LogFormat::Json => registry.with(lines.json()).try_init(),
    };
}

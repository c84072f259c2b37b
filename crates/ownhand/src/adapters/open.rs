//! Opens a plugin: a part of the program, or a pinned library.

use std::sync::Arc;

use ownhand_config::{Diagnostic, Operator, Plugin, PluginLocation};
use ownhand_connector::chain;
use ownhand_documents_files::FileDocuments;
use ownhand_identity_jwt::JwtIdentity;
use ownhand_plugin_host::{LoadError, LoadOptions, Pin, guarded, load};
use ownhand_plugin_sdk::builtin;
use ownhand_spi::AdapterFactory;
use ownhand_tokens_sql::SqlTokens;

/// The adapters that are part of the program.
fn built_ins() -> [Arc<dyn AdapterFactory>; 3] {
    [
        builtin::<JwtIdentity>(),
        builtin::<FileDocuments>(),
        builtin::<SqlTokens>(),
    ]
}

/// Opens a plugin, or says at its own lines of the operator's file why it can't be had.
pub(super) fn open(
    operator: &Operator,
    plugin: &Plugin,
) -> Result<Arc<dyn AdapterFactory>, Diagnostic> {
    let wrong =
        |key: &str, message: String| operator.plugin_key_diagnostic(&plugin.name, key, message);
    let options = LoadOptions {
        worker_threads: u32::try_from(plugin.worker_threads).unwrap_or(u32::MAX),
        call_timeout: plugin.timeout,
        piece_timeout: plugin.timeout,
        ..LoadOptions::default()
    };
    let (path, sha256) = match &plugin.location {
        PluginLocation::BuiltIn => {
            return built_in(&plugin.name)
                .map(|factory| guarded(factory, &options))
                .map_err(|message| wrong("name", message));
        }
        PluginLocation::Library { path, sha256 } => (path, sha256),
    };
    // As it stands in the file, if it stands there relative.
    let shown = path.strip_prefix(&operator.folder).unwrap_or(path);
    let named = |what: String| format!("plugin `{}`: {}: {what}", plugin.name, shown.display());
    let pin: Pin = sha256
        .parse()
        .map_err(|error: ownhand_plugin_host::InvalidPin| wrong("sha256", named(chain(&error))))?;
    let loaded = load(path, Some(&pin), &options).map_err(|error| {
        let key = match error {
            LoadError::Pin { .. } => "sha256",
            _ => "path",
        };
        wrong(key, named(chain(&error)))
    })?;
    let found = loaded.manifest().name.clone();
    if found == plugin.name {
        Ok(loaded)
    } else {
        Err(wrong(
            "path",
            named(format!("this library is plugin `{found}`")),
        ))
    }
}

fn built_in(name: &str) -> Result<Arc<dyn AdapterFactory>, String> {
    let all = built_ins();
    let known: Vec<_> = all
        .iter()
        .map(|factory| factory.manifest().name.clone())
        .collect();
    all.into_iter()
        .find(|factory| factory.manifest().name == name)
        .ok_or_else(|| {
            format!(
                "no plugin `{name}` is built in; give `path` and `sha256`, or take one of {}",
                known.join(", ")
            )
        })
}

//! `[[plugin]]`

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    check::Check,
    settings::{Settings, SettingsFile},
};

/// A plugin that the installation may use.
#[derive(Clone, Debug)]
pub struct Plugin {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub location: PluginLocation,
    /// The operator's bound, handed to every instance beside the settings.
    pub operator: Settings,
    /// How long one call may take.
    pub timeout: Duration,
    /// Threads of the plugin's own runtime; only a loaded library has one.
    pub worker_threads: usize,
}

/// Where a plugin is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PluginLocation {
    /// Part of the program.
    BuiltIn,
    /// A library file.
    Library {
        /// The file, absolute.
        path: PathBuf,
        /// SHA-256 of the file: 64 lower-case hexadecimal digits.
        sha256: String,
    },
}

/// A plugin that the installation may use: built in, or a library file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Plugin")]
pub(crate) struct PluginFile {
    /// Its name: lower-case letters, digits and `-`.
    pub(crate) name: String,
    /// The library file; without it the plugin is built in.
    path: Option<PathBuf>,
    /// SHA-256 of the library file, as `ownhand plugin check FILE` prints it.
    sha256: Option<String>,
    /// The operator's bound, handed to every instance beside the tenant's settings.
    #[serde(default, rename = "operator")]
    _operator: SettingsFile,
    /// How long one call may take, in seconds; 30 when not given.
    #[schemars(range(min = 1, max = 600))]
    timeout_seconds: Option<u32>,
    /// Threads of the library's own runtime; 2 when not given.
    #[schemars(range(min = 1, max = 64))]
    worker_threads: Option<u32>,
}

impl PluginFile {
    pub(crate) fn validate(
        self,
        index: usize,
        folder: &Path,
        check: &mut Check<'_>,
    ) -> Option<Plugin> {
        let at = |key: &str| format!("plugin[{index}].{key}");
        let shape = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if self.name.is_empty() || !self.name.bytes().all(shape) {
            let message = format!(
                "`{}` must be lower-case letters, digits and `-`",
                at("name")
            );
            check.error(&at("name"), message, None);
        }
        if self.path.is_none() && self.worker_threads.is_some() {
            let message = format!(
                "`{}` is only for a library with a `path`",
                at("worker_threads")
            );
            let help = "a built-in plugin runs in the program's own runtime; take this line out";
            check.error(&at("worker_threads"), message, help.to_owned());
        }
        let operator = check.settings(&at("operator"), "operator:");
        let location = match (self.path, self.sha256) {
            (None, None) => PluginLocation::BuiltIn,
            (Some(path), Some(sha256)) => {
                if sha256.len() != 64 || !sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    let message = format!("`{}` must be 64 hexadecimal digits", at("sha256"));
                    let help = "`ownhand plugin check FILE` prints it";
                    check.error(&at("sha256"), message, help.to_owned());
                }
                PluginLocation::Library {
                    path: folder.join(path),
                    sha256: sha256.to_ascii_lowercase(),
                }
            }
            (Some(_), None) => {
                let message = format!("plugin \"{}\" has a `path` but no `sha256`", self.name);
                let help = "a library is only opened when it is the pinned one; `ownhand plugin check FILE` prints its SHA-256";
                check.error(&at("path"), message, help.to_owned());
                return None;
            }
            (None, Some(_)) => {
                let message = format!("plugin \"{}\" has a `sha256` but no `path`", self.name);
                check.error(&at("sha256"), message, None);
                return None;
            }
        };
        Some(Plugin {
            name: self.name,
            location,
            operator: operator?,
            timeout: Duration::from_secs(self.timeout_seconds.unwrap_or(30).into()),
            worker_threads: self.worker_threads.unwrap_or(2) as usize,
        })
    }
}

//! The built programs and plugin libraries.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Result, error, error::wrong};

/// The names of the shipped plugins.
pub const PLUGINS: [&str; 3] = ["identity-jwt", "documents-files", "tokens-sql"];

/// Where the built files are.
#[derive(Clone, Debug)]
pub struct Programs {
    /// `ownhand`.
    pub ownhand: PathBuf,
    /// `ownhand-simulator`.
    pub simulator: PathBuf,
    /// The folder of the plugin libraries.
    pub plugins: PathBuf,
}

impl Programs {
    /// As `cargo xtask test` names them to the tests.
    ///
    /// # Errors
    /// When a variable is missing.
    pub fn from_environment() -> Result<Self> {
        let path = |name: &str| {
            env::var_os(name)
                .map(PathBuf::from)
                .ok_or_else(|| wrong(format!("{name} is not set; run `cargo xtask test`")))
        };
        Ok(Self {
            ownhand: path("OWNHAND_BIN")?,
            simulator: path("OWNHAND_SIMULATOR_BIN")?,
            plugins: path("OWNHAND_PLUGIN_DIR")?,
        })
    }

    /// The variables by which tests find the files.
    pub fn environment(&self) -> [(&'static str, &Path); 3] {
        [
            ("OWNHAND_BIN", &self.ownhand),
            ("OWNHAND_SIMULATOR_BIN", &self.simulator),
            ("OWNHAND_PLUGIN_DIR", &self.plugins),
        ]
    }

    /// The library file of a plugin.
    pub fn library(&self, plugin: &str) -> PathBuf {
        let stem = plugin.replace('-', "_");
        self.plugins.join(format!("libownhand_plugin_{stem}.so"))
    }

    /// What `ownhand plugin check` says about a shipped plugin's library.
    ///
    /// # Errors
    /// When it refuses the file.
    pub fn check(&self, plugin: &str) -> Result<Library> {
        let path = self.library(plugin);
        let checked = Command::new(&self.ownhand)
            .args(["plugin", "check"])
            .arg(&path)
            .output()
            .map_err(error::io(self.ownhand.display().to_string()))?;
        if !checked.status.success() {
            return Err(wrong(String::from_utf8_lossy(&checked.stderr).into_owned()));
        }
        let said = String::from_utf8_lossy(&checked.stdout).into_owned();
        let value = |key: &str| {
            said.lines()
                .find_map(|line| line.strip_prefix(key)?.strip_prefix(' '))
                .map(|value| value.trim().to_owned())
                .ok_or_else(|| wrong(format!("`ownhand plugin check` says no `{key}`: {said}")))
        };
        Ok(Library {
            name: value("name")?,
            role: value("roles")?,
            sha256: value("sha256")?,
            path,
        })
    }
}

/// A plugin library that can be loaded.
#[derive(Clone, Debug)]
pub struct Library {
    /// The plugin's name.
    pub name: String,
    /// Its role; several are separated by commas.
    pub role: String,
    /// The file.
    pub path: PathBuf,
    /// The file's SHA-256 in hex.
    pub sha256: String,
}

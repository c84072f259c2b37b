//! `[tokens]`

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    check::Check,
    settings::{Settings, SettingsFile},
};

/// The token store: one for the installation.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Name of the plugin; it stands in [`Operator::plugins`](crate::Operator::plugins).
    pub plugin: String,
    /// Its settings.
    pub settings: Settings,
}

/// The token store: one for the installation.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Tokens")]
pub(crate) struct TokensFile {
    /// Name of the plugin, one of [[plugin]].
    plugin: String,
    /// Its settings.
    #[serde(default, rename = "settings")]
    _settings: SettingsFile,
}

impl TokensFile {
    pub(crate) fn validate(self, plugins: &[String], check: &mut Check<'_>) -> Option<Tokens> {
        check.one_of("tokens.plugin", &self.plugin, plugins, "[[plugin]]");
        let settings = check.settings("tokens.settings", "")?;
        Some(Tokens {
            plugin: self.plugin,
            settings,
        })
    }
}

//! `[host]`, `[identity]` and `[documents]`

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    check::Check,
    settings::{Settings, SettingsFile},
};

/// A tenant's use of a plugin.
#[derive(Clone, Debug)]
pub struct PluginUse {
    /// Name of the plugin; the operator allows it to tenants.
    pub plugin: String,
    /// Its settings for this tenant.
    pub settings: Settings,
}

/// A section of a tenant's file that names a plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    /// `[host]`
    Host,
    /// `[identity]`
    Identity,
    /// `[documents]`
    Documents,
}

impl Section {
    /// The section's name in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Identity => "identity",
            Self::Documents => "documents",
        }
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A plugin and its settings.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PluginUse")]
pub(crate) struct PluginUseFile {
    /// Name of the plugin; the operator's file says which may be used.
    plugin: String,
    /// Its settings.
    #[serde(default, rename = "settings")]
    _settings: SettingsFile,
}

impl PluginUseFile {
    pub(crate) fn validate(
        self,
        section: Section,
        allowed: &[String],
        check: &mut Check<'_>,
    ) -> Option<PluginUse> {
        let place = format!("{section}.plugin");
        check.one_of(
            &place,
            &self.plugin,
            allowed,
            "`tenants.plugins` of the operator's file",
        );
        let settings = check.settings(&format!("{section}.settings"), "")?;
        Some(PluginUse {
            plugin: self.plugin,
            settings,
        })
    }
}

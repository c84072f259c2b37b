//! The operator's file, one module a section.

mod changes;
pub(crate) mod docusign;
pub(crate) mod keys;
pub(crate) mod ledger;
pub(crate) mod limits;
pub(crate) mod log;
pub(crate) mod plugin;
pub(crate) mod server;
pub(crate) mod tenants;
pub(crate) mod tokens;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use schemars::JsonSchema;
use serde::Deserialize;

use self::{
    docusign::{Docusign, DocusignFile},
    keys::{Keys, KeysFile},
    ledger::{Ledger, LedgerFile},
    limits::Limits,
    log::Log,
    plugin::{Plugin, PluginFile},
    server::{Server, ServerFile},
    tenants::{TenantBounds, TenantsFile},
    tokens::{Tokens, TokensFile},
};
use crate::{
    check::Check,
    report::Diagnostic,
    source::{Source, join},
    tree::Kind,
};

/// The operator's file, checked.
#[derive(Clone, Debug)]
pub struct Operator {
    /// The folder of the file, absolute: relative paths count from here.
    pub folder: PathBuf,
    /// Where the server listens.
    pub server: Server,
    /// Which DocuSign, and as which app.
    pub docusign: Docusign,
    /// Ownhand's own database.
    pub ledger: Ledger,
    /// The token store.
    pub tokens: Tokens,
    /// The keys that seal tokens.
    pub keys: Keys,
    /// The plugins by name.
    pub plugins: BTreeMap<String, Plugin>,
    /// What tenants may use.
    pub tenants: TenantBounds,
    /// Sizes and times.
    pub limits: Limits,
    /// The log.
    pub log: Log,
    source: Arc<Source>,
}

impl Operator {
    /// What the token store says against its settings, with its place.
    pub fn tokens_diagnostic(&self, path: &str, message: impl Into<String>) -> Diagnostic {
        let message = message.into();
        self.source
            .in_settings("tokens.settings", path, message, None)
    }

    /// What a plugin says against its bound, or the host of the plugins against the plugin, with its place.
    pub fn plugin_diagnostic(
        &self,
        plugin: &str,
        path: &str,
        message: impl Into<String>,
    ) -> Diagnostic {
        let bound = self.bound_of(plugin);
        self.source.in_settings(&bound, path, message.into(), None)
    }

    /// What is wrong with a setting, by its dotted path from the top of the file.
    pub fn diagnostic(&self, path: &str, message: impl Into<String>) -> Diagnostic {
        self.source.at(self.source.span(path), message.into(), None)
    }

    /// What is wrong with a key of a plugin's own section, such as `path`.
    pub fn plugin_key_diagnostic(
        &self,
        plugin: &str,
        key: &str,
        message: impl Into<String>,
    ) -> Diagnostic {
        self.diagnostic(&join(&self.section_of(plugin), key), message)
    }

    fn bound_of(&self, plugin: &str) -> String {
        join(&self.section_of(plugin), "operator")
    }

    fn section_of(&self, plugin: &str) -> String {
        let plugins = self.source.tree().follow("plugin").items();
        let index = plugins.iter().position(|entry| {
            matches!(entry.entry("name").map(|name| &name.node.kind), Some(Kind::String(name)) if name == plugin)
        });
        index.map_or_else(|| "plugin".to_owned(), |index| format!("plugin[{index}]"))
    }
}

/// The operator's file: one for the installation.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OperatorFile {
    server: ServerFile,
    docusign: DocusignFile,
    ledger: LedgerFile,
    tokens: TokensFile,
    keys: KeysFile,
    /// The plugins that the installation may use.
    plugin: Vec<PluginFile>,
    tenants: TenantsFile,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    log: Log,
}

impl OperatorFile {
    pub(crate) fn validate(
        self,
        folder: &Path,
        source: &Arc<Source>,
        check: &mut Check<'_>,
    ) -> (TenantBounds, Option<Operator>) {
        let names: Vec<String> = self
            .plugin
            .iter()
            .map(|plugin| plugin.name.clone())
            .collect();
        let tenants = self.tenants.validate(folder, &names, check);
        if self.docusign.is_docusign_itself() {
            self.server.check_reachable(check);
        }
        let server = self.server.validate(folder, check);
        let docusign = self.docusign.validate(folder, check);
        let ledger = self.ledger.validate(folder, check);
        let tokens = self.tokens.validate(&names, check);
        let keys = self.keys.validate(check);
        let mut plugins = BTreeMap::new();
        for (index, plugin) in self.plugin.into_iter().enumerate() {
            if names[..index].contains(&plugin.name) {
                let message = format!("two plugins have the name \"{}\"", plugin.name);
                check.error(&format!("plugin[{index}].name"), message, None);
                continue;
            }
            if let Some(plugin) = plugin.validate(index, folder, check) {
                plugins.insert(plugin.name.clone(), plugin);
            }
        }
        self.log.validate(check);
        let bounds = tenants.clone();
        let whole = || {
            Some(Operator {
                folder: folder.to_owned(),
                server: server?,
                docusign: docusign?,
                ledger: ledger?,
                tokens: tokens?,
                keys: keys?,
                plugins,
                tenants,
                limits: self.limits,
                log: self.log,
                source: Arc::clone(source),
            })
        };
        (bounds, whole())
    }
}

//! Who asks for an instance of a plugin, and where in whose file something is wrong with that.

use ownhand_config::{Diagnostic, Operator, Section, Settings, Tenant as TenantFile};
use ownhand_connector::chain;
use ownhand_spi::{AdapterError, ErrorKind, InstanceArgs, Role};

use super::args;

/// A section that asks for an instance of its plugin.
#[derive(Clone, Copy)]
pub(super) enum Asked<'a> {
    /// `[tokens]` of the operator's file.
    Tokens(&'a Operator),
    /// A section of a tenant's file.
    Tenant {
        operator: &'a Operator,
        file: &'a TenantFile,
        section: Section,
    },
}

impl<'a> Asked<'a> {
    /// The plugin's name and the settings of this use.
    pub(super) fn plugin(self) -> (&'a str, Option<&'a Settings>) {
        match self {
            Self::Tokens(operator) => (&operator.tokens.plugin, Some(&operator.tokens.settings)),
            Self::Tenant { file, section, .. } => file
                .plugin_uses()
                .find(|(known, _)| *known == section)
                .map_or(("", None), |(_, wanted)| {
                    (&wanted.plugin, Some(&wanted.settings))
                }),
        }
    }

    /// What the instance is built from.
    pub(super) fn args(self) -> InstanceArgs {
        let (plugin, settings) = self.plugin();
        let none = Settings::default();
        let settings = settings.unwrap_or(&none);
        match self {
            Self::Tokens(operator) => args("tokens".to_owned(), None, operator, plugin, settings),
            Self::Tenant {
                operator,
                file,
                section,
            } => {
                let name = format!("{} [{section}]", file.id);
                args(name, Some(&file.id), operator, plugin, settings)
            }
        }
    }

    /// What is wrong with the plugin that the section names.
    pub(super) fn at_plugin(self, message: String) -> Diagnostic {
        match self {
            Self::Tokens(operator) => operator.diagnostic("tokens.plugin", message),
            Self::Tenant { file, section, .. } => {
                file.diagnostic_at(&format!("{section}.plugin"), message)
            }
        }
    }

    /// The plugin does not fill a role that the section needs.
    pub(super) fn lacks(self, role: Role) -> Diagnostic {
        let (plugin, _) = self.plugin();
        self.at_plugin(format!("plugin `{plugin}` is no {role}; name another one"))
    }

    /// Puts a plugin's refusal in its place: the setting, the operator's bound, or the line that names the plugin.
    pub(super) fn place(self, error: &AdapterError) -> Diagnostic {
        let (plugin, _) = self.plugin();
        let message = chain(error);
        if error.kind() != ErrorKind::Configuration {
            return self.at_plugin(format!("plugin `{plugin}` can't be used: {message}"));
        }
        let path = error.path().unwrap_or_default();
        match (self, path.strip_prefix("operator:")) {
            (Self::Tokens(operator) | Self::Tenant { operator, .. }, Some(path)) => {
                let key = dotted("operator", path);
                let message = format!("`{key}` of plugin `{plugin}`: {message}");
                operator.plugin_diagnostic(plugin, path, message)
            }
            (Self::Tokens(operator), None) => {
                let key = dotted("tokens.settings", path);
                operator.tokens_diagnostic(path, format!("`{key}`: {message}"))
            }
            (Self::Tenant { file, section, .. }, None) => {
                let key = dotted(&format!("{section}.settings"), path);
                file.diagnostic(section, path, format!("`{key}`: {message}"))
            }
        }
    }
}

/// A setting's whole name; an empty path means the settings themselves.
fn dotted(settings: &str, path: &str) -> String {
    if path.is_empty() {
        settings.to_owned()
    } else {
        format!("{settings}.{path}")
    }
}

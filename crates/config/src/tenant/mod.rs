//! A tenant's file, one module a section.

pub(crate) mod about;
pub(crate) mod docusign;
pub(crate) mod roles;
pub(crate) mod users;
pub(crate) mod write_back;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use self::{
    about::AboutFile,
    docusign::{TenantDocusign, TenantDocusignFile},
    roles::{PluginUse, PluginUseFile, Section},
    users::User,
    write_back::WriteBack,
};
use crate::{check::Check, operator::tenants::TenantBounds, report::Diagnostic, source::Source};

/// A tenant's file, checked against the operator's bounds.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// The tenant's id: the name of its file.
    pub id: String,
    /// The tenant's name, as people read it on the pages.
    pub name: String,
    /// Where the browser goes in the host app with the one-time handle.
    pub finish_url: Url,
    /// Where the browser may be sent back to afterwards. A requested URL must equal one of these.
    pub return_urls: Vec<Url>,
    /// `[host]`: the plugin that fills the roles that no section of their own fills.
    pub host: Option<PluginUse>,
    /// `[identity]`: the identity mapper, where it is not `[host]`.
    pub identity: Option<PluginUse>,
    /// `[documents]`: the document source, where it is not `[host]`.
    pub documents: Option<PluginUse>,
    /// `[docusign]`: who may link what.
    pub docusign: TenantDocusign,
    /// `[[users]]`: people whose DocuSign user is spelled out.
    pub users: Vec<User>,
    /// `[write_back]`: where signed documents go.
    pub write_back: WriteBack,
    source: Arc<Source>,
}

impl Tenant {
    /// The sections that need an instance of their plugin, each once.
    pub fn plugin_uses(&self) -> impl Iterator<Item = (Section, &PluginUse)> {
        [
            (Section::Host, self.host.as_ref()),
            (Section::Identity, self.identity.as_ref()),
            (Section::Documents, self.documents.as_ref()),
        ]
        .into_iter()
        .filter_map(|(section, plugin)| Some((section, plugin?)))
    }

    /// The section whose plugin is the identity mapper.
    pub fn identity_section(&self) -> Section {
        if self.identity.is_some() {
            Section::Identity
        } else {
            Section::Host
        }
    }

    /// The section whose plugin is the document source.
    pub fn documents_section(&self) -> Section {
        if self.documents.is_some() {
            Section::Documents
        } else {
            Section::Host
        }
    }

    /// What is wrong with a setting, by its dotted path from the top of the file.
    pub fn diagnostic_at(&self, path: &str, message: impl Into<String>) -> Diagnostic {
        self.source.at(self.source.span(path), message.into(), None)
    }

    /// What a plugin says against its settings, with its place.
    pub fn diagnostic(
        &self,
        section: Section,
        path: &str,
        message: impl Into<String>,
    ) -> Diagnostic {
        let settings = format!("{section}.settings");
        self.source
            .in_settings(&settings, path, message.into(), None)
    }
}

/// A tenant's file: who may link, which DocuSign accounts are allowed, which plugins with which settings.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TenantFile {
    tenant: AboutFile,
    /// The plugin that fills the roles that no section of their own fills.
    host: Option<PluginUseFile>,
    /// The plugin that says who is calling, where it is not the one of [host].
    identity: Option<PluginUseFile>,
    /// The plugin that reads and writes documents, where it is not the one of [host].
    documents: Option<PluginUseFile>,
    docusign: TenantDocusignFile,
    /// People whose DocuSign user is spelled out; wins over the e-mail rule.
    #[serde(default)]
    users: Vec<User>,
    #[serde(default)]
    write_back: WriteBack,
}

impl TenantFile {
    pub(crate) fn validate(
        self,
        id: &str,
        bounds: &TenantBounds,
        source: &Arc<Source>,
        check: &mut Check<'_>,
    ) -> Option<Tenant> {
        self.tenant.validate(id, bounds, check);
        self.validate_roles(check);
        let allowed: Vec<String> = bounds.plugins.iter().cloned().collect();
        let mut role = |section: Section, file: Option<PluginUseFile>| match file {
            None => Some(None),
            Some(file) => file.validate(section, &allowed, check).map(Some),
        };
        let host = role(Section::Host, self.host);
        let identity = role(Section::Identity, self.identity);
        let documents = role(Section::Documents, self.documents);
        let docusign = self.docusign.validate(check);
        users::validate(&self.users, &docusign.allowed_accounts, check);
        self.write_back.validate(check);
        Some(Tenant {
            id: id.to_owned(),
            name: self.tenant.name,
            finish_url: self.tenant.finish_url,
            return_urls: self.tenant.return_urls,
            host: host?,
            identity: identity?,
            documents: documents?,
            docusign,
            users: self.users,
            write_back: self.write_back,
            source: Arc::clone(source),
        })
    }

    fn validate_roles(&self, check: &mut Check<'_>) {
        let roles = [
            (
                Section::Identity,
                self.identity.is_some(),
                "says who is calling",
            ),
            (
                Section::Documents,
                self.documents.is_some(),
                "reads and writes documents",
            ),
        ];
        if self.host.is_some() {
            if roles.iter().all(|(_, given, _)| *given) {
                let message =
                    "[host] fills no role: [identity] and [documents] name plugins of their own";
                check.error("host", message, "take [host] out".to_owned());
            }
            return;
        }
        for (section, given, what) in roles {
            if !given {
                let message = format!("no plugin {what}");
                let help =
                    format!("name one in [{section}], or one that fills both roles in [host]");
                check.error("tenant", message, help);
            }
        }
    }
}

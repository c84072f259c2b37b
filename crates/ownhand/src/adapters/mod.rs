//! Adapters: built in or loaded, checked against their settings, and handed to the core as one kind of object.

mod check;
mod open;
mod place;
mod rules;

use std::{collections::BTreeMap, sync::Arc};

use ownhand_config::{
    Diagnostic, Installation, Operator, Report, Section, Settings, Tenant as TenantFile,
};
use ownhand_connector::{Tenant, Tenants};
use ownhand_spi::{
    AdapterFactory, AdapterInstance, DynTokenStore, InstanceArgs, Manifest, Role, TenantId,
};

use self::place::Asked;

/// The installation's plugins by name.
pub(crate) struct Adapters {
    factories: BTreeMap<String, Arc<dyn AdapterFactory>>,
}

impl Adapters {
    /// Opens all plugins that the operator's file names; those that can't be had are noted and left out.
    pub(crate) fn open(operator: &Operator) -> (Self, Vec<Diagnostic>) {
        let mut factories = BTreeMap::new();
        let mut wrong = Vec::new();
        for plugin in operator.plugins.values() {
            match open::open(operator, plugin) {
                Ok(factory) => drop(factories.insert(plugin.name.clone(), factory)),
                Err(diagnostic) => wrong.push(diagnostic),
            }
        }
        (Self { factories }, wrong)
    }

    /// The installation's token store.
    ///
    /// # Errors
    /// Its plugin's refusal, at the setting that caused it.
    pub(crate) async fn token_store(
        &self,
        operator: &Operator,
    ) -> Result<Arc<dyn DynTokenStore>, Report> {
        let asked = Asked::Tokens(operator);
        let built = self
            .build(asked)
            .await
            .map_err(|wrong| Report::new(vec![wrong]))?;
        built
            .token_store
            .ok_or_else(|| Report::new(vec![asked.lacks(Role::TokenStore)]))
    }

    /// The tenants with their adapters.
    ///
    /// # Errors
    /// Everything that their plugins refuse, each at the setting that caused it.
    pub(crate) async fn tenants(&self, installation: &Installation) -> Result<Tenants, Report> {
        let mut tenants = Vec::with_capacity(installation.tenants.len());
        let mut wrong = Vec::new();
        for file in installation.tenants.values() {
            match self.tenant(&installation.operator, file).await {
                Ok(tenant) => tenants.push(tenant),
                Err(diagnostic) => wrong.push(diagnostic),
            }
        }
        if wrong.is_empty() {
            Ok(Tenants::new(tenants))
        } else {
            Err(Report::new(wrong))
        }
    }

    async fn tenant(&self, operator: &Operator, file: &TenantFile) -> Result<Tenant, Diagnostic> {
        let mut built: BTreeMap<Section, AdapterInstance> = BTreeMap::new();
        for (section, _) in file.plugin_uses() {
            let asked = Asked::Tenant {
                operator,
                file,
                section,
            };
            built.insert(section, self.build(asked).await?);
        }
        let (identity, documents) = (file.identity_section(), file.documents_section());
        let lacks = |section, role| {
            Asked::Tenant {
                operator,
                file,
                section,
            }
            .lacks(role)
        };
        Ok(Tenant {
            id: TenantId::new(file.id.clone())
                .map_err(|error| file.diagnostic_at("tenant", error.to_string()))?,
            name: file.name.clone(),
            finish_url: file.finish_url.clone(),
            return_urls: file.return_urls.clone(),
            allowed_accounts: rules::accounts(file),
            require_same_email: file.docusign.require_same_email,
            one_host_user_per_docusign_user: file.docusign.one_host_user_per_docusign_user,
            users: rules::users(file),
            write_back: rules::write_back(file),
            identity: built
                .get(&identity)
                .and_then(|instance| instance.identity_mapper.clone())
                .ok_or_else(|| lacks(identity, Role::IdentityMapper))?,
            documents: built
                .get(&documents)
                .and_then(|instance| instance.document_source.clone())
                .ok_or_else(|| lacks(documents, Role::DocumentSource))?,
        })
    }

    async fn build(&self, asked: Asked<'_>) -> Result<AdapterInstance, Diagnostic> {
        let factory = self.factory(asked)?;
        let built = factory.build(asked.args()).await;
        built.map_err(|error| asked.place(&error))
    }

    fn factory(&self, asked: Asked<'_>) -> Result<&Arc<dyn AdapterFactory>, Diagnostic> {
        let (plugin, _) = asked.plugin();
        self.factories.get(plugin).ok_or_else(|| {
            asked.at_plugin(format!("plugin `{plugin}` is not in the operator's file"))
        })
    }

    fn manifest(&self, plugin: &str) -> Option<&Manifest> {
        self.factories.get(plugin).map(|factory| factory.manifest())
    }
}

/// What an instance is built from: the settings of the section that asks, and the operator's bound of the plugin.
fn args(
    instance: String,
    tenant: Option<&str>,
    operator: &Operator,
    plugin: &str,
    settings: &Settings,
) -> InstanceArgs {
    let bound = operator
        .plugins
        .get(plugin)
        .map(|plugin| plugin.operator.clone());
    let mut secrets = settings.secrets.clone();
    secrets.extend(bound.iter().flat_map(|bound| bound.secrets.clone()));
    InstanceArgs {
        instance,
        tenant: tenant.map(str::to_owned),
        operator: bound.map(|bound| bound.value).unwrap_or_default(),
        settings: settings.value.clone(),
        secrets,
    }
}

//! Adapters: built in or loaded, checked against their settings, and handed to the core as one kind of object.

use std::{collections::BTreeMap, sync::Arc};

use ownhand_config::{
    Diagnostic, Installation, Operator, Plugin, PluginLocation, Report, Section, Settings,
    Tenant as TenantFile,
};
use ownhand_connector::{AllowedAccounts, Tenant, Tenants, UserMapping, WriteBackRules};
use ownhand_documents_files::FileDocuments;
use ownhand_identity_jwt::JwtIdentity;
use ownhand_plugin_host::{LoadOptions, guarded, load};
use ownhand_plugin_sdk::builtin;
use ownhand_spi::{
    AdapterError, AdapterFactory, AdapterInstance, DynTokenStore, ErrorKind, InstanceArgs, Role,
    TenantId,
};
use ownhand_tokens_sql::SqlTokens;

use crate::output::{Exit, chain, refuse, say, style};

/// Why adapters can't be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AdaptersError {
    /// The configuration is wrong, at named places.
    #[error("the configuration is wrong")]
    Configuration(Report),
    /// An adapter can't be built though its settings may be right.
    #[error("plugin `{plugin}` can't be used for {instance}")]
    Build {
        plugin: String,
        instance: String,
        #[source]
        source: Box<AdapterError>,
    },
}

impl AdaptersError {
    /// Tells the user.
    pub(crate) fn say(&self) -> Exit {
        match self {
            Self::Configuration(report) => {
                say(report.render(style()));
                Exit::Refused
            }
            Self::Build { .. } => refuse(self),
        }
    }

    /// The same for a log.
    pub(crate) fn line(&self) -> String {
        match self {
            Self::Configuration(report) => report.to_string(),
            Self::Build { .. } => chain(self),
        }
    }

    fn one(diagnostic: Diagnostic) -> Self {
        Self::Configuration(Report::new(vec![diagnostic]))
    }
}

/// The installation's plugins by name.
pub(crate) struct Adapters {
    factories: BTreeMap<String, Arc<dyn AdapterFactory>>,
}

/// The adapters that are part of the program.
fn built_ins() -> [Arc<dyn AdapterFactory>; 3] {
    [
        builtin::<JwtIdentity>(),
        builtin::<FileDocuments>(),
        builtin::<SqlTokens>(),
    ]
}

impl Adapters {
    /// Opens all plugins that the operator's file names.
    pub(crate) fn open(operator: &Operator) -> Result<Self, AdaptersError> {
        let mut factories = BTreeMap::new();
        let mut wrong = Vec::new();
        for plugin in operator.plugins.values() {
            match open(plugin) {
                Ok(factory) => drop(factories.insert(plugin.name.clone(), factory)),
                Err(message) => wrong.push(operator.plugin_diagnostic(&plugin.name, "", message)),
            }
        }
        if wrong.is_empty() {
            Ok(Self { factories })
        } else {
            Err(AdaptersError::Configuration(Report::new(wrong)))
        }
    }

    /// The installation's token store.
    pub(crate) async fn token_store(
        &self,
        operator: &Operator,
    ) -> Result<Arc<dyn DynTokenStore>, AdaptersError> {
        let tokens = &operator.tokens;
        let args = args("tokens", None, operator, &tokens.plugin, &tokens.settings);
        let built = self.build(&tokens.plugin, args).await.map_err(|error| {
            Self::place(error, &tokens.plugin, operator, |path, message| {
                operator.tokens_diagnostic(path, message)
            })
        })?;
        built.token_store.ok_or_else(|| {
            AdaptersError::one(
                operator.tokens_diagnostic("", lacks(&tokens.plugin, Role::TokenStore)),
            )
        })
    }

    /// The tenants with their adapters.
    pub(crate) async fn tenants(
        &self,
        installation: &Installation,
    ) -> Result<Tenants, AdaptersError> {
        let mut tenants = Vec::with_capacity(installation.tenants.len());
        for file in installation.tenants.values() {
            tenants.push(self.tenant(&installation.operator, file).await?);
        }
        Ok(Tenants::new(tenants))
    }

    async fn tenant(
        &self,
        operator: &Operator,
        file: &TenantFile,
    ) -> Result<Tenant, AdaptersError> {
        let mut built: Vec<(Section, AdapterInstance)> = Vec::new();
        for (section, wanted) in file.plugin_uses() {
            let args = args(
                &format!("{} [{section}]", file.id),
                Some(&file.id),
                operator,
                &wanted.plugin,
                &wanted.settings,
            );
            let instance = self.build(&wanted.plugin, args).await.map_err(|error| {
                Self::place(error, &wanted.plugin, operator, |path, message| {
                    file.diagnostic(section, path, message)
                })
            })?;
            built.push((section, instance));
        }
        let of = |section: Section| {
            built
                .iter()
                .find(|(known, _)| *known == section)
                .map(|(_, instance)| instance)
        };
        let missing = |section: Section, role: Role| {
            let plugin = file
                .plugin_uses()
                .find(|(known, _)| *known == section)
                .map_or("", |(_, wanted)| &wanted.plugin);
            AdaptersError::one(file.diagnostic(section, "", lacks(plugin, role)))
        };
        let (identity, documents) = (file.identity_section(), file.documents_section());
        let id = TenantId::new(file.id.clone()).map_err(|error| {
            AdaptersError::one(file.diagnostic(identity, "", error.to_string()))
        })?;
        Ok(Tenant {
            id,
            name: file.name.clone(),
            finish_url: file.finish_url.clone(),
            return_urls: file.return_urls.clone(),
            allowed_accounts: accounts(file),
            require_same_email: file.docusign.require_same_email,
            one_host_user_per_docusign_user: file.docusign.one_host_user_per_docusign_user,
            users: users(file),
            write_back: WriteBackRules {
                folder: file.write_back.folder.clone(),
                name: file.write_back.name.clone(),
                certificate: file
                    .write_back
                    .certificate
                    .then(|| "{stem} (certificate).pdf".to_owned()),
            },
            identity: of(identity)
                .and_then(|instance| instance.identity_mapper.clone())
                .ok_or_else(|| missing(identity, Role::IdentityMapper))?,
            documents: of(documents)
                .and_then(|instance| instance.document_source.clone())
                .ok_or_else(|| missing(documents, Role::DocumentSource))?,
        })
    }

    async fn build(
        &self,
        plugin: &str,
        args: InstanceArgs,
    ) -> Result<AdapterInstance, (String, AdapterError)> {
        let instance = args.instance.clone();
        let unknown = || {
            AdapterError::configuration(
                "",
                format!("plugin `{plugin}` is not in the operator's file"),
            )
        };
        let factory = self
            .factories
            .get(plugin)
            .ok_or_else(|| (instance.clone(), unknown()))?;
        factory.build(args).await.map_err(|error| (instance, error))
    }

    /// Puts a wrong setting in its place in the file: the operator's bound, or the section that asked.
    fn place(
        (instance, source): (String, AdapterError),
        plugin: &str,
        operator: &Operator,
        section: impl FnOnce(&str, String) -> Diagnostic,
    ) -> AdaptersError {
        if source.kind() != ErrorKind::Configuration {
            return AdaptersError::Build {
                plugin: plugin.to_owned(),
                instance,
                source: Box::new(source),
            };
        }
        let message = source.to_string();
        let path = source.path().unwrap_or_default();
        AdaptersError::one(match path.strip_prefix("operator:") {
            Some(path) => operator.plugin_diagnostic(plugin, path, message),
            None => section(path, message),
        })
    }
}

fn open(plugin: &Plugin) -> Result<Arc<dyn AdapterFactory>, String> {
    let options = LoadOptions {
        worker_threads: u32::try_from(plugin.worker_threads).unwrap_or(u32::MAX),
        call_timeout: plugin.timeout,
        piece_timeout: plugin.timeout,
        ..LoadOptions::default()
    };
    match &plugin.location {
        PluginLocation::BuiltIn => {
            let all = built_ins();
            let known: Vec<_> = all
                .iter()
                .map(|factory| factory.manifest().name.clone())
                .collect();
            all.into_iter()
                .find(|factory| factory.manifest().name == plugin.name)
                .map(|factory| guarded(factory, &options))
                .ok_or_else(|| {
                    format!(
                        "no plugin `{}` is built in; give `path` and `sha256`, or take one of {}",
                        plugin.name,
                        known.join(", ")
                    )
                })
        }
        PluginLocation::Library { path, sha256 } => {
            let pin = sha256
                .parse()
                .map_err(|error: ownhand_plugin_host::InvalidPin| error.to_string())?;
            let loaded = load(path, Some(&pin), &options).map_err(|error| chain(&error))?;
            if loaded.manifest().name == plugin.name {
                Ok(loaded)
            } else {
                Err(format!(
                    "{} is plugin `{}`, not `{}`",
                    path.display(),
                    loaded.manifest().name,
                    plugin.name
                ))
            }
        }
    }
}

fn args(
    instance: &str,
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
        instance: instance.to_owned(),
        tenant: tenant.map(str::to_owned),
        operator: bound.map(|bound| bound.value).unwrap_or_default(),
        settings: settings.value.clone(),
        secrets,
    }
}

fn lacks(plugin: &str, role: Role) -> String {
    format!("plugin `{plugin}` is no {role}; name another one")
}

fn accounts(file: &TenantFile) -> AllowedAccounts {
    match &file.docusign.allowed_accounts {
        ownhand_config::AllowedAccounts::Any => AllowedAccounts::Any,
        ownhand_config::AllowedAccounts::Listed(ids) => AllowedAccounts::Only(
            ids.iter()
                .map(|id| id.as_hyphenated().to_string())
                .collect(),
        ),
    }
}

fn users(file: &TenantFile) -> Vec<UserMapping> {
    let mapping = |user: &ownhand_config::User| UserMapping {
        subject: user.subject.clone(),
        login: user.login.clone(),
        docusign_email: user.docusign_email.clone(),
        default_account: user
            .default_account
            .map(|id| id.as_hyphenated().to_string()),
    };
    file.users.iter().map(mapping).collect()
}

//! `[tenants]`

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use crate::{check::Check, id::is_tenant_id, origin::Origin};

/// What tenants may use.
#[derive(Clone, Debug)]
pub struct TenantBounds {
    /// The folder of the tenants' files, absolute.
    pub dir: PathBuf,
    /// Names of the plugins that tenants may use.
    pub plugins: BTreeSet<String>,
    /// The folder that holds one folder of secret files a tenant, absolute.
    pub secrets_dir: PathBuf,
    /// Issuers that several tenants may accept for one audience.
    pub shared_issuers: BTreeSet<String>,
    origins: Origins,
}

/// Who may name which origins.
#[derive(Clone, Debug)]
enum Origins {
    /// The form for an installation with one tenant.
    OfTheOne(Vec<Url>),
    ByTenant(BTreeMap<String, Vec<Url>>),
}

impl TenantBounds {
    /// The origins that a tenant may name in `finish_url` and `return_urls`.
    pub fn origins_of(&self, tenant: &str) -> &[Url] {
        match &self.origins {
            Origins::OfTheOne(origins) => origins,
            Origins::ByTenant(origins) => origins.get(tenant).map_or(&[], Vec::as_slice),
        }
    }

    /// Whether a URL's origin is one that this tenant may name.
    pub fn allows(&self, tenant: &str, url: &Url) -> bool {
        self.origins_of(tenant)
            .iter()
            .any(|origin| origin.origin() == url.origin())
    }

    /// Whether the origins are not told apart by tenant, so that there may be one tenant only.
    pub(crate) fn for_one_tenant(&self) -> bool {
        matches!(&self.origins, Origins::OfTheOne(origins) if !origins.is_empty())
    }
}

/// What tenants may use.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Tenants")]
pub(crate) struct TenantsFile {
    /// The folder of the tenants' files.
    #[serde(default = "default_dir")]
    dir: PathBuf,
    /// Origins that tenants may name in `finish_url` and `return_urls`: a list for each tenant, by its id. With one tenant only, a
    /// plain list.
    origins: OriginsFile,
    /// Names of the plugins that tenants may use, all of them of [[plugin]].
    plugins: Vec<String>,
    /// The folder that holds one folder of secret files a tenant, named by its id.
    #[serde(default = "default_secrets_dir")]
    secrets_dir: PathBuf,
    /// Issuers that several tenants may accept for one and the same audience: whoever has a credential of the one tenant can then
    /// call as the same person of the other.
    #[serde(default)]
    shared_issuers: BTreeSet<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
enum OriginsFile {
    OfTheOne(Vec<Origin>),
    ByTenant(BTreeMap<String, Vec<Origin>>),
}

fn default_dir() -> PathBuf {
    PathBuf::from("tenants")
}

fn default_secrets_dir() -> PathBuf {
    PathBuf::from("secrets")
}

impl TenantsFile {
    pub(crate) fn validate(
        self,
        folder: &Path,
        plugins: &[String],
        check: &mut Check<'_>,
    ) -> TenantBounds {
        for (index, plugin) in self.plugins.iter().enumerate() {
            check.one_of(
                &format!("tenants.plugins[{index}]"),
                plugin,
                plugins,
                "[[plugin]]",
            );
        }
        let dir = folder.join(&self.dir);
        if !dir.is_dir() {
            let message = format!("`tenants.dir`: there is no folder {}", self.dir.display());
            check.error("tenants.dir", message, None);
        }
        TenantBounds {
            dir,
            origins: self.origins.validate(check),
            plugins: self.plugins.into_iter().collect(),
            secrets_dir: folder.join(self.secrets_dir),
            shared_issuers: self.shared_issuers,
        }
    }
}

impl OriginsFile {
    fn validate(self, check: &mut Check<'_>) -> Origins {
        let urls = |origins: Vec<Origin>| origins.into_iter().map(|origin| origin.0).collect();
        match self {
            Self::OfTheOne(origins) => Origins::OfTheOne(urls(origins)),
            Self::ByTenant(origins) => {
                // A file may come later; a name that no file can have is a slip.
                for id in origins.keys().filter(|id| !is_tenant_id(id)) {
                    let message = format!("`tenants.origins`: \"{id}\" is no tenant's id");
                    let help = "write the name of the tenant's file without .toml".to_owned();
                    check.error("tenants.origins", message, help);
                }
                let origins = origins.into_iter().map(|(id, list)| (id, urls(list)));
                Origins::ByTenant(origins.collect())
            }
        }
    }
}

//! `[tenants]`

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use crate::{check::Check, origin::Origin};

/// What tenants may use.
#[derive(Clone, Debug)]
pub struct TenantBounds {
    /// The folder of the tenants' files, absolute.
    pub dir: PathBuf,
    /// Origins that tenants may name in `finish_url` and `return_urls`.
    pub origins: Vec<Url>,
    /// Names of the plugins that tenants may use.
    pub plugins: BTreeSet<String>,
    /// The folder that holds one folder of secret files a tenant, absolute.
    pub secrets_dir: PathBuf,
}

impl TenantBounds {
    /// Whether a URL's origin is one that tenants may name.
    pub fn allows(&self, url: &Url) -> bool {
        self.origins
            .iter()
            .any(|origin| origin.origin() == url.origin())
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
    /// Origins that tenants may name in `finish_url` and `return_urls`.
    origins: Vec<Origin>,
    /// Names of the plugins that tenants may use, all of them of [[plugin]].
    plugins: Vec<String>,
    /// The folder that holds one folder of secret files a tenant, named by its id.
    #[serde(default = "default_secrets_dir")]
    secrets_dir: PathBuf,
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
        let dir = folder.join(self.dir);
        if !dir.is_dir() {
            let message = format!("`tenants.dir`: there is no folder {}", dir.display());
            check.error("tenants.dir", message, None);
        }
        TenantBounds {
            dir,
            origins: self.origins.into_iter().map(|origin| origin.0).collect(),
            plugins: self.plugins.into_iter().collect(),
            secrets_dir: folder.join(self.secrets_dir),
        }
    }
}

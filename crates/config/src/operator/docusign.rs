//! `[docusign]` of the operator

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;
use uuid::Uuid;

use crate::{check::Check, origin::Origin, secret::SecretRef};

/// Which DocuSign is used, and as which app.
#[derive(Clone, Debug)]
pub struct Docusign {
    /// The hosts.
    pub environment: DocusignEnvironment,
    /// The integration key: the OAuth client id of the installation.
    pub integration_key: String,
    /// The OAuth client secrets, in the order in which they are tried; never empty.
    pub client_secrets: Vec<SecretString>,
    /// The keys of Connect's signatures; any of them may have signed.
    pub connect_keys: Vec<SecretString>,
}

/// A DocuSign environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocusignEnvironment {
    /// DocuSign's developer environment.
    Demo,
    /// DocuSign's production environment.
    Production,
    /// Other hosts, such as the simulator.
    Custom {
        /// The origin of `/oauth/auth`, `/oauth/token` and `/oauth/userinfo`.
        auth_url: Url,
        /// The origins that an account's `base_uri` may name.
        rest_hosts: Vec<Url>,
        /// Certificate authorities to trust for these hosts, a PEM file.
        ca_file: Option<PathBuf>,
    },
}

/// Which DocuSign is used, and as which app.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Docusign")]
pub(crate) struct DocusignFile {
    /// Which hosts: DocuSign's, or (custom) those that are named here.
    environment: EnvironmentName,
    /// custom only: the origin of `/oauth/auth`, `/oauth/token` and `/oauth/userinfo`.
    auth_url: Option<Origin>,
    /// custom only: the origins that an account's `base_uri` may name.
    rest_hosts: Option<Vec<Origin>>,
    /// custom only: certificate authorities to trust for these hosts, path of a PEM file.
    ca_file: Option<PathBuf>,
    /// The integration key: the OAuth client id of the installation.
    #[schemars(length(min = 1))]
    integration_key: String,
    /// The OAuth client secrets, in the order in which they are tried; two while one replaces the other.
    #[schemars(length(min = 1))]
    client_secrets: Vec<SecretRef>,
    /// The keys of Connect's signatures; without one no event is believed and the state of envelopes is polled.
    #[serde(default)]
    connect_keys: Vec<SecretRef>,
}

/// Which hosts are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Environment")]
enum EnvironmentName {
    /// DocuSign's developer environment.
    Demo,
    /// DocuSign's production environment.
    Production,
    /// Other hosts, such as the simulator.
    Custom,
}

impl DocusignFile {
    /// Whether it is DocuSign itself, and not another host in its place.
    pub(crate) fn is_docusign_itself(&self) -> bool {
        self.environment != EnvironmentName::Custom
    }

    pub(crate) fn validate(self, folder: &Path, check: &mut Check<'_>) -> Option<Docusign> {
        if self.environment != EnvironmentName::Custom
            && Uuid::try_parse(&self.integration_key).is_err()
        {
            check.error(
                "docusign.integration_key",
                "`docusign.integration_key` must be a GUID",
                "copy it from Apps and Keys in DocuSign's settings".to_owned(),
            );
        }
        let client_secrets = secrets("docusign.client_secrets", &self.client_secrets, check);
        let connect_keys = secrets("docusign.connect_keys", &self.connect_keys, check);
        let integration_key = self.integration_key.clone();
        let environment = self.environment(folder, check);
        Some(Docusign {
            environment: environment?,
            integration_key,
            client_secrets: client_secrets?,
            connect_keys: connect_keys?,
        })
    }

    fn environment(self, folder: &Path, check: &mut Check<'_>) -> Option<DocusignEnvironment> {
        let fixed = match self.environment {
            EnvironmentName::Demo => DocusignEnvironment::Demo,
            EnvironmentName::Production => DocusignEnvironment::Production,
            EnvironmentName::Custom => return self.custom(folder, check),
        };
        let custom_only = [
            ("auth_url", self.auth_url.is_some()),
            ("rest_hosts", self.rest_hosts.is_some()),
            ("ca_file", self.ca_file.is_some()),
        ];
        for (key, _) in custom_only.iter().filter(|(_, given)| *given) {
            check.error(
                &format!("docusign.{key}"),
                format!("`docusign.{key}` is only for environment = \"custom\""),
                "DocuSign's own hosts are built in; take this line out".to_owned(),
            );
        }
        Some(fixed)
    }

    fn custom(self, folder: &Path, check: &mut Check<'_>) -> Option<DocusignEnvironment> {
        for (key, given) in [
            ("auth_url", self.auth_url.is_some()),
            (
                "rest_hosts",
                self.rest_hosts
                    .as_ref()
                    .is_some_and(|hosts| !hosts.is_empty()),
            ),
        ] {
            if !given {
                check.error(
                    "docusign.environment",
                    format!("environment = \"custom\" needs `docusign.{key}`"),
                    None,
                );
            }
        }
        let ca_file = self.ca_file.map(|file| folder.join(file));
        if ca_file.as_ref().is_some_and(|file| !file.is_file()) {
            let message = "`docusign.ca_file`: there is no such file";
            check.error("docusign.ca_file", message, None);
        }
        Some(DocusignEnvironment::Custom {
            auth_url: self.auth_url?.0,
            rest_hosts: self.rest_hosts?.into_iter().map(|host| host.0).collect(),
            ca_file,
        })
    }
}

/// All secrets of a list; every one that does not resolve is noted.
fn secrets(
    path: &str,
    references: &[SecretRef],
    check: &mut Check<'_>,
) -> Option<Vec<SecretString>> {
    let resolved: Vec<_> = references
        .iter()
        .enumerate()
        .map(|(index, reference)| check.secret(&format!("{path}[{index}]"), reference))
        .collect();
    resolved.into_iter().collect()
}

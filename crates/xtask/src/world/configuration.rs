//! The files of an installation: configuration, secrets, documents, and the simulator's seed.

use std::{
    fmt::Write as _,
    fs::{self, OpenOptions},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use url::Url;

use super::{
    HostApp, Plan, Simulator, host_app, pdf,
    people::{EVERYBODY, JANE, OMAR, Person},
    programs::{Library, PLUGINS},
    site::{DOCUSIGN_BASE, Place},
};
use crate::{Result, error::io};

const INTEGRATION_KEY: &str = "7c2b8a6e-4f1d-4c57-9a2b-0d5e1f3a9b10";
/// The certificate of the authority behind Ownhand's own and the host app's.
pub(super) const AUTHORITY: &str = "tls/authority.pem";

/// The secrets that both sides know.
pub(super) struct Shared {
    client_secret: String,
    connect_key: String,
}

impl Shared {
    pub(super) fn fresh() -> Self {
        Self {
            client_secret: host_app::random(),
            connect_key: host_app::random(),
        }
    }
}

/// What all files of an installation have in common.
pub(super) struct Files<'a> {
    /// Where they lie.
    pub(super) folder: &'a Path,
    /// What was ordered.
    pub(super) plan: &'a Plan<'a>,
    /// How the parts are reached.
    pub(super) place: &'a Place,
    /// Ownhand's public address.
    pub(super) public: &'a Url,
    /// The secrets that both sides know.
    pub(super) shared: &'a Shared,
}

impl Files<'_> {
    /// What DocuSign knows: the integration key, and everybody with an account of their own.
    pub(super) fn seed(&self) -> Result<()> {
        let (folder, public, shared) = (self.folder, self.public, self.shared);
        if let Some(pem) = self.place.authority_pem() {
            write(&folder.join(AUTHORITY), pem.as_bytes())?;
        }
        // An address of its own is claimed by the seed; without one, the plain listener's is taken.
        let base = self
            .place
            .authority_pem()
            .map(|_| format!("base_uri = \"{DOCUSIGN_BASE}\"\n"))
            .unwrap_or_default();
        let mut text = format!(
            r#"[[integration]]
key = "{INTEGRATION_KEY}"
secret = "{}"
redirect_uris = ["{public}oauth/callback"]
hmac_key = "{}"
"#,
            shared.client_secret, shared.connect_key
        );
        for person in EVERYBODY {
            // Writing to a string cannot fail.
            let _ = write!(
                text,
                r#"
[[user]]
id = "{}"
name = "{}"
email = "{}"
password = "{}"

[[account]]
id = "{}"
number = "{}"
name = "{}"
members = [{{ user = "{}", default = true }}]
{base}"#,
                person.docusign_user,
                person.name,
                person.email,
                person.password,
                person.account,
                person.account_number,
                person.account_name,
                person.email
            );
        }
        secret(&folder.join("seed.toml"), text.as_bytes())
    }

    /// The operator's file, and its secrets.
    pub(super) fn operator(
        &self,
        simulator: &Simulator,
        libraries: &[Library],
        host_apps: &[HostApp],
    ) -> Result<()> {
        let (folder, public, shared) = (self.folder, self.public, self.shared);
        secret(
            &folder.join("secrets/seal-k1.key"),
            host_app::sealing_key().as_bytes(),
        )?;
        secret(
            &folder.join("secrets/client-secret"),
            shared.client_secret.as_bytes(),
        )?;
        secret(
            &folder.join("secrets/connect-key"),
            shared.connect_key.as_bytes(),
        )?;
        let listen = format!("127.0.0.1:{}", public.port().unwrap_or_default());
        let public = public.origin().ascii_serialization();
        let docusign = simulator.public.origin().ascii_serialization();
        let ca_file = match &simulator.authority {
            Some(file) => format!("ca_file = \"{}\"\n", file.display()),
            None => String::new(),
        };
        let tls = match self.place.ownhand_leaf()? {
            Some((certificate, key)) => {
                write(&folder.join("tls/ownhand.pem"), certificate.as_bytes())?;
                secret(&folder.join("secrets/ownhand-tls.key"), key.as_bytes())?;
                "tls = { certificate = \"tls/ownhand.pem\", key = { file = \"secrets/ownhand-tls.key\" } }\n"
            }
            None => "",
        };
        let origins: Vec<_> = host_apps
            .iter()
            .map(|host| format!("{} = [{:?}]", host.tenant, host.origin))
            .collect();
        let origins = origins.join(", ");
        let for_tenants: Vec<_> = ["identity-jwt", "documents-files"]
            .into_iter()
            .chain(self.plan.more_plugins.iter().copied())
            .collect();
        let mut text = format!(
            r#"[server]
listen = "{listen}"
public_url = "{public}"
{tls}
[docusign]
environment = "custom"
auth_url = "{docusign}"
rest_hosts = ["{docusign}"]
{ca_file}integration_key = "{INTEGRATION_KEY}"
client_secrets = [{{ file = "secrets/client-secret" }}]
connect_keys = [{{ file = "secrets/connect-key" }}]

[ledger]
url = "sqlite://data/ledger.db"

[tokens]
plugin = "tokens-sql"
settings = {{ url = "sqlite://{{folder}}/data/tokens.db" }}

[keys]
ring = [{{ id = "k1", key = {{ file = "secrets/seal-k1.key" }} }}]

[tenants]
dir = "tenants"
origins = {{ {origins} }}
plugins = {for_tenants:?}
secrets_dir = "secrets"
"#
        );
        for name in PLUGINS.iter().chain(self.plan.more_plugins).copied() {
            let _ = write!(text, "\n[[plugin]]\nname = \"{name}\"\n");
            if let Some(library) = libraries.iter().find(|library| library.name == name) {
                let _ = write!(
                    text,
                    "path = \"{}\"\nsha256 = \"{}\"\n",
                    library.path.display(),
                    library.sha256
                );
            }
            if name == "documents-files" {
                text.push_str("operator = { root = \"{folder}/data/documents\" }\n");
            }
        }
        text.push_str(self.plan.operator);
        write(&folder.join("ownhand.toml"), text.as_bytes())
    }

    /// A tenant's file, its host app's public key, and its documents.
    pub(super) fn tenant(&self, host: &HostApp) -> Result<()> {
        let (folder, same_email) = (self.folder, self.plan.same_email);
        let HostApp { tenant, origin, .. } = host;
        secret(
            &folder.join(format!("secrets/{tenant}/dms.pem")),
            host.public_key_pem().as_bytes(),
        )?;
        let people: [&Person; 2] = [&JANE, &OMAR];
        let accounts: Vec<_> = people.iter().map(|person| person.account).collect();
        let text = format!(
            r#"[tenant]
name = "{}"
finish_url = "{origin}/docusign/finish"
return_urls = ["{origin}/signatures"]

[host]
plugin = "documents-files"
settings = {{ root = "{tenant}" }}

[identity]
plugin = "identity-jwt"
settings = {{ issuer = "{origin}", audience = "ownhand", public_key = {{ file = "dms.pem" }} }}

[docusign]
allowed_accounts = {accounts:?}
require_same_email = {same_email}

[write_back]
name = "{{stem}} (signed).pdf"
certificate = true
"#,
            host.name()
        );
        write(
            &folder.join(format!("tenants/{tenant}.toml")),
            text.as_bytes(),
        )?;
        for person in people {
            let path = folder.join(format!("data/documents/{tenant}/{}", person.document));
            let line = format!("{} - sent by {}", person.email_subject, person.name);
            write(&path, &pdf::page(&line))?;
        }
        Ok(())
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    place(path, bytes, 0o644)
}

/// A file that nobody else may read.
fn secret(path: &Path, bytes: &[u8]) -> Result<()> {
    place(path, bytes, 0o600)
}

fn place(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    let place = || {
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(path)?
            .write_all(bytes)
    };
    place().map_err(io(format!("can't write {}", path.display())))
}

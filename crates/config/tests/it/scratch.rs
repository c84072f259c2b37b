//! A folder with a configuration that works, to be changed by a test.

use std::{
    collections::BTreeMap,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use ownhand_config::{Installation, Report, Style, load};

/// A small operator's file that works.
pub(crate) const OPERATOR: &str = r#"[server]
listen = "127.0.0.1:8080"
public_url = "https://sign.example"

[docusign]
environment = "demo"
integration_key = "7c2b8a6e-4f1d-4c57-9a2b-0d5e1f3a9b10"
client_secrets = [{ env = "CLIENT_SECRET" }]

[ledger]
url = "sqlite://ledger.db"

[tokens]
plugin = "tokens-sql"
settings = { url = "sqlite://tokens.db" }

[keys]
ring = [{ id = "k1", key = { file = "secrets/seal.key" } }]

[[plugin]]
name = "identity-jwt"

[[plugin]]
name = "documents-files"
operator = { root = "documents" }

[[plugin]]
name = "tokens-sql"

[tenants]
plugins = ["identity-jwt", "documents-files"]

[tenants.origins]
acme = ["https://dms.acme.example"]
acme-eu = ["https://dms.acme.example"]
beta = ["https://dms.beta.example"]
"#;

/// A small tenant's file that works.
pub(crate) const TENANT: &str = r#"[tenant]
name = "Acme Legal"
finish_url = "https://dms.acme.example/finish"

[host]
plugin = "documents-files"
settings = { root = "acme" }

[identity]
plugin = "identity-jwt"
settings = { issuer = "https://dms.acme.example", public_key = { file = "dms.pem" } }

[docusign]
allowed_accounts = ["ac000000-0001-4000-8000-000000000001"]
"#;

/// A configuration in a temporary folder.
pub(crate) struct Scratch {
    folder: tempfile::TempDir,
    pub(crate) environment: BTreeMap<String, String>,
}

impl Scratch {
    /// The small configuration, with its secrets.
    pub(crate) fn new() -> Self {
        let scratch = Self {
            folder: tempfile::tempdir().unwrap(),
            environment: BTreeMap::from([("CLIENT_SECRET".into(), "s3cret-of-the-client".into())]),
        };
        scratch.write("ownhand.toml", OPERATOR);
        scratch.write("tenants/acme.toml", TENANT);
        scratch.secret("secrets/seal.key", "sealing-key\n", 0o600);
        scratch.secret("secrets/acme/dms.pem", "public key of the DMS\n", 0o640);
        scratch
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn secret(&self, name: &str, text: &str, mode: u32) {
        self.write(name, text);
        fs::set_permissions(self.path(name), Permissions::from_mode(mode)).unwrap();
    }

    /// Replaces what stands once in a file.
    pub(crate) fn edit(&self, name: &str, old: &str, new: &str) {
        let text = fs::read_to_string(self.path(name)).unwrap();
        assert_eq!(
            text.matches(old).count(),
            1,
            "{old:?} must stand once in {name}"
        );
        self.write(name, &text.replace(old, new));
    }

    pub(crate) fn load(&self) -> Result<Installation, Report> {
        load(&self.path("ownhand.toml"), &self.environment)
    }

    /// What people read about a configuration that is wrong.
    pub(crate) fn complaint(&self) -> String {
        let report = self.load().expect_err("this configuration is wrong");
        self.shown(&report)
    }

    pub(crate) fn shown(&self, report: &Report) -> String {
        let folder = format!("{}/", self.folder.path().display());
        report.render(Style::Plain).replace(&folder, "")
    }
}

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

//! Configuration files, the operator's and a tenant's.

use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt as _};

use ownhand_config::{Style, load};

const SECRET: &str = "s3cret-of-the-client-7f2a";

const OPERATOR: &str = r#"[server]
listen = "127.0.0.1:8080"
public_url = "https://sign.example"
[docusign]
environment = "demo"
integration_key = "7c2b8a6e-4f1d-4c57-9a2b-0d5e1f3a9b10"
client_secrets = [{ file = "secrets/client" }]
[ledger]
url = "sqlite://ledger.db"
[tokens]
plugin = "tokens-sql"
settings = { url = "sqlite://tokens.db" }
[keys]
ring = [{ id = "k1", key = { file = "secrets/client" } }]
[[plugin]]
name = "identity-jwt"
[[plugin]]
name = "documents-files"
operator = { root = "documents" }
[[plugin]]
name = "tokens-sql"
[tenants]
origins = ["https://dms.acme.example"]
plugins = ["identity-jwt", "documents-files"]
"#;

const TENANT: &str = r#"[tenant]
name = "Acme Legal"
finish_url = "https://dms.acme.example/finish"
[host]
plugin = "documents-files"
settings = { root = "acme" }
[identity]
plugin = "identity-jwt"
settings = { issuer = "https://dms.acme.example", hmac_secret = { file = "key" } }
[docusign]
allowed_accounts = ["ac000000-0001-4000-8000-000000000001"]
"#;

/// Loading ends in a configuration or in a report that can be drawn, and neither shows a secret.
pub(super) fn toml(input: &[u8]) {
    for (operator, tenant) in [(input, TENANT.as_bytes()), (OPERATOR.as_bytes(), input)] {
        let (Ok(shown) | Err(shown)) = read(operator, tenant);
        assert!(!shown.trim().is_empty());
        // What stands in the file itself may be quoted, secrets in other files may not.
        let quoted = String::from_utf8_lossy(input).contains(SECRET);
        assert!(quoted || !shown.contains(SECRET), "{shown}");
    }
}

/// What is shown of a configuration, or of the report.
fn read(operator: &[u8], tenant: &[u8]) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("ownhand.toml", operator),
        ("tenants/acme.toml", tenant),
        ("secrets/client", SECRET.as_bytes()),
        ("secrets/acme/key", SECRET.as_bytes()),
    ] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let environment = BTreeMap::<String, String>::new();
    load(&folder.path().join("ownhand.toml"), &environment)
        .map(|configuration| format!("{configuration:?}"))
        .map_err(|report| report.render(Style::Plain))
}

pub(super) fn examples() -> Vec<Vec<u8>> {
    // Disturbed copies of files that are refused anyway would all end at the same complaint.
    read(OPERATOR.as_bytes(), TENANT.as_bytes()).unwrap();
    [OPERATOR, TENANT]
        .map(|text| text.as_bytes().to_vec())
        .to_vec()
}

//! `[ledger]`

use std::path::Path;

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;

use crate::{check::Check, secret::SecretRef};

/// Ownhand's own database.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// `sqlite://` with an absolute path, or `postgres://`; without a password.
    pub url: String,
    /// The database user's password.
    pub password: Option<SecretString>,
}

/// Ownhand's own database.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Ledger")]
pub(crate) struct LedgerFile {
    /// "sqlite://" with a path (a relative one counts from this file's folder), or "postgres://" without a password.
    url: String,
    /// The database user's password.
    password: Option<SecretRef>,
}

impl LedgerFile {
    pub(crate) fn validate(self, folder: &Path, check: &mut Check<'_>) -> Option<Ledger> {
        let password = match &self.password {
            None => None,
            Some(reference) => Some(check.secret("ledger.password", reference)?),
        };
        if let Some(path) = self.url.strip_prefix("sqlite://") {
            if path.is_empty() || path.starts_with('?') || path.starts_with(":memory:") {
                let message =
                    "`ledger.url` must name a file: what the ledger holds must survive a restart";
                check.error("ledger.url", message, None);
                return None;
            }
            if self.password.is_some() {
                let message = "`ledger.password` is only for a database server";
                check.error("ledger.password", message, None);
            }
            return Some(Ledger {
                url: absolute(folder, path),
                password,
            });
        }
        if !["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| self.url.starts_with(scheme))
        {
            check.error(
                "ledger.url",
                "`ledger.url` must begin with sqlite:// or postgres://",
                "for example \"sqlite://data/ledger.db\"".to_owned(),
            );
            return None;
        }
        Some(Ledger {
            url: self.url,
            password,
        })
    }
}

/// The URL of a file that is named from a folder. What means something in a URL is escaped in the folder's name.
fn absolute(folder: &Path, path: &str) -> String {
    if path.starts_with('/') {
        return format!("sqlite://{path}");
    }
    let folder = folder
        .to_string_lossy()
        .replace('%', "%25")
        .replace('?', "%3F")
        .replace('#', "%23");
    format!("sqlite://{}/{path}", folder.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::absolute;

    #[test]
    fn relative_files_count_from_the_folder() {
        let folder = Path::new("/etc/own?hand");
        assert_eq!(
            absolute(folder, "data/l.db?mode=rwc"),
            "sqlite:///etc/own%3Fhand/data/l.db?mode=rwc"
        );
        assert_eq!(absolute(folder, "/var/l.db"), "sqlite:///var/l.db");
    }
}

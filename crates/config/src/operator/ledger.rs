//! `[ledger]`

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{check::Check, secret::SecretRef};

/// How every database file of SQLite begins.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// Ownhand's own database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// `sqlite://` with an absolute path.
    pub url: String,
    /// The file behind the URL.
    pub file: PathBuf,
}

/// Ownhand's own database.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Ledger")]
pub(crate) struct LedgerFile {
    /// "sqlite://" with the path of a file; a relative one counts from this file's folder.
    url: String,
    /// For a database server; refused as long as the ledger is kept in SQLite only.
    password: Option<SecretRef>,
}

impl LedgerFile {
    pub(crate) fn validate(self, folder: &Path, check: &mut Check<'_>) -> Option<Ledger> {
        if self.password.is_some() {
            let message = "`ledger.password` is for a database server, and this version keeps the ledger in SQLite only";
            check.error("ledger.password", message, "take this line out".to_owned());
        }
        let example = || Some("for example \"sqlite://data/ledger.db\"".to_owned());
        let server = ["postgres://", "postgresql://"];
        if server.iter().any(|scheme| self.url.starts_with(scheme)) {
            let message = "`ledger.url`: this version keeps the ledger in SQLite only, and knows no PostgreSQL yet";
            check.error("ledger.url", message, example());
            return None;
        }
        let Some(path) = self.url.strip_prefix("sqlite://") else {
            let message = "`ledger.url` must begin with sqlite://";
            check.error("ledger.url", message, example());
            return None;
        };
        if path.is_empty() || path.starts_with('?') || path.contains(":memory:") {
            let message =
                "`ledger.url` must name a file: what the ledger holds must survive a restart";
            check.error("ledger.url", message, example());
            return None;
        }
        if path.contains(['?', '#', '%']) || path.contains(char::is_control) {
            let message =
                "`ledger.url` must be a plain path, without parameters and without `#` and `%`";
            check.error("ledger.url", message, example());
            return None;
        }
        let file = folder.join(path);
        if let Some(wrong) = unusable(&file, folder) {
            check.error("ledger.url", format!("`ledger.url` {wrong}"), None);
            return None;
        }
        Some(Ledger {
            url: format!("sqlite://{}", escaped(&file)),
            file,
        })
    }
}

/// Why a file can't be SQLite's, as far as that can be seen without opening it as a database, which would leave files beside it.
fn unusable(file: &Path, folder: &Path) -> Option<String> {
    if file.is_dir() || file.as_os_str().as_encoded_bytes().ends_with(b"/") {
        return Some("must name a file, and this is a folder".to_owned());
    }
    let above = file.ancestors().skip(1).find(|path| path.exists())?;
    if !above.is_dir() {
        let above = above.strip_prefix(folder).unwrap_or(above);
        return Some(format!("can't be made: {} is no folder", above.display()));
    }
    let mut head = Vec::new();
    let opened = match File::open(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        opened => opened,
    };
    let read = opened.and_then(|open| open.take(MAGIC.len() as u64).read_to_end(&mut head));
    match read {
        Err(error) => Some(format!("can't be read: {error}")),
        Ok(_) if head.is_empty() || head == MAGIC => None,
        Ok(_) => Some("names a file that is no SQLite database".to_owned()),
    }
}

/// A path inside a URL: what means something there is escaped.
fn escaped(path: &Path) -> String {
    path.to_string_lossy()
        .replace('%', "%25")
        .replace('?', "%3F")
        .replace('#', "%23")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::escaped;

    #[test]
    fn what_means_something_in_a_url_is_escaped() {
        let path = Path::new("/etc/own?hand/50%/l.db");
        assert_eq!(escaped(path), "/etc/own%3Fhand/50%25/l.db");
    }
}

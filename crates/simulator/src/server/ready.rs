//! The ready file: how others find the simulator once it serves.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::json;
use url::Url;

use crate::crypto;

/// Where the authority's certificate lies: beside the ready file.
pub(crate) fn ca_path(ready_file: &Path) -> PathBuf {
    ready_file.with_extension("ca.pem")
}

/// Writes the ready file, with the listeners' origins; it appears whole or not at all.
pub(crate) fn write(
    ready_file: &Path,
    http: &Url,
    https: Option<&Url>,
    ca_file: Option<&Path>,
    control_key: &str,
) -> io::Result<()> {
    // Without a slash at the end: whoever reads it puts `/oauth/auth` or `/restapi` behind it.
    let origin = |url: &Url| url.origin().ascii_serialization();
    let text = json!({
        "http": origin(http),
        "https": https.map(origin),
        "ca_file": ca_file,
        "control_key": control_key,
    })
    .to_string();
    write_atomically(ready_file, text.as_bytes())
}

/// Writes beside the target and renames: readers never see half a file. Only the owner may read it.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension(format!("{}.tmp", crypto::url_token()));
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
    written
        .and_then(|()| fs::rename(&beside, path))
        .inspect_err(|_| {
            // Best effort: the first error is the one that matters.
            let _ = fs::remove_file(&beside);
        })
}

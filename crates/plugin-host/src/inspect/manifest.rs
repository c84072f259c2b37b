//! The manifest that stands in the file.

use ownhand_plugin_bridge::abi::VERSION;
use ownhand_spi::{Manifest, Role};
use serde::Deserialize;

use crate::LoadError;

/// Longest manifest.
const LIMIT: usize = 64 * 1024;

/// What a later minor version adds is ignored.
#[derive(Deserialize)]
struct Raw {
    name: String,
    version: String,
    abi: String,
    roles: Vec<serde_json::Value>,
    /// What becomes of the process when the library panics.
    panic: String,
}

/// The manifest and the ABI's version; refused if that is another major version.
pub(super) fn read(section: &[u8]) -> Result<(Manifest, String), LoadError> {
    let wrong = |reason: String| LoadError::Manifest { reason };
    if section.len() > LIMIT {
        return Err(wrong(format!("it has {} bytes", section.len())));
    }
    let raw: Raw = serde_json::from_slice(section).map_err(|e| wrong(e.to_string()))?;
    for text in [&raw.name, &raw.version, &raw.abi] {
        if !is_plain(text) {
            return Err(wrong(
                "name and versions are at most 64 letters, digits and -+._".to_owned(),
            ));
        }
    }
    if major(&raw.abi) != major(VERSION) {
        return Err(LoadError::Abi {
            found: raw.abi,
            ours: VERSION,
        });
    }
    if raw.panic != "unwind" {
        return Err(LoadError::Aborts);
    }
    let roles: Vec<Role> = raw
        .roles
        .into_iter()
        .filter_map(|role| serde_json::from_value(role).ok())
        .collect();
    if roles.is_empty() {
        return Err(wrong("it names no role that this host knows".to_owned()));
    }
    let manifest = Manifest {
        name: raw.name,
        version: raw.version,
        roles,
    };
    Ok((manifest, raw.abi))
}

/// What the kit lets an author write: it stands in logs, on terminals and in thread names.
fn is_plain(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.' | b'_');
    (1..=64).contains(&text.len()) && text.bytes().all(plain)
}

fn major(version: &str) -> Option<u64> {
    version.split('.').next()?.parse().ok()
}

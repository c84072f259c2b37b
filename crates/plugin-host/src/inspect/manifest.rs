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
}

/// The manifest and the ABI's version; refused if that is another major version.
pub(super) fn read(section: &[u8]) -> Result<(Manifest, String), LoadError> {
    let wrong = |reason: String| LoadError::Manifest { reason };
    if section.len() > LIMIT {
        return Err(wrong(format!("it has {} bytes", section.len())));
    }
    let raw: Raw = serde_json::from_slice(section).map_err(|e| wrong(e.to_string()))?;
    if major(&raw.abi) != major(VERSION) {
        return Err(LoadError::Abi {
            found: raw.abi.chars().take(32).collect(),
            ours: VERSION,
        });
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

fn major(version: &str) -> Option<u64> {
    version.split('.').next()?.parse().ok()
}

//! `[keys]`

use std::collections::BTreeSet;

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;

use crate::{check::Check, secret::SecretRef};

/// The ring of sealing keys.
#[derive(Clone, Debug)]
pub struct Keys {
    /// The first seals, all open; never empty, ids are unique.
    pub ring: Vec<SealingKey>,
}

/// One sealing key.
#[derive(Clone, Debug)]
pub struct SealingKey {
    /// Its name, which stands in every record it sealed.
    pub id: String,
    /// The key, as `ownhand keys generate` prints it.
    pub key: SecretString,
}

/// The keys that seal tokens.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Keys")]
pub(crate) struct KeysFile {
    /// The key ring: the first key seals, all open.
    #[schemars(length(min = 1))]
    ring: Vec<SealingKeyFile>,
}

/// One sealing key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SealingKey")]
struct SealingKeyFile {
    /// Its name, which stands in every record it sealed: 1 to 32 letters, digits, `_` and `-`.
    id: String,
    /// The key, as `ownhand keys generate` prints it.
    key: SecretRef,
}

impl KeysFile {
    pub(crate) fn validate(self, check: &mut Check<'_>) -> Option<Keys> {
        let mut ids = BTreeSet::new();
        let mut ring = Vec::new();
        let mut complete = true;
        for (index, entry) in self.ring.into_iter().enumerate() {
            let place = format!("keys.ring[{index}].id");
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
            if !(1..=32).contains(&entry.id.len()) || !entry.id.bytes().all(plain) {
                let message = format!("`{place}` must be 1 to 32 letters, digits, `_` and `-`");
                check.error(&place, message, None);
            }
            if !ids.insert(entry.id.clone()) {
                let message = format!("two keys of the ring have the id \"{}\"", entry.id);
                check.error(&place, message, None);
                continue;
            }
            match check.secret(&format!("keys.ring[{index}].key"), &entry.key) {
                Some(key) => ring.push(SealingKey { id: entry.id, key }),
                None => complete = false,
            }
        }
        complete.then_some(Keys { ring })
    }
}

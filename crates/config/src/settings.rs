//! A plugin's settings: free TOML to this crate, with the secrets taken out.

use std::{collections::BTreeMap, fmt};

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Settings as a plugin receives them.
///
/// In the operator's file `{folder}` inside a string stands for the folder of that file.
/// Where the file has `{ env = … }` or `{ file = … }`, `value` holds `{"$secret": KEY}` and `secrets` holds the secret under `KEY`. The key
/// is the dotted path inside the settings (`keys[0].public_key`); inside an operator's bound it begins with `operator:`, so that the
/// secrets of a plugin's bound and of its settings can be put into one map.
#[derive(Clone, Default)]
pub struct Settings {
    /// The settings as a JSON object; [`Value::Null`] when the file gives none.
    pub value: Value,
    /// The secrets by key.
    pub secrets: BTreeMap<String, SecretString>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("value", &self.value)
            .field("secrets", &self.secrets.keys().collect::<Vec<_>>())
            .finish()
    }
}

/// Free settings of a plugin. A table of exactly `env` or `file` in them is a secret.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, extend("x-ownhand-settings" = true))]
pub(crate) struct SettingsFile(Map<String, Value>);

/// The values are the plugin's own and may be private.
impl fmt::Debug for SettingsFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SettingsFile({} keys)", self.0.len())
    }
}

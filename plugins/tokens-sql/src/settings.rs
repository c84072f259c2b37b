//! What the operator's file says.

use ownhand_plugin_sdk::AdapterError;
use schemars::JsonSchema;
use serde::Deserialize;

/// The most connections that may be configured.
const MAX_CONNECTIONS: u32 = 64;
/// The longest wait for another writer, in seconds.
const MAX_BUSY: u32 = 60;

/// The settings of the store.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Settings of tokens-sql")]
pub struct Settings {
    /// `sqlite://` and the path of the database file.
    #[schemars(regex(pattern = "^sqlite://."))]
    pub url: String,
    /// The most connections at once; 1 to 64.
    #[serde(default = "default_max_connections")]
    #[schemars(range(min = 1, max = 64))]
    pub max_connections: u32,
    /// How long a writer waits for another, in seconds; 1 to 60.
    #[serde(default = "default_busy_seconds")]
    #[schemars(range(min = 1, max = 60))]
    pub busy_seconds: u32,
}

impl Settings {
    /// Checks the numbers; answers the path of the database file.
    pub(crate) fn file(&self) -> Result<&str, AdapterError> {
        if !(1..=MAX_CONNECTIONS).contains(&self.max_connections) {
            return Err(AdapterError::configuration(
                "max_connections",
                format!("1 to {MAX_CONNECTIONS}"),
            ));
        }
        if !(1..=MAX_BUSY).contains(&self.busy_seconds) {
            return Err(AdapterError::configuration(
                "busy_seconds",
                format!("1 to {MAX_BUSY}"),
            ));
        }
        // The URL is not repeated: one for a server would hold a password.
        let wrong = |message| Err(AdapterError::configuration("url", message));
        let Some(file) = self.url.strip_prefix("sqlite://") else {
            return wrong(
                "must be `sqlite://` and the path of a file; this version knows no other database",
            );
        };
        if file.is_empty() || file.contains(['?', '#', '%', '\0']) || file.contains(":memory:") {
            return wrong("must name a file, without parameters and without `#` and `%`");
        }
        if file.ends_with('/') {
            return wrong("must name a file, and this is a folder");
        }
        Ok(file)
    }
}

fn default_max_connections() -> u32 {
    4
}

fn default_busy_seconds() -> u32 {
    5
}

/// The JSON schema of [`Settings`], for editors and for the reference.
pub fn settings_schema() -> serde_json::Value {
    schemars::schema_for!(Settings).to_value()
}

//! `[log]`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{check::Check, suggest};

/// The words for how much is written.
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// How the log is written, to standard error.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// `text` for people, `json` for machines.
    pub format: LogFormat,
    /// Which lines are written, e.g. `info` or `info,ownhand_server=debug`.
    pub filter: String,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            filter: "info".to_owned(),
        }
    }
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Log {
    /// Refuses a mistyped level. Left alone it would count as the name of a module, and the log would stay empty; the rest of the syntax is
    /// for whoever installs the filter.
    pub(crate) fn validate(&self, check: &mut Check<'_>) {
        for word in self.filter.split(',').map(str::trim) {
            let plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let level = LEVELS.contains(&word.to_ascii_lowercase().as_str());
            if plain
                && !level
                && let Some(meant) = suggest::nearest(word, LEVELS)
            {
                let message = format!("`log.filter`: \"{word}\" is no level");
                let help = format!("did you mean `{meant}`?");
                check.error("log.filter", message, help);
            }
        }
    }
}

//! `[write_back]`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::Check;

/// Where signed documents go in the host app.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WriteBack {
    /// The folder, as a document reference; without it, beside the document that was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub folder: Option<String>,
    /// Name of the signed document. `{stem}` is the sent document's name without its ending.
    pub name: String,
    /// Whether DocuSign's certificate of completion is deposited too.
    pub certificate: bool,
}

impl Default for WriteBack {
    fn default() -> Self {
        Self {
            folder: None,
            name: "{stem} (signed).pdf".to_owned(),
            certificate: true,
        }
    }
}

impl WriteBack {
    pub(crate) fn validate(&self, check: &mut Check<'_>) {
        let place = "write_back.name";
        let rest = self.name.replacen("{stem}", "", 1);
        if rest == self.name {
            let message =
                "`write_back.name` must hold {stem}, else all signed documents have one name";
            check.error(place, message, None);
        } else if rest.contains(['{', '}']) {
            let message = "`write_back.name` may hold {stem} once, and no other braces";
            check.error(place, message, None);
        }
        if self.name.contains('/') || self.name.contains(char::is_control) {
            let message = "`write_back.name` is a name, not a path";
            check.error(
                place,
                message,
                "the folder is `write_back.folder`".to_owned(),
            );
        }
    }
}

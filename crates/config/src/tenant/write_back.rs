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
    /// Name of the signed document. `{stem}` is the sent document's name without its ending, `{envelope}` the envelope's id; one of
    /// them at least stands in it.
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
        let wrong_part = |folder: &String| {
            let braces = folder.contains(['{', '}']);
            let braces = braces.then_some("may hold no braces: it is the same for all documents");
            braces.or_else(|| folder.split('/').find_map(unusable))
        };
        if let Some(wrong) = self.folder.as_ref().and_then(wrong_part) {
            let message = format!("`write_back.folder` {wrong}");
            let help = "a path inside the host app, such as \"signed\" or \"contracts/signed\"";
            check.error("write_back.folder", message, help.to_owned());
        }
        let place = "write_back.name";
        let rest = PLACES
            .iter()
            .fold(self.name.clone(), |name, place| name.replacen(place, "", 1));
        if rest == self.name {
            let message = "`write_back.name` must hold {stem} or {envelope}, else all signed documents have one name";
            check.error(place, message, None);
        } else if rest.contains(['{', '}']) {
            let message =
                "`write_back.name` may hold {stem} and {envelope} once, and no other braces";
            check.error(place, message, None);
        }
        if self.name.contains('/') {
            let message = "`write_back.name` is a name, not a path";
            check.error(
                place,
                message,
                "the folder is `write_back.folder`".to_owned(),
            );
        } else if let Some(wrong) = unusable(&self.name) {
            check.error(place, format!("`write_back.name` {wrong}"), None);
        }
    }
}

/// What stands for something else in a name.
const PLACES: [&str; 2] = ["{stem}", "{envelope}"];

/// Why a part of a path is no plain name.
fn unusable(part: &str) -> Option<&'static str> {
    if part.is_empty() {
        return Some("begins or ends with a slash, or holds two in a row");
    }
    if part.starts_with('.') {
        return Some("must not hold a name that begins with a dot");
    }
    if part.contains('\\') || part.contains(char::is_control) {
        return Some("must not hold a backslash or a control character");
    }
    // Names on disks have at most 255 bytes, and something stands in for the braces.
    (part.len() > 200).then_some("is too long")
}

//! Origins: URLs without path, query and fragment.

use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

/// A URL that names a scheme, a host and a port only.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, extend("format" = "origin"))]
pub(crate) struct Origin(pub(crate) Url);

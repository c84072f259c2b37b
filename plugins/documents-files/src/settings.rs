//! What the operator and the tenant's file say.

use std::path::PathBuf;

use ownhand_plugin_sdk::AdapterError;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Rule, place::parts};

/// What the operator allows.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Operator settings of documents-files")]
pub struct Operator {
    /// Absolute folder that bounds all tenants' folders. Must exist.
    pub root: PathBuf,
    /// Lets a tenant's `root` be any folder inside; otherwise it is the tenant's id, or lies below it.
    #[serde(default)]
    pub any_folder: bool,
}

/// The settings of one tenant.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Settings of documents-files")]
pub struct Settings {
    /// The tenant's folder, relative to the operator's; the tenant's id when left out. Must exist.
    #[serde(default)]
    pub root: Option<String>,
    /// Who reads and writes what. With no rules everybody of the tenant reads and writes everything.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// The largest document that is read or written, in bytes.
    #[serde(default = "default_max_bytes")]
    #[schemars(range(min = 1))]
    pub max_bytes: u64,
}

fn default_max_bytes() -> u64 {
    100 * 1024 * 1024
}

impl Settings {
    /// The parts of the tenant's folder, inside the operator's.
    ///
    /// # Errors
    /// When it is no plain relative path, or another tenant's.
    pub(crate) fn folder(
        &self,
        operator: &Operator,
        tenant: Option<&str>,
    ) -> Result<Vec<String>, AdapterError> {
        let wrong = |message: String| AdapterError::configuration("root", message);
        let root = self
            .root
            .as_deref()
            .or(tenant)
            .ok_or_else(|| wrong("name the tenant's folder".into()))?;
        let folder = parts(root).map_err(|why| wrong(format!("not a folder's name: {why}")))?;
        match tenant {
            // A tenant's file belongs to the customer: it must not be able to name another customer's folder.
            Some(id) if !operator.any_folder && folder.first().is_none_or(|f| f != id) => {
                Err(wrong(format!(
                    "must be `{id}` or a folder below it; the operator can open others with `any_folder = true`"
                )))
            }
            _ => Ok(folder),
        }
    }
}

/// The JSON schema of [`Settings`], for editors and for the reference.
pub fn settings_schema() -> serde_json::Value {
    schemars::schema_for!(Settings).to_value()
}

/// The JSON schema of [`Operator`].
pub fn operator_schema() -> serde_json::Value {
    schemars::schema_for!(Operator).to_value()
}

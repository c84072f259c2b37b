//! What the tenant's file says about its issuer.

use std::collections::BTreeMap;

use ownhand_plugin_sdk::{AdapterError, Secret};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;

/// The largest difference of clocks that may be configured, in seconds.
const MAX_LEEWAY: u32 = 120;
/// The longest life that may be configured, in seconds.
const MAX_AGE: u32 = 3600;
/// The most names in `claims`.
const MAX_CLAIMS: usize = 32;

/// The settings of one tenant's issuer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Settings of identity-jwt")]
pub struct Settings {
    /// The `iss` that every JWT must carry.
    pub issuer: String,
    /// Must be the JWT's `aud`, or be among them.
    pub audience: String,
    /// How JWTs are signed. Follows from the key when left out, and must fit it.
    #[serde(default)]
    pub algorithm: Option<SignatureAlgorithm>,
    /// The issuer's public key in PEM: Ed25519, P-256 or RSA. Either this or `hmac_secret`.
    #[serde(default)]
    #[schemars(schema_with = "secret_schema")]
    pub public_key: Option<Secret>,
    /// A secret of at least 32 bytes that the host app shares with Ownhand. Either this or `public_key`.
    #[serde(default)]
    #[schemars(schema_with = "secret_schema")]
    pub hmac_secret: Option<Secret>,
    /// How far the clocks of the host app and of Ownhand may differ, in seconds; at most 120.
    #[serde(default = "default_leeway")]
    #[schemars(range(max = 120))]
    pub leeway_seconds: u32,
    /// The longest life of a JWT (`exp` - `iat`) that is accepted, in seconds; 1 to 3600.
    #[serde(default = "default_max_age")]
    #[schemars(range(min = 1, max = 3600))]
    pub max_age_seconds: u32,
    /// The JWT's names for `login`, `email`, `name` and `groups`, and for the `email_verified` that belongs to another claim
    /// for `email`. Any other key is an extra claim, offered under that key to the explicit mapping in the tenant's file.
    #[serde(default)]
    pub claims: BTreeMap<String, String>,
}

/// How a JWT is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum SignatureAlgorithm {
    /// Ed25519.
    EdDSA,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// RSA PKCS#1 v1.5 with SHA-256.
    RS256,
    /// HMAC with SHA-256, by a shared secret.
    HS256,
}

impl Settings {
    /// Checks what the types can't say; keys are checked where they are read.
    pub(crate) fn validate(&self) -> Result<(), AdapterError> {
        let wrong = |path: &str, message: String| Err(AdapterError::configuration(path, message));
        if self.issuer.is_empty() {
            return wrong("issuer", "name the issuer; it can't be empty".into());
        }
        if self.audience.is_empty() {
            return wrong("audience", "name the audience; it can't be empty".into());
        }
        if self.leeway_seconds > MAX_LEEWAY {
            return wrong("leeway_seconds", format!("at most {MAX_LEEWAY} seconds"));
        }
        if !(1..=MAX_AGE).contains(&self.max_age_seconds) {
            return wrong("max_age_seconds", format!("1 to {MAX_AGE} seconds"));
        }
        if self.claims.len() > MAX_CLAIMS {
            return wrong("claims", format!("at most {MAX_CLAIMS} names"));
        }
        for (key, claim) in &self.claims {
            if key.is_empty() || claim.is_empty() {
                return wrong("claims", "a claim's name can't be empty".into());
            }
            // An address of another claim has a word of its own on whether it was verified, or none.
            let is_other_address = self
                .claims
                .get("email")
                .is_some_and(|claim| claim != "email");
            if key == "email_verified" && !is_other_address {
                return wrong(
                    "claims",
                    "`email_verified` is named only together with another claim for `email`".into(),
                );
            }
            // These decide who the person is; a tenant's file must not be able to take them from elsewhere.
            if matches!(key.as_str(), "issuer" | "subject") {
                return wrong(
                    "claims",
                    format!("`{key}` always comes from the JWT's own claim"),
                );
            }
        }
        Ok(())
    }
}

fn default_leeway() -> u32 {
    30
}

fn default_max_age() -> u32 {
    300
}

/// The JSON schema of [`Settings`], for editors and for the reference.
pub fn settings_schema() -> serde_json::Value {
    schemars::schema_for!(Settings).to_value()
}

fn secret_schema(_: &mut SchemaGenerator) -> Schema {
    schemars::json_schema!({
        "type": "object",
        "properties": { "env": { "type": "string" }, "file": { "type": "string" } },
        "additionalProperties": false,
        "minProperties": 1,
        "maxProperties": 1
    })
}

//! What an instance is built from.

use ownhand_plugin_abi::{AbiInstanceArgs, AbiNamedSecret, RString, RVec};
use ownhand_spi::{InstanceArgs, SecretString};
use serde_json::Value;

use super::text;
use crate::{Crosses, Garbage};

/// Longest settings, as JSON.
const SETTINGS: usize = 1024 * 1024;

impl Crosses for InstanceArgs {
    type Abi = AbiInstanceArgs;

    fn into_abi(self) -> AbiInstanceArgs {
        AbiInstanceArgs {
            instance: self.instance.into(),
            tenant: self.tenant.into_abi(),
            operator_json: self.operator.to_string().into(),
            settings_json: self.settings.to_string().into(),
            secrets: self
                .secrets
                .into_iter()
                .map(|(key, value)| AbiNamedSecret {
                    key: key.into(),
                    value: value.into_abi(),
                })
                .collect(),
            span: 0,
            ext: RVec::new(),
        }
    }

    fn from_abi(abi: AbiInstanceArgs) -> Result<Self, Garbage> {
        let secrets = abi.secrets.into_iter();
        Ok(Self {
            instance: String::from_abi(abi.instance)?,
            tenant: Option::from_abi(abi.tenant)?,
            operator: json(&abi.operator_json)?,
            settings: json(&abi.settings_json)?,
            secrets: secrets
                .map(|secret| {
                    Ok((
                        String::from_abi(secret.key)?,
                        SecretString::from_abi(secret.value)?,
                    ))
                })
                .collect::<Result<_, Garbage>>()?,
        })
    }
}

fn json(abi: &RString) -> Result<Value, Garbage> {
    serde_json::from_str(&text(abi, SETTINGS)?)
        .map_err(|_| Garbage::new("settings that are not JSON"))
}

//! The forms of the adapter, and building an instance.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use ownhand_identity_jwt::JwtIdentity;
use ownhand_plugin_host::{LoadOptions, load};
use ownhand_plugin_sdk::{
    AdapterError, AdapterFactory, CallContext, Credential, DynIdentityMapper, InstanceArgs,
    ResolvedIdentity, SecretString, TenantId, builtin,
};
use serde_json::Value;

/// The time of every call, in seconds since 1970.
pub(crate) const NOW: u64 = 1_800_000_000;

/// The adapter in both its forms.
pub(crate) fn forms() -> Vec<Arc<dyn AdapterFactory>> {
    vec![builtin::<JwtIdentity>(), loaded()]
}

/// The library as it is shipped. Never skipped: what is proven of the one form says nothing of the other.
fn loaded() -> Arc<dyn AdapterFactory> {
    let folder = std::env::var_os("OWNHAND_PLUGIN_DIR").expect("run `cargo xtask test`");
    let file = Path::new(&folder).join("libownhand_plugin_identity_jwt.so");
    load(&file, None, &LoadOptions::default()).unwrap()
}

/// Builds an instance for the tenant `acme`. `secrets` stand in the settings under their own names.
pub(crate) async fn build(
    factory: &Arc<dyn AdapterFactory>,
    settings: &Value,
    secrets: &[(&str, &str)],
) -> Result<Arc<dyn DynIdentityMapper>, AdapterError> {
    let mut settings = settings.clone();
    let mut supplied = BTreeMap::new();
    for (name, value) in secrets {
        settings[*name] = serde_json::json!({ "$secret": name });
        supplied.insert((*name).to_owned(), SecretString::from(*value));
    }
    let args = InstanceArgs {
        instance: "acme/identity".into(),
        tenant: Some("acme".into()),
        operator: Value::Null,
        settings,
        secrets: supplied,
    };
    let instance = factory.build(args).await?;
    Ok(instance.identity_mapper.expect("fills the role"))
}

pub(crate) fn context(tenant: &str) -> CallContext {
    CallContext {
        tenant: TenantId::new(tenant).unwrap(),
        request_id: "test".into(),
        now_unix_ms: NOW * 1000,
        budget: Duration::from_secs(10),
    }
}

pub(crate) fn bearer(token: &str) -> Credential {
    Credential {
        scheme: "bearer".into(),
        value: SecretString::from(token),
    }
}

pub(crate) async fn resolve(
    mapper: &Arc<dyn DynIdentityMapper>,
    token: &str,
) -> Result<ResolvedIdentity, AdapterError> {
    mapper.resolve(&context("acme"), bearer(token)).await
}

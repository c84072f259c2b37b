//! The forms of the adapter, and building an instance.

use std::{path::Path, sync::Arc, time::Duration};

use ownhand_plugin_host::{LoadOptions, load};
use ownhand_plugin_sdk::{
    AdapterError, AdapterFactory, CallContext, DynTokenStore, InstanceArgs, SealedRecord, TenantId,
    builtin,
};
use ownhand_tokens_sql::SqlTokens;
use serde_json::{Value, json};

/// The adapter in both its forms. A test uses them one after the other, each on a database of its own: two copies of SQLite
/// in one process must not open the same file.
pub(crate) fn forms() -> Vec<Arc<dyn AdapterFactory>> {
    vec![builtin::<SqlTokens>(), loaded()]
}

/// The library as it is shipped. Never skipped: what is proven of the one form says nothing of the other.
fn loaded() -> Arc<dyn AdapterFactory> {
    let folder = std::env::var_os("OWNHAND_PLUGIN_DIR").expect("run `cargo xtask test`");
    let file = Path::new(&folder).join("libownhand_plugin_tokens_sql.so");
    load(&file, None, &LoadOptions::default()).unwrap()
}

pub(crate) async fn build(
    factory: &Arc<dyn AdapterFactory>,
    settings: Value,
) -> Result<Arc<dyn DynTokenStore>, AdapterError> {
    let args = InstanceArgs {
        instance: "token-store".into(),
        settings,
        ..InstanceArgs::default()
    };
    let instance = factory.build(args).await?;
    Ok(instance.token_store.expect("fills the role"))
}

/// The settings for a database file.
pub(crate) fn at(file: &Path) -> Value {
    json!({ "url": format!("sqlite://{}", file.display()) })
}

pub(crate) fn context(tenant: &str) -> CallContext {
    CallContext {
        tenant: TenantId::new(tenant).unwrap(),
        request_id: "test".into(),
        now_unix_ms: 1_800_000_000_000,
        budget: Duration::from_secs(30),
    }
}

pub(crate) fn record(version: u64, sealed: &[u8]) -> SealedRecord {
    SealedRecord {
        version,
        sealed: sealed.to_vec().into(),
    }
}

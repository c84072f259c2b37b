//! The forms of the adapter, and building an instance over a folder of the test's own.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use ownhand_documents_files::FileDocuments;
use ownhand_plugin_host::{LoadOptions, load};
use ownhand_plugin_sdk::{
    Actor, ActorKind, AdapterError, AdapterFactory, CallContext, DocumentReference,
    DynDocumentSource, HostUser, InstanceArgs, TenantId, builtin,
};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The adapter in both its forms.
pub(crate) fn forms() -> Vec<Arc<dyn AdapterFactory>> {
    vec![builtin::<FileDocuments>(), loaded()]
}

/// The library as it is shipped. Never skipped: what is proven of the one form says nothing of the other.
fn loaded() -> Arc<dyn AdapterFactory> {
    let folder = std::env::var_os("OWNHAND_PLUGIN_DIR").expect("run `cargo xtask test`");
    let file = Path::new(&folder).join("libownhand_plugin_documents_files.so");
    load(&file, None, &LoadOptions::default()).unwrap()
}

/// An operator's folder with the tenant's folder `acme` in it; removed when dropped.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir(place.acme()).unwrap();
        place
    }

    pub(crate) fn bound(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn acme(&self) -> PathBuf {
        self.0.path().join("acme")
    }

    /// Writes a file into the tenant's folder.
    pub(crate) fn write(&self, path: &str, content: &[u8]) {
        let path = self.acme().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub(crate) fn incoming(&self) -> PathBuf {
        self.acme().join(".ownhand/incoming")
    }

    /// Builds for the tenant `acme`.
    pub(crate) async fn build(
        &self,
        factory: &Arc<dyn AdapterFactory>,
        settings: Value,
    ) -> Result<Arc<dyn DynDocumentSource>, AdapterError> {
        build(factory, json!({ "root": self.bound() }), settings).await
    }
}

pub(crate) async fn build(
    factory: &Arc<dyn AdapterFactory>,
    operator: Value,
    settings: Value,
) -> Result<Arc<dyn DynDocumentSource>, AdapterError> {
    let args = InstanceArgs {
        instance: "acme/documents".into(),
        tenant: Some("acme".into()),
        operator,
        settings,
        secrets: BTreeMap::new(),
    };
    let instance = factory.build(args).await?;
    Ok(instance.document_source.expect("fills the role"))
}

pub(crate) fn context(tenant: &str) -> CallContext {
    CallContext {
        tenant: TenantId::new(tenant).unwrap(),
        request_id: "test".into(),
        now_unix_ms: 1_800_000_000_000,
        budget: Duration::from_secs(30),
    }
}

pub(crate) fn actor(subject: &str, groups: &[&str]) -> Actor {
    Actor {
        user: HostUser {
            issuer: "https://dms.acme.example".into(),
            subject: subject.into(),
            login: None,
            email: None,
            email_verified: false,
            name: None,
            groups: groups.iter().map(|g| (*g).to_owned()).collect(),
            claims: BTreeMap::new(),
        },
        kind: ActorKind::Service,
        secret: None,
    }
}

pub(crate) fn reference(path: &str) -> DocumentReference {
    DocumentReference(path.into())
}

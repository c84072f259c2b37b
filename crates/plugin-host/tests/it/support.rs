//! A copy of the misbehaving plugin for each test: a library of its own, with its own runtime and statics.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use ownhand_plugin_host::{LoadOptions, LoadedPlugin, load};
use ownhand_spi::{
    Actor, ActorKind, AdapterError, AdapterFactory, AdapterInstance, CallContext,
    DocumentReference, DynDocumentSource, HostUser, InstanceArgs, OpenedDocument, TenantId,
};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Long enough for a busy machine, short enough to wait for in a test that hangs on purpose.
pub(crate) const PATIENCE: Duration = Duration::from_secs(1);

/// The library that misbehaves, as it was built.
pub(crate) fn built() -> PathBuf {
    library("misbehaving")
}

fn library(name: &str) -> PathBuf {
    let folder = std::env::var_os("OWNHAND_PLUGIN_DIR").expect("run `cargo xtask test`");
    Path::new(&folder).join(format!("libownhand_plugin_{name}.so"))
}

/// A copy of a library in a folder of its own.
pub(crate) fn copy_of(name: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plugin.so");
    fs::copy(library(name), &path).expect("run `cargo xtask test`");
    (folder, path)
}

/// A copy of the library that misbehaves.
pub(crate) fn copy() -> (TempDir, PathBuf) {
    copy_of("misbehaving")
}

/// A copy of the library without the kit, which does something at a moment of its own.
pub(crate) fn raw(mode: [u8; 7]) -> (TempDir, PathBuf) {
    let (folder, path) = copy_of("raw_1_0");
    let mut bytes = fs::read(&path).unwrap();
    replace(
        &mut bytes,
        b"raw-mode:good...",
        &[b"raw-mode:", &mode[..]].concat(),
    );
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

/// A copy whose bytes were changed.
pub(crate) fn changed(change: impl FnOnce(&mut Vec<u8>)) -> (TempDir, PathBuf) {
    let (folder, path) = copy();
    let mut bytes = fs::read(&path).unwrap();
    change(&mut bytes);
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

/// Replaces the one place where `from` stands.
pub(crate) fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    assert_eq!(from.len(), to.len());
    let places: Vec<usize> = (0..bytes.len() - from.len())
        .filter(|&at| bytes[at..].starts_with(from))
        .collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + from.len()].copy_from_slice(to);
    }
}

/// A loaded copy.
pub(crate) struct Loaded {
    pub(crate) plugin: Arc<LoadedPlugin>,
    _folder: TempDir,
}

/// Time enough for everything but a piece of a stream.
pub(crate) fn options() -> LoadOptions {
    LoadOptions {
        call_timeout: Duration::from_secs(20),
        piece_timeout: PATIENCE,
        build_timeout: Duration::from_secs(20),
        ..LoadOptions::default()
    }
}

pub(crate) fn loaded() -> Loaded {
    of(copy())
}

/// A copy, loaded.
pub(crate) fn of((folder, path): (TempDir, PathBuf)) -> Loaded {
    Loaded {
        plugin: load(&path, None, &options()).unwrap(),
        _folder: folder,
    }
}

impl Loaded {
    pub(crate) async fn try_build(&self, settings: Value) -> Result<AdapterInstance, AdapterError> {
        let args = InstanceArgs {
            instance: "acme/host".into(),
            tenant: Some("acme".into()),
            operator: Value::Null,
            settings,
            secrets: [("key".to_owned(), "hunter2".into())].into(),
        };
        self.plugin.build(args).await
    }

    pub(crate) async fn source(&self) -> Source {
        let instance = self.try_build(json!({"label": "one"})).await.unwrap();
        Source(instance.document_source.unwrap())
    }

    /// An instance of this name, without settings.
    pub(crate) async fn named(&self, name: &str) -> Result<AdapterInstance, AdapterError> {
        let args = InstanceArgs {
            instance: name.to_owned(),
            ..InstanceArgs::default()
        };
        self.plugin.build(args).await
    }
}

/// A document source with the usual caller.
#[derive(Clone)]
pub(crate) struct Source(pub(crate) Arc<dyn DynDocumentSource>);

impl Source {
    pub(crate) async fn open(&self, reference: &str) -> Result<OpenedDocument, AdapterError> {
        self.open_within(reference, Duration::from_secs(20)).await
    }

    pub(crate) async fn open_within(
        &self,
        reference: &str,
        budget: Duration,
    ) -> Result<OpenedDocument, AdapterError> {
        let reference = DocumentReference(reference.to_owned());
        self.0.open(&context(budget), &actor(), &reference).await
    }

    /// What the plugin answers in the document's name.
    pub(crate) async fn says(&self, reference: &str) -> String {
        self.open(reference).await.unwrap().metadata.name
    }

    /// Waits until so many futures and streams of the plugin were begun.
    pub(crate) async fn until_begun(&self, count: u64) {
        self.until("begun", count).await;
    }

    /// Waits until so many were dropped before their end.
    pub(crate) async fn until_dropped(&self, count: u64) {
        self.until("dropped", count).await;
    }

    async fn until(&self, what: &str, count: u64) {
        let until = async {
            while self.says(what).await.parse::<u64>().unwrap() < count {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), until)
            .await
            .expect("counted within 20 s");
    }
}

pub(crate) fn context(budget: Duration) -> CallContext {
    CallContext {
        tenant: TenantId::new("acme").unwrap(),
        request_id: "r-1".into(),
        now_unix_ms: 1_700_000_000_123,
        budget,
    }
}

pub(crate) fn actor() -> Actor {
    Actor {
        user: HostUser {
            issuer: "https://dms.example".into(),
            subject: "u1".into(),
            login: Some("j.doe".into()),
            email: None,
            email_verified: false,
            name: None,
            groups: vec!["legal".into()],
            claims: [("dept".to_owned(), "7".to_owned())].into(),
        },
        kind: ActorKind::StoredKey,
        secret: Some("hunter2".into()),
    }
}

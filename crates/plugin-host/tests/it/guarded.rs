//! Adapters that are compiled in have the same wall.

#![expect(
    clippy::panic,
    reason = "panicking on demand is what this adapter is for"
)]

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt;
use ownhand_plugin_host::{LoadOptions, guarded};
use ownhand_spi::{
    Actor, ActorKind, AdapterError, AdapterFactory, AdapterInstance, BoxFuture, CallContext,
    Capabilities, Deposit, DocumentMetadata, DocumentReference, DocumentSource, ErrorKind,
    InstanceArgs, Manifest, OpenedDocument, Receipt, Role,
};
use tracing::Instrument;

use crate::{
    log::{capture, seen_within},
    support::{PATIENCE, Source},
};

struct BuiltIn {
    manifest: Manifest,
}

impl AdapterFactory for BuiltIn {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn build(&self, args: InstanceArgs) -> BoxFuture<'_, Result<AdapterInstance, AdapterError>> {
        Box::pin(async move {
            match args.instance.as_str() {
                "panic" => panic!("in build"),
                "hang" => std::future::pending().await,
                "wrong" => Err(AdapterError::configuration("rules[0].path", "is empty")),
                "nothing" => Ok(AdapterInstance::default()),
                _ => Ok(AdapterInstance {
                    document_source: Some(Arc::new(Faulty)),
                    ..AdapterInstance::default()
                }),
            }
        })
    }
}

struct Faulty;

impl DocumentSource for Faulty {
    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }

    fn acting(&self) -> ActorKind {
        ActorKind::Service
    }

    async fn open(
        &self,
        _: &CallContext,
        _: &Actor,
        reference: &DocumentReference,
    ) -> Result<OpenedDocument, AdapterError> {
        match reference.0.as_str() {
            "panic" => panic!("in a call"),
            "hang" => std::future::pending().await,
            _ => {}
        }
        tracing::warn!("from a built-in");
        let content = futures_util::stream::once(async { panic!("in a stream") });
        Ok(OpenedDocument {
            metadata: DocumentMetadata {
                name: reference.0.clone(),
                content_type: "t".into(),
                length: None,
                revision: None,
            },
            content: Box::pin(content),
        })
    }

    async fn deposit(
        &self,
        _: &CallContext,
        _: &Actor,
        _: Deposit,
    ) -> Result<Receipt, AdapterError> {
        Err(AdapterError::not_found("nothing is kept here"))
    }
}

fn factory() -> Arc<dyn AdapterFactory> {
    let options = LoadOptions {
        call_timeout: PATIENCE,
        build_timeout: PATIENCE,
        ..LoadOptions::default()
    };
    let manifest = Manifest {
        name: "faulty".into(),
        version: "1".into(),
        roles: vec![Role::DocumentSource],
    };
    guarded(Arc::new(BuiltIn { manifest }), &options)
}

async fn build(instance: &str) -> Result<Source, AdapterError> {
    let args = InstanceArgs {
        instance: instance.into(),
        ..InstanceArgs::default()
    };
    let instance = factory().build(args).await?;
    Ok(Source(instance.document_source.unwrap()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_that_fails_is_an_error() {
    for (instance, kind) in [
        ("panic", ErrorKind::Panicked),
        ("hang", ErrorKind::TimedOut),
        ("nothing", ErrorKind::Other),
    ] {
        let error = build(instance).await.err().unwrap();
        assert_eq!(error.kind(), kind, "{instance}");
    }
    let error = build("wrong").await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(error.path(), Some("rules[0].path"));
}

#[tokio::test(flavor = "multi_thread")]
async fn panics_and_silence_are_errors_of_one_call() {
    let source = build("well").await.unwrap();
    let budget = Duration::from_mins(10);
    for (reference, kind) in [
        ("panic", ErrorKind::Panicked),
        ("hang", ErrorKind::TimedOut),
    ] {
        let error = source.open_within(reference, budget).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{reference}");
    }
    let mut content = source.open("well").await.unwrap().content;
    let error = content.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Panicked);
    let long = "x".repeat(70_000);
    let error = source.open(&long).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(source.says("well").await, "well");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_stay_within_the_callers_span() {
    capture();
    let source = build("well").await.unwrap();
    let span = tracing::info_span!("host_built_in", id = 7);
    source.says("well").instrument(span).await;
    let seen = seen_within("host_built_in");
    assert_eq!(seen.len(), 1, "{seen:?}");
}

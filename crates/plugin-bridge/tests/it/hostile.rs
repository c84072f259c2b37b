//! Errors and bytes whose own code panics: it runs on the side that made them, and ends no more than a call.

#![expect(
    clippy::panic,
    reason = "panicking on demand is what this source is for"
)]

use std::{
    fmt,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use ownhand_plugin_bridge::Home;
use ownhand_spi::{
    Actor, ActorKind, AdapterError, ByteStream, CallContext, Capabilities, Deposit,
    DocumentMetadata, DocumentReference, DocumentSource, DynDocumentSource, ErrorKind,
    OpenedDocument, Receipt,
};

use crate::support::{Here, actor, context, guard, source_across};

/// An error that panics when it is shown, or when it is dropped.
#[derive(Debug)]
struct Bomb {
    shown: bool,
}

impl fmt::Display for Bomb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        assert!(!self.shown, "when an error is shown");
        f.write_str("a bomb")
    }
}

impl std::error::Error for Bomb {}

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(
            self.shown || thread::panicking(),
            "when an error is dropped"
        );
    }
}

fn bomb(shown: bool) -> AdapterError {
    AdapterError::unavailable("it failed").caused_by(Bomb { shown })
}

/// Bytes that tell where they were dropped, and then panic.
struct Owner(mpsc::Sender<Option<String>>);

impl AsRef<[u8]> for Owner {
    fn as_ref(&self) -> &[u8] {
        b"bytes"
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        let _ = self.0.send(thread::current().name().map(str::to_owned));
        panic!("when bytes are dropped");
    }
}

struct Hostile(mpsc::Sender<Option<String>>);

impl Hostile {
    fn content(&self, reference: &str) -> ByteStream {
        let owner = self.0.clone();
        let bytes = move || Ok(Bytes::from_owner(Owner(owner.clone())));
        match reference {
            "shown later" => Box::pin(stream::iter([Err(bomb(true))])),
            "dropped later" => Box::pin(stream::iter([Err(bomb(false))])),
            _ => Box::pin(stream::repeat_with(bytes)),
        }
    }
}

impl DocumentSource for Hostile {
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
            "shown" => Err(bomb(true)),
            "dropped" => Err(bomb(false)),
            reference => Ok(OpenedDocument {
                metadata: DocumentMetadata {
                    name: "n".into(),
                    content_type: "t".into(),
                    length: None,
                    revision: None,
                },
                content: self.content(reference),
            }),
        }
    }

    async fn deposit(
        &self,
        _: &CallContext,
        _: &Actor,
        _: Deposit,
    ) -> Result<Receipt, AdapterError> {
        Err(bomb(true))
    }
}

/// The other side has threads of its own, by whose name it is known.
struct There {
    source: Arc<dyn DynDocumentSource>,
    dropped: mpsc::Receiver<Option<String>>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl There {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("there")
            .enable_all()
            .build()
            .unwrap();
        let home: Arc<dyn Home> = Arc::new(Here(runtime.handle().clone()));
        let (told, dropped) = mpsc::channel();
        let guard = guard(Duration::from_secs(20));
        Self {
            source: source_across(Hostile(told), &home, &guard),
            dropped,
            runtime: Some(runtime),
        }
    }

    async fn open(&self, reference: &str) -> Result<OpenedDocument, AdapterError> {
        let reference = DocumentReference(reference.into());
        self.source.open(&context(), &actor(), &reference).await
    }
}

impl Drop for There {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[tokio::test]
async fn an_error_that_panics_is_an_error_of_its_call() {
    let there = There::new();
    for reference in ["shown", "dropped"] {
        let error = there.open(reference).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Panicked, "{reference}");
    }
    for reference in ["shown later", "dropped later"] {
        let mut content = there.open(reference).await.unwrap().content;
        let error = content.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Panicked, "{reference}");
        assert!(content.next().await.is_none());
    }
}

#[tokio::test]
async fn bytes_are_dropped_by_their_makers_side() {
    let there = There::new();
    let mut content = there.open("bytes").await.unwrap().content;
    let mut kept = Vec::new();
    for _ in 0..10 {
        kept.push(content.next().await.unwrap().unwrap());
    }
    assert!(kept.iter().all(|piece| piece == "bytes"));
    // Those that were taken, and those that still lie in the queue.
    drop(kept);
    drop(content);
    for _ in 0..10 {
        let thread = there.dropped.recv_timeout(Duration::from_secs(20)).unwrap();
        assert_eq!(thread.as_deref(), Some("there"));
    }
}

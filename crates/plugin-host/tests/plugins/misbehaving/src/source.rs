//! Opens what it is told to, in the way it is told to.

use std::{
    panic::panic_any,
    sync::{PoisonError, atomic::Ordering},
    time::Duration,
};

use futures_util::{StreamExt, stream};
use ownhand_plugin_sdk::{
    Actor, ActorKind, AdapterError, ByteStream, Bytes, CallContext, Capabilities, Deposit,
    DocumentMetadata, DocumentReference, DocumentSource, OpenedDocument, Receipt,
};
use tracing::Instrument;

use crate::{
    Misbehaving,
    content::{BEGUN, DROPPED, Watched, by_name},
    hostile,
};

impl DocumentSource for Misbehaving {
    fn capabilities(&self) -> Capabilities {
        assert!(
            self.settings.label != "panics when asked",
            "in capabilities"
        );
        Capabilities {
            versions: true,
            ..Capabilities::default()
        }
    }

    fn acting(&self) -> ActorKind {
        ActorKind::Service
    }

    async fn open(
        &self,
        _: &CallContext,
        actor: &Actor,
        reference: &DocumentReference,
    ) -> Result<OpenedDocument, AdapterError> {
        self.opened.fetch_add(1, Ordering::SeqCst);
        let reference = reference.0.as_str();
        if let Some(content) = by_name(reference) {
            return Ok(opened(reference, content));
        }
        let answer = match reference {
            "panic" => panic!("before any await"),
            "panic later" => {
                tokio::task::yield_now().await;
                panic!("after an await")
            }
            "panic with a number" => panic_any(5),
            "block" => loop {
                std::thread::park();
            },
            "hang" => {
                let _watched = Watched::new(false);
                std::future::pending().await
            }
            "hang, panics when dropped" => {
                let _watched = Watched::new(true);
                std::future::pending().await
            }
            "begun" => BEGUN.load(Ordering::SeqCst).to_string(),
            "dropped" => DROPPED.load(Ordering::SeqCst).to_string(),
            "timer" => {
                let never = std::future::pending::<()>();
                let ended = tokio::time::timeout(Duration::from_millis(1), never).await;
                ended.is_err().to_string()
            }
            "log" => {
                log(&self.settings.label);
                async { tracing::info!("inside") }
                    .instrument(tracing::info_span!("inner", depth = 2))
                    .await;
                String::new()
            }
            "log finely" => {
                tracing::trace!(target: "misbehaving::fine", "a detail");
                String::new()
            }
            "actor" => format!("{actor:?}"),
            "label" => self.settings.label.clone(),
            "long" => "x".repeat(70_000),
            "causes" => return Err(causes()),
            other => match hostile::answer(other) {
                Some(answer) => answer?,
                None => return self.stored(other),
            },
        };
        Ok(opened(&answer, Box::pin(stream::empty())))
    }

    async fn deposit(
        &self,
        _: &CallContext,
        _: &Actor,
        mut deposit: Deposit,
    ) -> Result<Receipt, AdapterError> {
        match deposit.reference.0.as_str() {
            "block" => loop {
                std::thread::park();
            },
            "keep for ever" => {
                std::mem::forget(deposit.content);
                return std::future::pending().await;
            }
            _ => {}
        }
        let mut pieces = Vec::new();
        while let Some(piece) = deposit.content.next().await {
            pieces.push(piece?);
        }
        let length = pieces.iter().map(|piece| piece.len() as u64).sum();
        self.deposits
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(deposit.reference.0.clone(), pieces);
        Ok(Receipt {
            reference: deposit.reference,
            revision: deposit.metadata.revision,
            sha256: deposit.sha256.unwrap_or_default(),
            length,
            already_present: false,
        })
    }
}

impl Misbehaving {
    /// What was deposited before.
    fn stored(&self, reference: &str) -> Result<OpenedDocument, AdapterError> {
        let deposits = self.deposits.lock().unwrap_or_else(PoisonError::into_inner);
        let pieces: Vec<Bytes> = deposits
            .get(reference)
            .cloned()
            .ok_or_else(|| AdapterError::not_found(format!("no `{reference}`")))?;
        let content = stream::iter(pieces.into_iter().map(Ok));
        Ok(opened(reference, Box::pin(content)))
    }
}

fn opened(name: &str, content: ByteStream) -> OpenedDocument {
    OpenedDocument {
        metadata: DocumentMetadata {
            name: name.to_owned(),
            content_type: "application/octet-stream".to_owned(),
            length: None,
            revision: None,
        },
        content,
    }
}

fn log(label: &str) {
    tracing::warn!(
        target: "misbehaving::custom",
        count = 3_u64,
        below = -4,
        ratio = 0.5,
        fine = true,
        label,
        shown = %label,
        "something {}",
        "happened"
    );
}

/// An error with two causes and a password.
fn causes() -> AdapterError {
    let inner = AdapterError::unavailable("connection refused");
    let outer =
        AdapterError::unavailable("request to https://user:hunter2@host/x").caused_by(inner);
    AdapterError::unavailable("the host app does not answer")
        .caused_by(outer)
        .retry_after(Duration::from_millis(1500))
}

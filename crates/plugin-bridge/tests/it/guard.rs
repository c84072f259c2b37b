//! The time of calls, and what they may answer.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use ownhand_plugin_bridge::{Guard, export_instance, import_instance};
use ownhand_spi::{
    Actor, ActorKind, AdapterError, AdapterInstance, ByteStream, CallContext, Capabilities,
    Credential, Deposit, DepositKey, DocumentMetadata, DocumentReference, DocumentSource,
    ErrorKind, OpenedDocument, PutOutcome, Receipt, RecordKey, RecordPage, SealedRecord,
    TokenStore,
};

use crate::support::{Echo, across, actor, context, guard, here, source_across};

/// Reads what it is given; or takes two pieces, keeps its end of the content for ever and never answers.
struct Slow {
    keeps: bool,
}

impl DocumentSource for Slow {
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
        let mut metadata = metadata();
        let content: ByteStream = match reference.0.as_str() {
            "1" | "2" | "3" => {
                // So many pieces of the eight bytes that are announced.
                metadata.length = Some(8);
                let pieces: usize = reference.0.parse().unwrap();
                let pieces = std::iter::repeat_n(Bytes::from_static(b"more"), pieces);
                Box::pin(stream::iter(pieces).map(Ok))
            }
            "empty pieces" => Box::pin(stream::repeat_with(|| Ok(Bytes::new()))),
            _ => Box::pin(stream::repeat_with(|| Ok(Bytes::from_static(b"more")))),
        };
        Ok(OpenedDocument { metadata, content })
    }

    async fn deposit(
        &self,
        _: &CallContext,
        _: &Actor,
        mut deposit: Deposit,
    ) -> Result<Receipt, AdapterError> {
        let mut length = 0;
        while let Some(piece) = deposit.content.next().await {
            length += piece?.len() as u64;
            if self.keeps && length >= 2 {
                std::mem::forget(deposit.content);
                return std::future::pending().await;
            }
        }
        Ok(Receipt {
            reference: deposit.reference,
            revision: None,
            sha256: [0; 32],
            length,
            already_present: false,
        })
    }
}

fn metadata() -> DocumentMetadata {
    DocumentMetadata {
        name: "n".into(),
        content_type: "t".into(),
        length: None,
        revision: None,
    }
}

fn deposit(content: ByteStream) -> Deposit {
    Deposit {
        key: DepositKey("k".into()),
        reference: DocumentReference("a".into()),
        metadata: metadata(),
        sha256: None,
        content,
    }
}

/// One byte after each pause, holding `held` until the last.
fn slowly(pieces: usize, pause: Duration, held: Arc<()>) -> ByteStream {
    Box::pin(stream::iter(0..pieces).then(move |_| {
        let held = Arc::clone(&held);
        async move {
            let never = std::future::pending::<()>();
            let _ = tokio::time::timeout(pause, never).await;
            drop(held);
            Ok(Bytes::from_static(b"x"))
        }
    }))
}

async fn take(guard: &Guard, keeps: bool, content: ByteStream) -> Result<u64, AdapterError> {
    let source = source_across(Slow { keeps }, &here(), guard);
    let receipt = source.deposit(&context(), &actor(), deposit(content)).await;
    receipt.map(|receipt| receipt.length)
}

const PAUSE: Duration = Duration::from_millis(100);

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_has_time_as_long_as_it_moves() {
    // Three times as long as a call may take.
    let guard = guard(PAUSE * 5);
    let length = take(&guard, false, slowly(15, PAUSE, Arc::default())).await;
    assert_eq!(length.unwrap(), 15);

    let stalled = slowly(2, PAUSE, Arc::default()).chain(stream::pending());
    let error = take(&guard, false, Box::pin(stalled)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(error.message().contains("took a piece"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_has_a_time_in_all() {
    let guard = Guard {
        transfer: PAUSE * 5,
        ..guard(Duration::from_secs(20))
    };
    let endless = slowly(usize::MAX, PAUSE, Arc::default());
    let error = take(&guard, false, endless).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(error.message().contains("the whole document"), "{error}");

    let source = source_across(Slow { keeps: false }, &here(), &guard);
    let reference = DocumentReference("endless".into());
    let opened = source.open(&context(), &actor(), &reference).await.unwrap();
    let ended = opened.content.filter_map(async |piece| piece.err());
    let error = Box::pin(ended).next().await.unwrap();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(error.message().contains("did not end"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_has_the_length_that_was_announced() {
    let guard = guard(Duration::from_secs(20));
    let source = source_across(Slow { keeps: false }, &here(), &guard);
    for (pieces, told) in [("1", "fewer"), ("2", ""), ("3", "more")] {
        let reference = DocumentReference(pieces.into());
        let opened = source.open(&context(), &actor(), &reference).await.unwrap();
        let read: Vec<_> = opened.content.collect().await;
        let error = read.last().unwrap().as_ref().err();
        let message = error.map(ToString::to_string).unwrap_or_default();
        assert_eq!(error.is_some(), !told.is_empty(), "{message}");
        assert!(message.contains(told), "{message}");
        assert_eq!(
            read.iter().filter(|piece| piece.is_ok()).count(),
            if told == "fewer" { 1 } else { 2 }
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_pieces_are_no_progress() {
    let guard = guard(PAUSE * 3);
    let source = source_across(Slow { keeps: false }, &here(), &guard);
    let reference = DocumentReference("empty pieces".into());
    let mut opened = source.open(&context(), &actor(), &reference).await.unwrap();
    let error = opened.content.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hosts_content_is_let_go_of_though_the_other_side_keeps_its_end() {
    let held = Arc::new(());
    let content = slowly(usize::MAX, PAUSE / 10, Arc::clone(&held));
    let error = take(&guard(PAUSE * 3), true, content).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    let released = async {
        while Arc::strong_count(&held) > 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), released)
        .await
        .expect("the content within 20 s");
}

/// Answers every request for keys in the same way.
struct Keys(&'static [&'static str], bool);

impl TokenStore for Keys {
    async fn get(
        &self,
        _: &CallContext,
        _: &RecordKey,
    ) -> Result<Option<SealedRecord>, AdapterError> {
        Ok(None)
    }

    async fn put(
        &self,
        _: &CallContext,
        _: &RecordKey,
        _: SealedRecord,
        _: Option<u64>,
    ) -> Result<PutOutcome, AdapterError> {
        Ok(PutOutcome::Stored)
    }

    async fn delete(&self, _: &CallContext, _: &RecordKey) -> Result<bool, AdapterError> {
        Ok(false)
    }

    async fn list(
        &self,
        _: &CallContext,
        _: Option<&RecordKey>,
        _: u32,
    ) -> Result<RecordPage, AdapterError> {
        Ok(RecordPage {
            keys: self.0.iter().map(|key| RecordKey((*key).into())).collect(),
            more: self.1,
        })
    }
}

#[tokio::test]
async fn pages_lead_on_and_come_to_an_end() {
    let list = async |keys: &'static [&'static str], more, after: Option<&str>| {
        let native = AdapterInstance {
            token_store: Some(Arc::new(Keys(keys, more))),
            ..AdapterInstance::default()
        };
        let guard = guard(Duration::from_secs(20));
        let instance = import_instance(&export_instance(native, &here()), &guard).unwrap();
        let after = after.map(|after| RecordKey(after.into()));
        let store = instance.token_store.unwrap();
        store.list(&context(), after.as_ref(), 3).await
    };
    assert_eq!(
        list(&["b", "c"], true, Some("a")).await.unwrap().keys.len(),
        2
    );
    assert!(list(&[], false, Some("a")).await.unwrap().keys.is_empty());
    for (keys, more, after, refusal) in [
        (&["a", "b", "c", "d"][..], true, None, "4 keys instead of 3"),
        (&[], true, None, "a page without keys that says more follow"),
        (
            &["b", "a"],
            false,
            None,
            "keys that are not in ascending order",
        ),
        (
            &["a", "a"],
            false,
            None,
            "keys that are not in ascending order",
        ),
        (
            &["a", "b"],
            false,
            Some("a"),
            "keys that are not in ascending order",
        ),
    ] {
        let error = list(keys, more, after).await.unwrap_err();
        assert!(error.message().ends_with(refusal), "{error}");
    }
}

#[tokio::test]
async fn what_is_too_long_to_cross_is_the_callers_mistake() {
    let instance = across(Echo::default());
    let long = "x".repeat(64 * 1024 + 1);
    let credential = Credential {
        scheme: "bearer".into(),
        value: long.clone().into(),
    };
    let mapper = instance.identity_mapper.unwrap();
    let error = mapper.resolve(&context(), credential).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CredentialRejected);

    let source = instance.document_source.unwrap();
    let reference = DocumentReference(long);
    let error = source
        .open(&context(), &actor(), &reference)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let mut too_long = deposit(Box::pin(stream::empty()));
    too_long.reference = reference;
    let error = source
        .deposit(&context(), &actor(), too_long)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

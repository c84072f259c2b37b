//! A document source in memory, and its faults.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use ownhand_conformance::{DocumentFixture, check_document_source};
use ownhand_spi::{
    Actor, ActorKind, AdapterError, CallContext, Capabilities, Deposit, DocumentMetadata,
    DocumentReference, DocumentSource, ErrorKind, HostUser, OpenedDocument, Receipt,
};

use crate::{context, failed};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    LosesTheEnd,
    Overwrites,
    IgnoresTheDigest,
    WritesAsItReads,
    TellsDenied,
    Escapes,
    SaysItActsLater,
}

struct Memory {
    fault: Fault,
    documents: Mutex<BTreeMap<String, Vec<u8>>>,
}

fn missing() -> AdapterError {
    AdapterError::not_found("no such document")
}

impl DocumentSource for Memory {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            acts_later: self.fault == Fault::SaysItActsLater,
            ..Capabilities::default()
        }
    }

    fn acting(&self) -> ActorKind {
        ActorKind::Relay
    }

    async fn open(
        &self,
        _: &CallContext,
        _: &Actor,
        reference: &DocumentReference,
    ) -> Result<OpenedDocument, AdapterError> {
        if reference.0 == "denied.pdf" && self.fault == Fault::TellsDenied {
            return Err(AdapterError::not_found("not for you"));
        }
        let documents = self.documents.lock().unwrap();
        let content = documents.get(&reference.0).ok_or_else(missing)?;
        let content = Bytes::copy_from_slice(content);
        Ok(OpenedDocument {
            metadata: DocumentMetadata {
                name: reference.0.clone(),
                content_type: "application/pdf".into(),
                length: None,
                revision: None,
            },
            content: Box::pin(stream::iter([Ok(content)])),
        })
    }

    async fn deposit(
        &self,
        _: &CallContext,
        _: &Actor,
        mut deposit: Deposit,
    ) -> Result<Receipt, AdapterError> {
        let reference = deposit.reference;
        if reference.0.contains("..") && self.fault != Fault::Escapes {
            return Err(AdapterError::invalid("leads out"));
        }
        let mut content = Vec::new();
        while let Some(piece) = deposit.content.next().await {
            content.extend_from_slice(&piece?);
            if self.fault == Fault::WritesAsItReads {
                let mut documents = self.documents.lock().unwrap();
                documents.insert(reference.0.clone(), content.clone());
            }
        }
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(digest(&SHA256, &content).as_ref());
        let wrong = deposit.sha256.is_some_and(|announced| announced != sha256);
        if wrong && self.fault != Fault::IgnoresTheDigest {
            return Err(AdapterError::invalid("other content"));
        }
        let length = content.len() as u64;
        let mut documents = self.documents.lock().unwrap();
        let found = documents.get(&reference.0);
        let already_present = found == Some(&content);
        if found.is_some() && !already_present && self.fault != Fault::Overwrites {
            return Err(AdapterError::new(ErrorKind::Conflict, "taken"));
        }
        if self.fault == Fault::LosesTheEnd {
            content.pop();
        }
        documents.insert(reference.0.clone(), content);
        Ok(Receipt {
            reference,
            revision: None,
            sha256,
            length,
            already_present,
        })
    }
}

async fn check(fault: Fault) -> Vec<&'static str> {
    let actor = Actor {
        user: HostUser {
            issuer: "dms".into(),
            subject: "u-0".into(),
            login: None,
            email: None,
            email_verified: false,
            name: None,
            groups: vec![],
            claims: BTreeMap::new(),
        },
        kind: ActorKind::Relay,
        secret: None,
    };
    let fixture = DocumentFixture {
        context: context("acme"),
        actor: actor.clone(),
        new_reference: Box::new(|name| DocumentReference(name.into())),
        run: "run".into(),
        denied: Some((actor, DocumentReference("denied.pdf".into()))),
        escapes: vec![DocumentReference("../outside.pdf".into())],
    };
    let source = Memory {
        fault,
        documents: Mutex::default(),
    };
    failed(&check_document_source(Arc::new(source), &fixture).await)
}

#[tokio::test]
async fn a_right_source_passes() {
    assert!(check(Fault::None).await.is_empty());
}

#[tokio::test]
async fn each_fault_is_found() {
    for (fault, finding) in [
        (
            Fault::LosesTheEnd,
            "gives back what was deposited, byte by byte",
        ),
        (Fault::Overwrites, "never writes over other content"),
        (
            Fault::IgnoresTheDigest,
            "refuses content without the announced digest",
        ),
        (
            Fault::WritesAsItReads,
            "leaves nothing of a deposit that is cancelled",
        ),
        (
            Fault::WritesAsItReads,
            "leaves nothing of content that breaks off",
        ),
        (Fault::TellsDenied, "answers to denied as to missing"),
        (Fault::Escapes, "never leaves its place"),
        (
            Fault::SaysItActsLater,
            "says truly whether it can act later",
        ),
    ] {
        let found = check(fault).await;
        assert!(found.contains(&finding), "{finding}: {found:?}");
    }
}

//! A host app in memory: assertions that name their user, and a folder of documents.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use aws_lc_rs::digest;
use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt as _;
use ownhand_spi::{
    Actor, ActorKind, AdapterError, CallContext, Capabilities, Credential, CredentialUse, Deposit,
    DocumentMetadata, DocumentReference, DocumentSource, ErrorKind, ExposeSecret as _, HostUser,
    IdentityMapper, OpenedDocument, Receipt, ResolvedIdentity,
};

static ASSERTIONS: AtomicU64 = AtomicU64::new(0);

/// A fresh `Authorization` header of a user, for one use.
pub fn assertion(subject: &str) -> String {
    format!(
        "Bearer {subject}.{}",
        ASSERTIONS.fetch_add(1, Ordering::Relaxed)
    )
}

/// Names a user by an assertion `subject.id`.
#[derive(Debug)]
pub struct Assertions;

impl IdentityMapper for Assertions {
    async fn resolve(
        &self,
        cx: &CallContext,
        credential: Credential,
    ) -> Result<ResolvedIdentity, AdapterError> {
        let (subject, id) = credential
            .value
            .expose_secret()
            .split_once('.')
            .ok_or_else(|| AdapterError::rejected("not an assertion of the form subject.id"))?;
        Ok(ResolvedIdentity {
            user: HostUser {
                issuer: "https://dms.acme.example".to_owned(),
                subject: subject.to_owned(),
                login: Some(subject.to_owned()),
                email: Some(format!("{subject}@acme.example")),
                email_verified: true,
                name: None,
                groups: Vec::new(),
                claims: BTreeMap::new(),
            },
            credential_use: CredentialUse::Single {
                id: id.to_owned(),
                expires_unix_ms: cx.now_unix_ms + 60_000,
            },
        })
    }
}

/// Documents by reference. Every deposit is kept, also under the key that it was made with.
#[derive(Debug, Default)]
pub struct MemoryDocuments {
    files: Mutex<BTreeMap<String, Bytes>>,
    deposits: Mutex<HashMap<String, String>>,
    /// How many calls of `deposit` fail before one works.
    failures: AtomicU64,
}

fn open<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MemoryDocuments {
    /// Puts a document there.
    pub fn put(&self, reference: &str, content: impl Into<Bytes>) {
        open(&self.files).insert(reference.to_owned(), content.into());
    }

    /// The document, if it is there.
    pub fn get(&self, reference: &str) -> Option<Bytes> {
        open(&self.files).get(reference).cloned()
    }

    /// All references.
    pub fn references(&self) -> Vec<String> {
        open(&self.files).keys().cloned().collect()
    }

    /// Lets the next deposits fail.
    pub fn fail_deposits(&self, times: u64) {
        self.failures.store(times, Ordering::SeqCst);
    }
}

impl DocumentSource for MemoryDocuments {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            acts_later: true,
            ..Capabilities::default()
        }
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
        let content = self
            .get(&reference.0)
            .ok_or_else(|| AdapterError::not_found(format!("no document `{reference}`")))?;
        let pieces: Vec<_> = content
            .chunks(64 * 1024)
            .map(|piece| Ok(content.slice_ref(piece)))
            .collect();
        Ok(OpenedDocument {
            metadata: DocumentMetadata {
                name: reference
                    .0
                    .rsplit('/')
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
                content_type: "application/pdf".to_owned(),
                length: Some(content.len() as u64),
                revision: None,
            },
            content: Box::pin(futures_util::stream::iter(pieces)),
        })
    }

    async fn deposit(
        &self,
        _: &CallContext,
        _: &Actor,
        deposit: Deposit,
    ) -> Result<Receipt, AdapterError> {
        let failing = self
            .failures
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
        if failing.is_ok() {
            return Err(AdapterError::unavailable("the folder is away"));
        }
        let content: BytesMut = deposit
            .content
            .try_collect::<Vec<_>>()
            .await?
            .iter()
            .flatten()
            .copied()
            .collect();
        let content = content.freeze();
        let reference = deposit.reference.0;
        let before = open(&self.deposits).get(&deposit.key.0).cloned();
        if before.is_none() && self.get(&reference).is_some() {
            return Err(AdapterError::new(
                ErrorKind::Conflict,
                format!("`{reference}` is there already"),
            ));
        }
        if before.is_none() {
            self.put(&reference, content.clone());
            open(&self.deposits).insert(deposit.key.0, reference.clone());
        }
        let stored = self
            .get(before.as_deref().unwrap_or(&reference))
            .unwrap_or_default();
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(digest::digest(&digest::SHA256, &stored).as_ref());
        Ok(Receipt {
            already_present: before.is_some(),
            reference: DocumentReference(before.unwrap_or(reference)),
            revision: None,
            sha256,
            length: stored.len() as u64,
        })
    }
}

//! An adapter of all roles that is exported and imported.

use std::{collections::HashMap, sync::Arc, sync::Mutex, time::Duration};

use futures_util::TryStreamExt;
use ownhand_plugin_bridge::{Guard, Home, export_instance, import_instance};
use ownhand_spi::{
    Actor, ActorKind, AdapterError, AdapterInstance, CallContext, Capabilities, Credential,
    CredentialUse, Deposit, DocumentReference, DocumentSource, DocusignIdentity, DynDocumentSource,
    HostUser, IdentityMapper, OpenedDocument, PutOutcome, Receipt, RecordKey, RecordPage,
    ResolvedIdentity, SealedRecord, TenantId, TokenStore,
};
use tokio::runtime::Handle;

/// Gives back what it was given, or keeps it.
#[derive(Default)]
pub(crate) struct Echo {
    /// What `resolve` answers.
    pub(crate) user: Option<HostUser>,
    /// What was put.
    pub(crate) records: Mutex<HashMap<(String, String), SealedRecord>>,
}

impl IdentityMapper for Echo {
    async fn resolve(
        &self,
        cx: &CallContext,
        _: Credential,
    ) -> Result<ResolvedIdentity, AdapterError> {
        let user = self
            .user
            .clone()
            .ok_or_else(|| AdapterError::rejected("nobody"))?;
        Ok(ResolvedIdentity {
            user,
            credential_use: CredentialUse::Single {
                id: cx.request_id.clone(),
                expires_unix_ms: cx.now_unix_ms,
            },
        })
    }

    async fn docusign_identity(
        &self,
        _: &CallContext,
        user: &HostUser,
    ) -> Result<DocusignIdentity, AdapterError> {
        Ok(DocusignIdentity {
            email: user.email.clone(),
        })
    }
}

impl DocumentSource for Echo {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            conditional_write: true,
            metadata: true,
            ..Capabilities::default()
        }
    }

    fn acting(&self) -> ActorKind {
        ActorKind::Impersonation
    }

    async fn open(
        &self,
        _: &CallContext,
        _: &Actor,
        reference: &DocumentReference,
    ) -> Result<OpenedDocument, AdapterError> {
        Err(AdapterError::not_found(reference.to_string()))
    }

    async fn deposit(
        &self,
        cx: &CallContext,
        actor: &Actor,
        deposit: Deposit,
    ) -> Result<Receipt, AdapterError> {
        let pieces: Vec<_> = deposit.content.try_collect().await?;
        Ok(Receipt {
            reference: DocumentReference(format!("{}/{}", actor.user.subject, deposit.reference)),
            revision: Some(format!("{} {:?}", cx.tenant, actor.kind)),
            sha256: deposit.sha256.unwrap_or_default(),
            length: pieces.iter().map(|piece| piece.len() as u64).sum(),
            already_present: true,
        })
    }
}

impl TokenStore for Echo {
    async fn get(
        &self,
        cx: &CallContext,
        key: &RecordKey,
    ) -> Result<Option<SealedRecord>, AdapterError> {
        let records = self.records.lock().unwrap();
        Ok(records
            .get(&(cx.tenant.to_string(), key.0.clone()))
            .cloned())
    }

    async fn put(
        &self,
        cx: &CallContext,
        key: &RecordKey,
        record: SealedRecord,
        expected: Option<u64>,
    ) -> Result<PutOutcome, AdapterError> {
        let mut records = self.records.lock().unwrap();
        let key = (cx.tenant.to_string(), key.0.clone());
        let found = records.get(&key).map(|record| record.version);
        if found != expected {
            return Ok(PutOutcome::Conflict { found });
        }
        records.insert(key, record);
        Ok(PutOutcome::Stored)
    }

    async fn delete(&self, cx: &CallContext, key: &RecordKey) -> Result<bool, AdapterError> {
        let mut records = self.records.lock().unwrap();
        Ok(records
            .remove(&(cx.tenant.to_string(), key.0.clone()))
            .is_some())
    }

    /// One more than asked for, when it is asked for nothing.
    async fn list(
        &self,
        cx: &CallContext,
        after: Option<&RecordKey>,
        limit: u32,
    ) -> Result<RecordPage, AdapterError> {
        let records = self.records.lock().unwrap();
        let mut keys: Vec<RecordKey> = records
            .keys()
            .filter(|(tenant, _)| *tenant == cx.tenant.as_str())
            .map(|(_, key)| RecordKey(key.clone()))
            .filter(|key| after.is_none_or(|after| key > after))
            .collect();
        keys.sort();
        let more = keys.len() > limit as usize;
        keys.truncate(limit.max(1) as usize);
        Ok(RecordPage { keys, more })
    }
}

pub(crate) struct Here(pub(crate) Handle);

impl Home for Here {
    fn runtime(&self) -> Result<Handle, AdapterError> {
        Ok(self.0.clone())
    }
    fn hold(&self, span: u64) -> u64 {
        span
    }
    fn release(&self, _: u64) {}
    fn enter(&self, _: u64) {}
    fn exit(&self, _: u64) {}
}

/// The adapter, exported and imported.
pub(crate) fn across(echo: Echo) -> AdapterInstance {
    let echo = Arc::new(echo);
    let native = AdapterInstance {
        identity_mapper: Some(echo.clone()),
        document_source: Some(echo.clone()),
        token_store: Some(echo),
    };
    let guard = guard(Duration::from_secs(20));
    import_instance(&export_instance(native, &here()), &guard).unwrap()
}

/// This side, which does without spans.
pub(crate) fn here() -> Arc<dyn Home> {
    Arc::new(Here(Handle::current()))
}

/// A document source of the other side, behind a guard.
pub(crate) fn source_across(
    source: impl DocumentSource,
    home: &Arc<dyn Home>,
    guard: &Guard,
) -> Arc<dyn DynDocumentSource> {
    let native = AdapterInstance {
        document_source: Some(Arc::new(source)),
        ..AdapterInstance::default()
    };
    let instance = import_instance(&export_instance(native, home), guard).unwrap();
    instance.document_source.unwrap()
}

/// A guard whose times are all the same.
pub(crate) fn guard(time: Duration) -> Guard {
    Guard {
        plugin: "echo".into(),
        call: time,
        piece: time,
        transfer: Duration::from_mins(1),
        spans: Arc::default(),
    }
}

pub(crate) fn context() -> CallContext {
    CallContext {
        tenant: TenantId::new("acme").unwrap(),
        request_id: "r".into(),
        now_unix_ms: 5,
        budget: Duration::from_secs(20),
    }
}

pub(crate) fn actor() -> Actor {
    Actor {
        user: user("u"),
        kind: ActorKind::Service,
        secret: None,
    }
}

pub(crate) fn user(subject: &str) -> HostUser {
    HostUser {
        issuer: "i".into(),
        subject: subject.into(),
        login: None,
        email: Some("j@example.com".into()),
        email_verified: true,
        name: None,
        groups: Vec::new(),
        claims: std::collections::BTreeMap::default(),
    }
}

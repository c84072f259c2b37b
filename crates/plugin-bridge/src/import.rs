//! Adapters of the other side, for this.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use ownhand_plugin_abi::{
    AbiDeposit, AbiFuture, DocumentSourceBox, IdentityMapperBox, InstanceBox, RErr, ROk, RVec,
    TokenStoreBox,
};
use ownhand_spi::{
    Actor, ActorKind, AdapterError, AdapterInstance, BoxFuture, CallContext, Capabilities,
    Credential, Deposit, DocumentMetadata, DocumentReference, DocusignIdentity, DynDocumentSource,
    DynIdentityMapper, DynTokenStore, ErrorKind, HostUser, OpenedDocument, PutOutcome, Receipt,
    RecordKey, RecordPage, ResolvedIdentity, SealedRecord,
};
use tokio::runtime::Handle;
use tracing::Span;

use crate::{Crosses, Garbage, Home, accept, convert::context_to_abi, offer};

/// What stands between the core and every call of a plugin.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The plugin's name, for messages.
    pub plugin: Arc<str>,
    /// How long a call may take; the call's own budget may be shorter.
    pub call: Duration,
    /// How long a piece of a stream may take.
    pub piece: Duration,
}

impl Guard {
    /// Calls the other side: with a time-out, with panics caught, within the present span.
    ///
    /// # Errors
    /// The other side's own, [`ErrorKind::TimedOut`] or [`ErrorKind::Panicked`].
    pub async fn run<T>(
        &self,
        budget: Duration,
        start: impl FnOnce(Duration, u64) -> AbiFuture<T>,
    ) -> Result<T, AdapterError> {
        let limit = self.call.min(budget);
        // Held until the end: the other side knows it by its number only.
        let span = Span::current();
        let number = span.id().map_or(0, |id| id.into_u64());
        let answer = AssertUnwindSafe(start(limit, number)).catch_unwind();
        match tokio::time::timeout(limit, answer).await {
            Ok(Ok(ROk(value))) => Ok(value),
            Ok(Ok(RErr(error))) => Err(AdapterError::from_abi(error)?),
            Ok(Err(payload)) => {
                // The payload's drop might panic in turn.
                std::mem::forget(payload);
                let message = format!("plugin `{}` panicked", self.plugin);
                Err(AdapterError::new(ErrorKind::Panicked, message))
            }
            Err(_) => {
                let message = format!("plugin `{}` did not answer within {limit:?}", self.plugin);
                Err(AdapterError::new(ErrorKind::TimedOut, message))
            }
        }
    }
}

/// Makes an instance of the other side an ordinary one.
///
/// # Errors
/// [`Garbage`] when what it says of itself can't be right.
pub fn import_instance(instance: &InstanceBox, guard: &Guard) -> Result<AdapterInstance, Garbage> {
    let mapper = instance.identity_mapper().into_option();
    let store = instance.token_store().into_option();
    let mut imported = AdapterInstance {
        identity_mapper: mapper.map(|raw| Arc::new(Mapper(raw, guard.clone())) as _),
        document_source: None,
        token_store: store.map(|raw| Arc::new(Store(raw, guard.clone())) as _),
    };
    if let Some(raw) = instance.document_source().into_option() {
        let facts = Crosses::from_abi(raw.facts())?;
        imported.document_source = Some(Arc::new(Source(raw, facts, guard.clone())));
    }
    Ok(imported)
}

struct Mapper(IdentityMapperBox, Guard);

impl DynIdentityMapper for Mapper {
    fn resolve<'a>(
        &'a self,
        cx: &'a CallContext,
        credential: Credential,
    ) -> BoxFuture<'a, Result<ResolvedIdentity, AdapterError>> {
        Box::pin(async move {
            let call = self.1.run(cx.budget, |budget, span| {
                self.0
                    .resolve(context_to_abi(cx, budget, span), credential.into_abi())
            });
            Ok(Crosses::from_abi(call.await?)?)
        })
    }

    fn docusign_identity<'a>(
        &'a self,
        cx: &'a CallContext,
        user: &'a HostUser,
    ) -> BoxFuture<'a, Result<DocusignIdentity, AdapterError>> {
        Box::pin(async move {
            let call = self.1.run(cx.budget, |budget, span| {
                self.0
                    .docusign_identity(context_to_abi(cx, budget, span), user.clone().into_abi())
            });
            Ok(Crosses::from_abi(call.await?)?)
        })
    }
}

struct Source(DocumentSourceBox, (Capabilities, ActorKind), Guard);

impl DynDocumentSource for Source {
    fn capabilities(&self) -> Capabilities {
        self.1.0
    }

    fn acting(&self) -> ActorKind {
        self.1.1
    }

    fn open<'a>(
        &'a self,
        cx: &'a CallContext,
        actor: &'a Actor,
        reference: &'a DocumentReference,
    ) -> BoxFuture<'a, Result<OpenedDocument, AdapterError>> {
        Box::pin(async move {
            let call = self.2.run(cx.budget, |budget, span| {
                let actor = actor.clone().into_abi();
                let reference = reference.0.as_str().into();
                self.0
                    .open(context_to_abi(cx, budget, span), actor, reference)
            });
            let opened = call.await?;
            Ok(OpenedDocument {
                metadata: DocumentMetadata::from_abi(opened.metadata)?,
                content: accept(opened.content, Some(self.2.piece)),
            })
        })
    }

    fn deposit<'a>(
        &'a self,
        cx: &'a CallContext,
        actor: &'a Actor,
        deposit: Deposit,
    ) -> BoxFuture<'a, Result<Receipt, AdapterError>> {
        Box::pin(async move {
            let here: Arc<dyn Home> = Arc::new(Here(Handle::current()));
            let content = offer(&here, 0, deposit.content)?;
            let call = self.2.run(cx.budget, |budget, span| {
                let deposit = AbiDeposit {
                    key: deposit.key.0.into(),
                    reference: deposit.reference.0.into(),
                    metadata: deposit.metadata.into_abi(),
                    sha256: deposit.sha256.into(),
                    content,
                    ext: RVec::new(),
                };
                let actor = actor.clone().into_abi();
                self.0
                    .deposit(context_to_abi(cx, budget, span), actor, deposit)
            });
            Ok(Crosses::from_abi(call.await?)?)
        })
    }
}

struct Store(TokenStoreBox, Guard);

impl DynTokenStore for Store {
    fn get<'a>(
        &'a self,
        cx: &'a CallContext,
        key: &'a RecordKey,
    ) -> BoxFuture<'a, Result<Option<SealedRecord>, AdapterError>> {
        Box::pin(async move {
            let call = self.1.run(cx.budget, |budget, span| {
                self.0
                    .get(context_to_abi(cx, budget, span), key.clone().into_abi())
            });
            Ok(Crosses::from_abi(call.await?)?)
        })
    }

    fn put<'a>(
        &'a self,
        cx: &'a CallContext,
        key: &'a RecordKey,
        record: SealedRecord,
        expected: Option<u64>,
    ) -> BoxFuture<'a, Result<PutOutcome, AdapterError>> {
        Box::pin(async move {
            let call = self.1.run(cx.budget, |budget, span| {
                let (key, record) = (key.clone().into_abi(), record.into_abi());
                self.0.put(
                    context_to_abi(cx, budget, span),
                    key,
                    record,
                    expected.into(),
                )
            });
            Ok(Crosses::from_abi(call.await?)?)
        })
    }

    fn delete<'a>(
        &'a self,
        cx: &'a CallContext,
        key: &'a RecordKey,
    ) -> BoxFuture<'a, Result<bool, AdapterError>> {
        Box::pin(async move {
            let call = self.1.run(cx.budget, |budget, span| {
                self.0
                    .delete(context_to_abi(cx, budget, span), key.clone().into_abi())
            });
            call.await
        })
    }

    fn list<'a>(
        &'a self,
        cx: &'a CallContext,
        after: Option<&'a RecordKey>,
        limit: u32,
    ) -> BoxFuture<'a, Result<RecordPage, AdapterError>> {
        Box::pin(async move {
            let call = self.1.run(cx.budget, |budget, span| {
                let after = after.cloned().into_abi();
                self.0.list(context_to_abi(cx, budget, span), after, limit)
            });
            let page = RecordPage::from_abi(call.await?)?;
            if page.keys.len() > limit as usize {
                return Err(Garbage(format!("{} keys instead of {limit}", page.keys.len())).into());
            }
            Ok(page)
        })
    }
}

/// The host's side, for the streams it gives: its spans need no way around.
struct Here(Handle);

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

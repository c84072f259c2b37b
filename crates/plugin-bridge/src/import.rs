//! Adapters of the other side, for this.

use std::sync::Arc;

use ownhand_plugin_abi::{
    AbiDeposit, DocumentSourceBox, IdentityMapperBox, InstanceBox, RVec, TokenStoreBox,
};
use ownhand_spi::{
    Actor, ActorKind, AdapterError, AdapterInstance, BoxFuture, CallContext, Capabilities,
    Credential, Deposit, DocumentMetadata, DocumentReference, DocusignIdentity, DynDocumentSource,
    DynIdentityMapper, DynTokenStore, ErrorKind, ExposeSecret, HostUser, OpenedDocument,
    PutOutcome, Receipt, RecordKey, RecordPage, ResolvedIdentity, SealedRecord,
};
use tokio::runtime::Handle;

use crate::{
    Crosses, Garbage, Guard, Home, StreamLimits, accept,
    convert::{SEALED, TEXT, context_to_abi, may_cross},
    home::Here,
    stream::{Watched, measured, offer_watched},
};

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
            // What the boundary would refuse as garbage is the caller's doing here, and is answered as such. So below.
            if credential
                .value
                .expose_secret()
                .len()
                .max(credential.scheme.len())
                > TEXT
            {
                let message = format!("the credential is longer than {TEXT} bytes");
                return Err(AdapterError::rejected(message));
            }
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
            check_reference(reference)?;
            let call = self.2.run(cx.budget, |budget, span| {
                let actor = actor.clone().into_abi();
                let reference = reference.0.as_str().into();
                self.0
                    .open(context_to_abi(cx, budget, span), actor, reference)
            });
            let opened = call.await?;
            let metadata = DocumentMetadata::from_abi(opened.metadata)?;
            let limits = StreamLimits {
                piece: self.2.piece,
                whole: self.2.transfer,
            };
            let content = accept(opened.content, Some(limits));
            Ok(OpenedDocument {
                content: measured(content, metadata.length),
                metadata,
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
            check_reference(&deposit.reference)?;
            let here: Arc<dyn Home> = Arc::new(Here {
                runtime: Handle::current(),
                spans: Arc::clone(&self.2.spans),
            });
            // The pump ends with this call, whatever the other side does with its end of the stream.
            let (content, Watched { pump: _pump, taken }) =
                offer_watched(&here, 0, deposit.content)?;
            let call = self.2.run_taking(cx.budget, taken, |budget, span| {
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
            check_key(key)?;
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
            check_key(key)?;
            if record.sealed.len() > SEALED {
                let message = format!("the record has more than {SEALED} bytes");
                return Err(AdapterError::new(ErrorKind::TooLarge, message));
            }
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
            check_key(key)?;
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
            after.map_or(Ok(()), check_key)?;
            let call = self.1.run(cx.budget, |budget, span| {
                let after = after.cloned().into_abi();
                self.0.list(context_to_abi(cx, budget, span), after, limit)
            });
            let page = RecordPage::from_abi(call.await?)?;
            check_page(&page, after, limit)?;
            Ok(page)
        })
    }
}

fn check_reference(reference: &DocumentReference) -> Result<(), AdapterError> {
    if reference.0.len() > TEXT {
        let message = format!("the reference is longer than {TEXT} bytes");
        return Err(AdapterError::invalid(message));
    }
    Ok(())
}

fn check_key(key: &RecordKey) -> Result<(), AdapterError> {
    if may_cross(key) {
        return Ok(());
    }
    let message = "a record key is 1 to 200 letters, digits, `-`, `_` and `.`";
    Err(AdapterError::invalid(message))
}

/// Whoever walks the pages must come to an end, and must meet each key once.
fn check_page(page: &RecordPage, after: Option<&RecordKey>, limit: u32) -> Result<(), Garbage> {
    if page.keys.len() > limit as usize {
        let keys = page.keys.len();
        return Err(Garbage(format!("{keys} keys instead of {limit}")));
    }
    if page.keys.is_empty() && page.more {
        return Err(Garbage("a page without keys that says more follow".into()));
    }
    if !after
        .into_iter()
        .chain(&page.keys)
        .is_sorted_by(|a, b| a < b)
    {
        return Err(Garbage("keys that are not in ascending order".into()));
    }
    Ok(())
}

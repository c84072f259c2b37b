//! Adapters of this side, for the other.

use std::sync::Arc;

use ownhand_plugin_abi::{
    AbiActor, AbiContext, AbiCredential, AbiDeposit, AbiDocusignIdentity, AbiFuture, AbiOpened,
    AbiPage, AbiPut, AbiReceipt, AbiRecord, AbiResolved, AbiSourceFacts, AbiUser,
    DocumentSourceBox, IdentityMapperBox, InstanceBox, RNone, ROption, RSome, RString, RVec,
    RawDocumentSource, RawDocumentSource_TO, RawIdentityMapper, RawIdentityMapper_TO, RawInstance,
    RawInstance_TO, RawTokenStore, RawTokenStore_TO, TD_Opaque, TokenStoreBox,
};
use ownhand_spi::{
    Actor, AdapterInstance, CallContext, Credential, Deposit, DepositKey, DocumentMetadata,
    DocumentReference, DynDocumentSource, DynIdentityMapper, DynTokenStore, HostUser, RecordKey,
    SealedRecord,
};

use crate::{
    Crosses, accept,
    home::{Home, isolated, lent},
    kept::Kept,
    offer,
};

/// Makes an adapter callable from the other side. Reads what its document source is and can do, so call it where the author's code
/// may run.
pub fn export_instance(instance: AdapterInstance, home: &Arc<dyn Home>) -> InstanceBox {
    let facts = instance
        .document_source
        .as_ref()
        .map(|source| (source.capabilities(), source.acting()).into_abi());
    let exported = Exported {
        mapper: instance.identity_mapper.map(|o| Kept::new(o, home)),
        source: instance
            .document_source
            .map(|o| Kept::new(o, home))
            .zip(facts),
        store: instance.token_store.map(|o| Kept::new(o, home)),
    };
    RawInstance_TO::from_value(exported, TD_Opaque)
}

struct Exported {
    mapper: Option<Kept<dyn DynIdentityMapper>>,
    source: Option<(Kept<dyn DynDocumentSource>, AbiSourceFacts)>,
    store: Option<Kept<dyn DynTokenStore>>,
}

impl RawInstance for Exported {
    fn identity_mapper(&self) -> ROption<IdentityMapperBox> {
        self.mapper.as_ref().map_or(RNone, |mapper| {
            RSome(RawIdentityMapper_TO::from_value(
                Mapper(mapper.clone()),
                TD_Opaque,
            ))
        })
    }

    fn document_source(&self) -> ROption<DocumentSourceBox> {
        self.source.as_ref().map_or(RNone, |(source, facts)| {
            let source = Source(source.clone(), facts.clone());
            RSome(RawDocumentSource_TO::from_value(source, TD_Opaque))
        })
    }

    fn token_store(&self) -> ROption<TokenStoreBox> {
        self.store.as_ref().map_or(RNone, |store| {
            RSome(RawTokenStore_TO::from_value(
                Store(store.clone()),
                TD_Opaque,
            ))
        })
    }
}

struct Mapper(Kept<dyn DynIdentityMapper>);

impl RawIdentityMapper for Mapper {
    fn resolve(&self, cx: AbiContext, credential: AbiCredential) -> AbiFuture<AbiResolved> {
        let mapper = self.0.clone();
        isolated(self.0.home(), cx.span, async move {
            let cx = CallContext::from_abi(cx)?;
            let credential = Credential::from_abi(credential)?;
            Ok(mapper.get()?.resolve(&cx, credential).await?.into_abi())
        })
    }

    fn docusign_identity(&self, cx: AbiContext, user: AbiUser) -> AbiFuture<AbiDocusignIdentity> {
        let mapper = self.0.clone();
        isolated(self.0.home(), cx.span, async move {
            let cx = CallContext::from_abi(cx)?;
            let user = HostUser::from_abi(user)?;
            Ok(mapper
                .get()?
                .docusign_identity(&cx, &user)
                .await?
                .into_abi())
        })
    }
}

struct Source(Kept<dyn DynDocumentSource>, AbiSourceFacts);

impl RawDocumentSource for Source {
    fn facts(&self) -> AbiSourceFacts {
        self.1.clone()
    }

    fn open(&self, cx: AbiContext, actor: AbiActor, reference: RString) -> AbiFuture<AbiOpened> {
        let (source, home, span) = (self.0.clone(), Arc::clone(self.0.home()), cx.span);
        isolated(self.0.home(), span, async move {
            let cx = CallContext::from_abi(cx)?;
            let actor = Actor::from_abi(actor)?;
            let reference = DocumentReference(String::from_abi(reference)?);
            let opened = source.get()?.open(&cx, &actor, &reference).await?;
            Ok(AbiOpened {
                metadata: opened.metadata.into_abi(),
                content: offer(&home, span, opened.content)?,
                ext: RVec::new(),
            })
        })
    }

    fn deposit(
        &self,
        cx: AbiContext,
        actor: AbiActor,
        deposit: AbiDeposit,
    ) -> AbiFuture<AbiReceipt> {
        let source = self.0.clone();
        isolated(self.0.home(), cx.span, async move {
            let cx = CallContext::from_abi(cx)?;
            let actor = Actor::from_abi(actor)?;
            let deposit = Deposit {
                key: DepositKey(String::from_abi(deposit.key)?),
                reference: DocumentReference(String::from_abi(deposit.reference)?),
                metadata: DocumentMetadata::from_abi(deposit.metadata)?,
                sha256: deposit.sha256.into(),
                // The host's own pieces come as they come; the call as a whole has a time-out on the host's side.
                content: accept(deposit.content, None),
            };
            Ok(source
                .get()?
                .deposit(&cx, &actor, deposit)
                .await?
                .into_abi())
        })
    }
}

struct Store(Kept<dyn DynTokenStore>);

impl RawTokenStore for Store {
    fn get(&self, cx: AbiContext, key: RString) -> AbiFuture<ROption<AbiRecord>> {
        let store = self.0.clone();
        isolated(self.0.home(), cx.span, async move {
            let cx = CallContext::from_abi(cx)?;
            let key = RecordKey::from_abi(key)?;
            let record = store.get()?.get(&cx, &key).await?;
            let record = record.map(|record| SealedRecord {
                sealed: lent(store.home(), record.sealed),
                ..record
            });
            Ok(record.into_abi())
        })
    }

    fn put(
        &self,
        cx: AbiContext,
        key: RString,
        record: AbiRecord,
        expected: ROption<u64>,
    ) -> AbiFuture<AbiPut> {
        let store = self.0.clone();
        isolated(self.0.home(), cx.span, async move {
            let cx = CallContext::from_abi(cx)?;
            let key = RecordKey::from_abi(key)?;
            let record = SealedRecord::from_abi(record)?;
            let outcome = store.get()?.put(&cx, &key, record, expected.into()).await?;
            Ok(outcome.into_abi())
        })
    }

    fn delete(&self, cx: AbiContext, key: RString) -> AbiFuture<bool> {
        let store = self.0.clone();
        isolated(self.0.home(), cx.span, async move {
            let cx = CallContext::from_abi(cx)?;
            let key = RecordKey::from_abi(key)?;
            store.get()?.delete(&cx, &key).await
        })
    }

    fn list(&self, cx: AbiContext, after: ROption<RString>, limit: u32) -> AbiFuture<AbiPage> {
        let store = self.0.clone();
        isolated(self.0.home(), cx.span, async move {
            let cx = CallContext::from_abi(cx)?;
            let after = Option::<RecordKey>::from_abi(after)?;
            Ok(store
                .get()?
                .list(&cx, after.as_ref(), limit)
                .await?
                .into_abi())
        })
    }
}

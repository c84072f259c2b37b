//! The adapter: opens and deposits documents within the rules.

use futures_util::StreamExt;
use ownhand_plugin_sdk::{
    Actor, ActorKind, Adapter, AdapterError, BuildContext, CallContext, Capabilities, Deposit,
    DocumentReference, DocumentSource, OpenedDocument, Receipt, adapter,
};

use crate::{
    Operator, Settings,
    blocking::blocking,
    deposits,
    errors::{missing, too_large},
    incoming::{self, Incoming, Received},
    place::Place,
    read,
    root::Root,
    rules::{Rights, Rules},
    settle::Settling,
};

/// The documents in one tenant's folder.
#[derive(Debug)]
pub struct FileDocuments {
    tenant: Option<String>,
    root: Root,
    rules: Rules,
    max_bytes: u64,
}

impl Adapter for FileDocuments {
    const NAME: &'static str = "documents-files";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    type Settings = Settings;
    type Operator = Operator;

    async fn build(
        context: BuildContext,
        operator: Operator,
        settings: Settings,
    ) -> Result<Self, AdapterError> {
        let adapter = Self::judge(context, operator, settings).await?;
        let root = adapter.root.clone();
        blocking(move || incoming::clean(&root)).await?;
        Ok(adapter)
    }

    // What others left behind in our own folder is cleaned up by those who are going to use it.
    async fn check(
        context: BuildContext,
        operator: Operator,
        settings: Settings,
    ) -> Result<(), AdapterError> {
        Self::judge(context, operator, settings).await.map(drop)
    }
}

impl FileDocuments {
    /// Checks the settings and opens the tenant's folder.
    async fn judge(
        context: BuildContext,
        operator: Operator,
        settings: Settings,
    ) -> Result<Self, AdapterError> {
        if settings.max_bytes == 0 {
            return Err(AdapterError::configuration("max_bytes", "at least 1"));
        }
        let folder = settings.folder(&operator, context.tenant.as_deref())?;
        let rules = Rules::new(settings.rules)?;
        let root = blocking(move || Root::open(&operator.root, &folder)).await?;
        Ok(Self {
            tenant: context.tenant,
            root,
            rules,
            max_bytes: settings.max_bytes,
        })
    }
}

adapter!(FileDocuments: document_source);

impl DocumentSource for FileDocuments {
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
        cx: &CallContext,
        actor: &Actor,
        reference: &DocumentReference,
    ) -> Result<OpenedDocument, AdapterError> {
        let (place, rights) = self.rights(cx, actor, reference)?;
        if !rights.read {
            return Err(missing());
        }
        let (root, limit) = (self.root.clone(), self.max_bytes);
        blocking(move || read::open(&root, &place, limit)).await
    }

    async fn deposit(
        &self,
        cx: &CallContext,
        actor: &Actor,
        deposit: Deposit,
    ) -> Result<Receipt, AdapterError> {
        deposits::check(&deposit.key)?;
        let (place, rights) = self.rights(cx, actor, &deposit.reference)?;
        if !rights.write {
            return Err(missing());
        }
        if deposit
            .metadata
            .length
            .is_some_and(|length| length > self.max_bytes)
        {
            return Err(too_large(self.max_bytes));
        }
        let settling = Settling {
            root: self.root.clone(),
            key: deposit.key.clone(),
            place,
        };
        if let Some(sha256) = deposit.sha256 {
            let settling = settling.clone();
            if let Some(receipt) = blocking(move || settling.ahead(sha256)).await? {
                return Ok(receipt);
            }
        }
        let received = self.receive(deposit).await?;
        blocking(move || settling.place(&received)).await
    }
}

impl FileDocuments {
    fn rights(
        &self,
        cx: &CallContext,
        actor: &Actor,
        reference: &DocumentReference,
    ) -> Result<(Place, Rights), AdapterError> {
        // An instance belongs to one tenant; a call for another one can only be a mistake of the host.
        if self
            .tenant
            .as_deref()
            .is_some_and(|t| t != cx.tenant.as_str())
        {
            return Err(missing());
        }
        let place = Place::parse(reference)?;
        let rights = self.rules.rights(&actor.user, &place);
        Ok((place, rights))
    }

    /// Takes the content in, and holds it against what was announced.
    async fn receive(&self, deposit: Deposit) -> Result<Received, AdapterError> {
        let (root, limit) = (self.root.clone(), self.max_bytes);
        let mut incoming = blocking(move || Incoming::create(&root, limit)).await?;
        let mut content = deposit.content;
        while let Some(piece) = content.next().await {
            let piece = piece?;
            incoming = blocking(move || incoming.write(&piece)).await?;
        }
        let received = blocking(move || incoming.finish()).await?;
        if deposit
            .metadata
            .length
            .is_some_and(|length| length != received.length)
        {
            return Err(AdapterError::invalid(
                "the content does not have the announced length",
            ));
        }
        if deposit.sha256.is_some_and(|sum| sum != received.sha256) {
            return Err(AdapterError::invalid(
                "the content does not have the announced digest",
            ));
        }
        Ok(received)
    }
}

//! The document source: where documents come from and go back to.

use crate::{
    Actor, AdapterError, BoxFuture, CallContext, Capabilities, Deposit, DocumentReference,
    OpenedDocument, Receipt,
};

/// Reads and writes documents of the host app as the host user.
pub trait DocumentSource: Send + Sync + 'static {
    /// What the source can do.
    fn capabilities(&self) -> Capabilities;

    /// How the source acts as this user: with the caller's credential, or in its own right.
    fn acting(&self) -> crate::ActorKind;

    /// Opens a document for reading, as the actor.
    ///
    /// # Errors
    /// [`ErrorKind::NotFoundOrDenied`](crate::ErrorKind::NotFoundOrDenied) when it is not there or not theirs to read.
    fn open(
        &self,
        cx: &CallContext,
        actor: &Actor,
        reference: &DocumentReference,
    ) -> impl Future<Output = Result<OpenedDocument, AdapterError>> + Send;

    /// Writes a document, as the actor. Atomic: afterwards either the whole document is there or nothing changed.
    /// Idempotent by the deposit's key. Finished only after the bytes were read back.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) when other content stands in the place.
    fn deposit(
        &self,
        cx: &CallContext,
        actor: &Actor,
        deposit: Deposit,
    ) -> impl Future<Output = Result<Receipt, AdapterError>> + Send;
}

/// The object-safe twin of [`DocumentSource`], which the core holds.
pub trait DynDocumentSource: Send + Sync + 'static {
    /// See [`DocumentSource::capabilities`].
    fn capabilities(&self) -> Capabilities;

    /// See [`DocumentSource::acting`].
    fn acting(&self) -> crate::ActorKind;

    /// See [`DocumentSource::open`].
    fn open<'a>(
        &'a self,
        cx: &'a CallContext,
        actor: &'a Actor,
        reference: &'a DocumentReference,
    ) -> BoxFuture<'a, Result<OpenedDocument, AdapterError>>;

    /// See [`DocumentSource::deposit`].
    fn deposit<'a>(
        &'a self,
        cx: &'a CallContext,
        actor: &'a Actor,
        deposit: Deposit,
    ) -> BoxFuture<'a, Result<Receipt, AdapterError>>;
}

impl<T: DocumentSource> DynDocumentSource for T {
    fn capabilities(&self) -> Capabilities {
        DocumentSource::capabilities(self)
    }

    fn acting(&self) -> crate::ActorKind {
        DocumentSource::acting(self)
    }

    fn open<'a>(
        &'a self,
        cx: &'a CallContext,
        actor: &'a Actor,
        reference: &'a DocumentReference,
    ) -> BoxFuture<'a, Result<OpenedDocument, AdapterError>> {
        Box::pin(DocumentSource::open(self, cx, actor, reference))
    }

    fn deposit<'a>(
        &'a self,
        cx: &'a CallContext,
        actor: &'a Actor,
        deposit: Deposit,
    ) -> BoxFuture<'a, Result<Receipt, AdapterError>> {
        Box::pin(DocumentSource::deposit(self, cx, actor, deposit))
    }
}

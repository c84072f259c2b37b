//! The token store: opaque sealed records, one store for the installation.

use crate::{
    AdapterError, BoxFuture, CallContext, PutOutcome, RecordKey, RecordPage, SealedRecord,
};

/// Keeps sealed records by tenant and key. It sees no plain token and takes no lease: the record itself is the lease.
pub trait TokenStore: Send + Sync + 'static {
    /// The record under a key.
    ///
    /// # Errors
    /// When the storage does not answer.
    fn get(
        &self,
        cx: &CallContext,
        key: &RecordKey,
    ) -> impl Future<Output = Result<Option<SealedRecord>, AdapterError>> + Send;

    /// Writes `record` if the stored version is `expected` (`None`: if there is no record). Compare and swap: of two
    /// writers with the same expectation exactly one is told [`PutOutcome::Stored`]. Durable when it returns.
    ///
    /// # Errors
    /// When the storage does not answer, so that the outcome is unknown.
    fn put(
        &self,
        cx: &CallContext,
        key: &RecordKey,
        record: SealedRecord,
        expected: Option<u64>,
    ) -> impl Future<Output = Result<PutOutcome, AdapterError>> + Send;

    /// Removes the record under a key, whatever its version; whether there was one.
    ///
    /// # Errors
    /// When the storage does not answer.
    fn delete(
        &self,
        cx: &CallContext,
        key: &RecordKey,
    ) -> impl Future<Output = Result<bool, AdapterError>> + Send;

    /// At most `limit` keys of the context's tenant that follow `after`.
    ///
    /// # Errors
    /// When the storage does not answer.
    fn list(
        &self,
        cx: &CallContext,
        after: Option<&RecordKey>,
        limit: u32,
    ) -> impl Future<Output = Result<RecordPage, AdapterError>> + Send;
}

/// The object-safe twin of [`TokenStore`], which the core holds.
pub trait DynTokenStore: Send + Sync + 'static {
    /// See [`TokenStore::get`].
    fn get<'a>(
        &'a self,
        cx: &'a CallContext,
        key: &'a RecordKey,
    ) -> BoxFuture<'a, Result<Option<SealedRecord>, AdapterError>>;

    /// See [`TokenStore::put`].
    fn put<'a>(
        &'a self,
        cx: &'a CallContext,
        key: &'a RecordKey,
        record: SealedRecord,
        expected: Option<u64>,
    ) -> BoxFuture<'a, Result<PutOutcome, AdapterError>>;

    /// See [`TokenStore::delete`].
    fn delete<'a>(
        &'a self,
        cx: &'a CallContext,
        key: &'a RecordKey,
    ) -> BoxFuture<'a, Result<bool, AdapterError>>;

    /// See [`TokenStore::list`].
    fn list<'a>(
        &'a self,
        cx: &'a CallContext,
        after: Option<&'a RecordKey>,
        limit: u32,
    ) -> BoxFuture<'a, Result<RecordPage, AdapterError>>;
}

impl<T: TokenStore> DynTokenStore for T {
    fn get<'a>(
        &'a self,
        cx: &'a CallContext,
        key: &'a RecordKey,
    ) -> BoxFuture<'a, Result<Option<SealedRecord>, AdapterError>> {
        Box::pin(TokenStore::get(self, cx, key))
    }

    fn put<'a>(
        &'a self,
        cx: &'a CallContext,
        key: &'a RecordKey,
        record: SealedRecord,
        expected: Option<u64>,
    ) -> BoxFuture<'a, Result<PutOutcome, AdapterError>> {
        Box::pin(TokenStore::put(self, cx, key, record, expected))
    }

    fn delete<'a>(
        &'a self,
        cx: &'a CallContext,
        key: &'a RecordKey,
    ) -> BoxFuture<'a, Result<bool, AdapterError>> {
        Box::pin(TokenStore::delete(self, cx, key))
    }

    fn list<'a>(
        &'a self,
        cx: &'a CallContext,
        after: Option<&'a RecordKey>,
        limit: u32,
    ) -> BoxFuture<'a, Result<RecordPage, AdapterError>> {
        Box::pin(TokenStore::list(self, cx, after, limit))
    }
}

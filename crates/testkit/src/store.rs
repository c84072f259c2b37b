//! A token store in memory, whose records a test can look at and put back.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use ownhand_spi::{
    AdapterError, CallContext, PutOutcome, RecordKey, RecordPage, SealedRecord, TokenStore,
};

type Records = BTreeMap<(String, RecordKey), SealedRecord>;

/// Records by tenant and key.
#[derive(Debug, Default)]
pub struct MemoryTokens(Mutex<Records>);

impl MemoryTokens {
    fn records(&self) -> MutexGuard<'_, Records> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All records, as a thief of the database would find them.
    pub fn snapshot(&self) -> BTreeMap<(String, RecordKey), SealedRecord> {
        self.records().clone()
    }

    /// Puts records back, as somebody who restores an old copy would.
    pub fn restore(&self, records: BTreeMap<(String, RecordKey), SealedRecord>) {
        *self.records() = records;
    }
}

fn place(cx: &CallContext, key: &RecordKey) -> (String, RecordKey) {
    (cx.tenant.to_string(), key.clone())
}

impl TokenStore for MemoryTokens {
    async fn get(
        &self,
        cx: &CallContext,
        key: &RecordKey,
    ) -> Result<Option<SealedRecord>, AdapterError> {
        Ok(self.records().get(&place(cx, key)).cloned())
    }

    async fn put(
        &self,
        cx: &CallContext,
        key: &RecordKey,
        record: SealedRecord,
        expected: Option<u64>,
    ) -> Result<PutOutcome, AdapterError> {
        let mut records = self.records();
        let found = records.get(&place(cx, key)).map(|record| record.version);
        if found == expected {
            records.insert(place(cx, key), record);
            Ok(PutOutcome::Stored)
        } else {
            Ok(PutOutcome::Conflict { found })
        }
    }

    async fn delete(&self, cx: &CallContext, key: &RecordKey) -> Result<bool, AdapterError> {
        Ok(self.records().remove(&place(cx, key)).is_some())
    }

    async fn list(
        &self,
        cx: &CallContext,
        after: Option<&RecordKey>,
        limit: u32,
    ) -> Result<RecordPage, AdapterError> {
        let mut keys: Vec<_> = self
            .records()
            .keys()
            .filter(|(tenant, key)| {
                tenant == cx.tenant.as_str() && after.is_none_or(|after| key > after)
            })
            .map(|(_, key)| key.clone())
            .collect();
        let more = keys.len() > limit as usize;
        keys.truncate(limit as usize);
        Ok(RecordPage { keys, more })
    }
}

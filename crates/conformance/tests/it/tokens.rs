//! A token store in memory, and its faults.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use ownhand_conformance::{TokenFixture, check_token_store};
use ownhand_spi::{
    AdapterError, CallContext, DynTokenStore, PutOutcome, RecordKey, RecordPage, SealedRecord,
    TokenStore,
};

use crate::{context, failed};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// Looks, lets others go on, then writes.
    NotAtomic,
    IgnoresTheExpectation,
    ForgetsTenants,
    RepeatsTheLastKey,
    Truncates,
    KeepsDeleted,
    ForgetsOnReopening,
}

type Records = BTreeMap<(String, RecordKey), SealedRecord>;

#[derive(Clone)]
struct Memory {
    fault: Fault,
    records: Arc<Mutex<Records>>,
}

impl Memory {
    fn id(&self, cx: &CallContext, key: &RecordKey) -> (String, RecordKey) {
        let tenant = if self.fault == Fault::ForgetsTenants {
            ""
        } else {
            cx.tenant.as_str()
        };
        (tenant.to_owned(), key.clone())
    }
}

impl TokenStore for Memory {
    async fn get(
        &self,
        cx: &CallContext,
        key: &RecordKey,
    ) -> Result<Option<SealedRecord>, AdapterError> {
        let id = self.id(cx, key);
        Ok(self.records.lock().unwrap().get(&id).cloned())
    }

    async fn put(
        &self,
        cx: &CallContext,
        key: &RecordKey,
        mut record: SealedRecord,
        expected: Option<u64>,
    ) -> Result<PutOutcome, AdapterError> {
        let id = self.id(cx, key);
        let version = |records: &Records| records.get(&id).map(|r| r.version);
        if self.fault == Fault::Truncates {
            record.sealed.truncate(1000);
        }
        if self.fault == Fault::NotAtomic {
            let found = version(&self.records.lock().unwrap());
            tokio::task::yield_now().await;
            if found != expected {
                return Ok(PutOutcome::Conflict { found });
            }
            self.records.lock().unwrap().insert(id, record);
            return Ok(PutOutcome::Stored);
        }
        let mut records = self.records.lock().unwrap();
        let found = version(&records);
        if found != expected && self.fault != Fault::IgnoresTheExpectation {
            return Ok(PutOutcome::Conflict { found });
        }
        records.insert(id, record);
        Ok(PutOutcome::Stored)
    }

    async fn delete(&self, cx: &CallContext, key: &RecordKey) -> Result<bool, AdapterError> {
        let id = self.id(cx, key);
        let mut records = self.records.lock().unwrap();
        if self.fault == Fault::KeepsDeleted {
            return Ok(records.contains_key(&id));
        }
        Ok(records.remove(&id).is_some())
    }

    async fn list(
        &self,
        cx: &CallContext,
        after: Option<&RecordKey>,
        limit: u32,
    ) -> Result<RecordPage, AdapterError> {
        let repeats = self.fault == Fault::RepeatsTheLastKey;
        let follows =
            |key: &RecordKey| after.is_none_or(|after| key > after || repeats && key == after);
        let records = self.records.lock().unwrap();
        let mut keys: Vec<RecordKey> = records
            .keys()
            .filter(|(tenant, key)| *tenant == self.id(cx, key).0 && follows(key))
            .map(|(_, key)| key.clone())
            .collect();
        let more = keys.len() > limit as usize;
        keys.truncate(limit as usize);
        Ok(RecordPage { keys, more })
    }
}

async fn check(fault: Fault) -> Vec<&'static str> {
    let records = Arc::new(Mutex::new(Records::new()));
    let fixture = TokenFixture {
        open: Box::new(move || {
            let records = if fault == Fault::ForgetsOnReopening {
                Arc::default()
            } else {
                records.clone()
            };
            Box::pin(
                async move { Ok(Arc::new(Memory { fault, records }) as Arc<dyn DynTokenStore>) },
            )
        }),
        context: context("acme"),
        other_context: context("globex"),
        run: "run".into(),
    };
    failed(&check_token_store(&fixture).await)
}

const COMPARES: &str = "writes only over the version that was expected";
const RACE: &str = "of many writers at once exactly one replaces a version";

#[tokio::test]
async fn a_right_store_passes() {
    assert!(check(Fault::None).await.is_empty());
}

#[tokio::test]
async fn each_fault_is_found() {
    for (fault, finding) in [
        (Fault::NotAtomic, RACE),
        (Fault::IgnoresTheExpectation, COMPARES),
        (Fault::ForgetsTenants, "keeps tenants apart"),
        (
            Fault::RepeatsTheLastKey,
            "lists keys in pages, each once, in order",
        ),
        (Fault::Truncates, "takes records of 32 KiB"),
        (
            Fault::KeepsDeleted,
            "deletes, and a deleted record can be made again",
        ),
        (
            Fault::ForgetsOnReopening,
            "keeps records when it is opened again",
        ),
    ] {
        let found = check(fault).await;
        assert!(found.contains(&finding), "{finding}: {found:?}");
    }
}

//! What a token store promises.

use std::{collections::BTreeSet, sync::Arc};

use bytes::Bytes;
use ownhand_spi::{
    AdapterError, BoxFuture, CallContext, DynTokenStore, PutOutcome, RecordKey, Role, SealedRecord,
};

use crate::{
    content::content,
    report::{Report, Verdict, done, ensure, shown},
};

/// How many writers race.
const WRITERS: u64 = 32;
/// The size of a record that every store must take, in bytes.
const BIG: usize = 32 * 1024;

/// Opens the store; each call gives a new instance over the same storage.
pub type OpenStore =
    Box<dyn Fn() -> BoxFuture<'static, Result<Arc<dyn DynTokenStore>, AdapterError>> + Send + Sync>;

/// What to try a token store with.
pub struct TokenFixture {
    /// Opens the store.
    pub open: OpenStore,
    /// A tenant.
    pub context: CallContext,
    /// Another tenant.
    pub other_context: CallContext,
    /// Begins every key, so that a run meets no records of an earlier one; at most 40 characters.
    pub run: String,
}

/// Checks a token store.
pub async fn check_token_store(fixture: &TokenFixture) -> Report {
    let mut report = Report::new(Role::TokenStore);
    let opened = async { Ok(((fixture.open)().await?, (fixture.open)().await?)) };
    let (store, twin) = match opened.await {
        Ok(two) => two,
        Err(error) => {
            report
                .run("opens, twice at once", async { done("open", Err(error)) })
                .await;
            return report;
        }
    };
    let c = Checks {
        store,
        twin,
        fixture,
    };
    report
        .run("gives back what was put, byte by byte", c.round_trip())
        .await;
    report
        .run(
            "writes only over the version that was expected",
            c.compares(),
        )
        .await;
    report
        .run(
            "of many writers at once exactly one replaces a version",
            c.race_to_replace(),
        )
        .await;
    report
        .run(
            "of many writers at once exactly one makes a record",
            c.race_to_make(),
        )
        .await;
    report.run("keeps tenants apart", c.tenants()).await;
    report
        .run("lists keys in pages, each once, in order", c.pages())
        .await;
    report.run("takes records of 32 KiB", c.big()).await;
    report
        .run(
            "deletes, and a deleted record can be made again",
            c.deletion(),
        )
        .await;
    report
        .run("keeps records when it is opened again", c.durable())
        .await;
    report
}

struct Checks<'a> {
    store: Arc<dyn DynTokenStore>,
    /// Another instance over the same storage, as another process would have one.
    twin: Arc<dyn DynTokenStore>,
    fixture: &'a TokenFixture,
}

fn record(version: u64, sealed: &[u8]) -> SealedRecord {
    SealedRecord {
        version,
        sealed: Bytes::copy_from_slice(sealed),
    }
}

impl Checks<'_> {
    fn key(&self, name: &str) -> RecordKey {
        RecordKey(format!("{}.{name}", self.fixture.run))
    }

    async fn put(
        &self,
        key: &RecordKey,
        record: SealedRecord,
        expected: Option<u64>,
    ) -> Result<PutOutcome, Verdict> {
        let cx = &self.fixture.context;
        done("put", self.store.put(cx, key, record, expected).await)
    }

    async fn stored(
        &self,
        key: &RecordKey,
        record: SealedRecord,
        expected: Option<u64>,
    ) -> Result<(), Verdict> {
        let outcome = self.put(key, record, expected).await?;
        ensure(outcome == PutOutcome::Stored, || {
            format!("a put that expected {expected:?} rightly: {outcome:?}")
        })
    }

    async fn refused(
        &self,
        key: &RecordKey,
        record: SealedRecord,
        expected: Option<u64>,
        found: Option<u64>,
    ) -> Result<(), Verdict> {
        let outcome = self.put(key, record, expected).await?;
        ensure(outcome == PutOutcome::Conflict { found }, || {
            format!("a put that expected {expected:?} where {found:?} stood: {outcome:?}")
        })
    }

    async fn holds(&self, key: &RecordKey, expected: Option<&SealedRecord>) -> Result<(), Verdict> {
        let found = done("get", self.store.get(&self.fixture.context, key).await)?;
        ensure(found.as_ref() == expected, || {
            format!("get gave {found:?} instead of {expected:?}")
        })
    }

    async fn round_trip(&self) -> Result<(), Verdict> {
        let key = self.key("round-trip");
        self.holds(&key, None).await?;
        let every_byte: Vec<u8> = (0..=u8::MAX).collect();
        let first = record(1, &every_byte);
        self.stored(&key, first.clone(), None).await?;
        self.holds(&key, Some(&first)).await?;
        let second = record(2, b"\0second\0");
        self.stored(&key, second.clone(), Some(1)).await?;
        self.holds(&key, Some(&second)).await
    }

    async fn compares(&self) -> Result<(), Verdict> {
        let key = self.key("compares");
        self.refused(&key, record(2, b"no"), Some(1), None).await?;
        let first = record(1, b"first");
        self.stored(&key, first.clone(), None).await?;
        self.refused(&key, record(1, b"no"), None, Some(1)).await?;
        self.refused(&key, record(8, b"no"), Some(7), Some(1))
            .await?;
        self.holds(&key, Some(&first)).await?;
        // After a restored backup the core's next version need not follow the stored one directly.
        let later = record(9, b"later");
        self.stored(&key, later.clone(), Some(1)).await?;
        self.refused(&key, record(10, b"no"), Some(1), Some(9))
            .await?;
        self.holds(&key, Some(&later)).await
    }

    async fn race_to_replace(&self) -> Result<(), Verdict> {
        let key = self.key("replace");
        self.stored(&key, record(1, b"first"), None).await?;
        self.race(&key, Some(1), 2).await
    }

    async fn race_to_make(&self) -> Result<(), Verdict> {
        self.race(&self.key("make"), None, 1).await
    }

    async fn race(
        &self,
        key: &RecordKey,
        expected: Option<u64>,
        version: u64,
    ) -> Result<(), Verdict> {
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..WRITERS {
            let store = if writer % 2 == 0 {
                &self.store
            } else {
                &self.twin
            };
            let (store, cx, key) = (store.clone(), self.fixture.context.clone(), key.clone());
            writers.spawn(async move {
                let mine = record(version, &content(writer + 1, 100));
                let outcome = store.put(&cx, &key, mine.clone(), expected).await;
                (mine, outcome)
            });
        }
        let mut winners = Vec::new();
        for (mine, outcome) in writers.join_all().await {
            match outcome {
                Ok(PutOutcome::Stored) => winners.push(mine),
                Ok(PutOutcome::Conflict { found }) if found == Some(version) => {}
                other => return Err(format!("a writer was told {}", shown(&other)).into()),
            }
        }
        ensure(winners.len() == 1, || {
            format!("{} of {WRITERS} were told that they won", winners.len())
        })?;
        self.holds(key, winners.first()).await
    }

    async fn tenants(&self) -> Result<(), Verdict> {
        let key = self.key("tenants");
        let other = &self.fixture.other_context;
        let mine = record(1, b"mine");
        self.stored(&key, mine.clone(), None).await?;
        let seen = done("get", self.store.get(other, &key).await)?;
        ensure(seen.is_none(), || "the other tenant sees it".into())?;
        let deleted = done("delete", self.store.delete(other, &key).await)?;
        ensure(!deleted, || "the other tenant deletes it".into())?;
        let theirs = self
            .store
            .put(other, &key, record(1, b"theirs"), None)
            .await;
        ensure(matches!(theirs, Ok(PutOutcome::Stored)), || {
            format!("the same key of the other tenant: {}", shown(&theirs))
        })?;
        self.holds(&key, Some(&mine)).await
    }

    async fn pages(&self) -> Result<(), Verdict> {
        let cx = &self.fixture.context;
        let wanted: BTreeSet<RecordKey> =
            (0..25).map(|n| self.key(&format!("page-{n:02}"))).collect();
        for key in &wanted {
            self.stored(key, record(1, b"x"), None).await?;
        }
        let mut seen: Vec<RecordKey> = Vec::new();
        loop {
            let page = done("list", self.store.list(cx, seen.last(), 7).await)?;
            ensure(page.keys.len() <= 7, || {
                format!("a page of 7 holds {}", page.keys.len())
            })?;
            ensure(!(page.more && page.keys.is_empty()), || {
                "an empty page says that more follow".into()
            })?;
            seen.extend(page.keys);
            if !page.more {
                break;
            }
        }
        ensure(seen.is_sorted_by(|a, b| a < b), || {
            "keys are not in ascending order, or come twice".into()
        })?;
        let missing = wanted.iter().find(|key| !seen.contains(key));
        ensure(missing.is_none(), || format!("{missing:?} is missing"))?;
        let theirs = done(
            "list",
            self.store
                .list(&self.fixture.other_context, None, 1000)
                .await,
        )?;
        ensure(!theirs.keys.iter().any(|key| wanted.contains(key)), || {
            "the other tenant's list shows keys of this one".into()
        })
    }

    async fn big(&self) -> Result<(), Verdict> {
        let key = self.key("big");
        let big = record(1, &content(3, BIG));
        self.stored(&key, big.clone(), None).await?;
        self.holds(&key, Some(&big)).await
    }

    async fn deletion(&self) -> Result<(), Verdict> {
        let key = self.key("deletion");
        let cx = &self.fixture.context;
        self.stored(&key, record(1, b"first"), None).await?;
        for there in [true, false] {
            let deleted = done("delete", self.store.delete(cx, &key).await)?;
            ensure(deleted == there, || {
                format!("delete said {deleted} where a record was there: {there}")
            })?;
        }
        self.holds(&key, None).await?;
        self.refused(&key, record(2, b"no"), Some(1), None).await?;
        // The version goes on where the deleted record ended, so that an older one can be told.
        let again = record(2, b"again");
        self.stored(&key, again.clone(), None).await?;
        self.holds(&key, Some(&again)).await
    }

    async fn durable(&self) -> Result<(), Verdict> {
        let key = self.key("durable");
        let kept = record(1, b"kept");
        self.stored(&key, kept.clone(), None).await?;
        let again = Checks {
            store: done("opening it again", (self.fixture.open)().await)?,
            twin: self.twin.clone(),
            fixture: self.fixture,
        };
        again.holds(&key, Some(&kept)).await
    }
}

//! A ledger in a temporary folder, and rows to put into it.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use ownhand_connector::{
    Ambient, Clock, Entropy, Sleeper, UnixMillis, Unwatched,
    id::{Id, LinkId, Marker, SendId},
    ledger::{
        Act, AuditLine, Concluded, Conclusion, Digest, DocusignAccount, EventRow, FlowRow,
        FlowStore, LedgerError, LinkRow, LinkState, LinkStore, Phase, SendRow, SendStatus,
        SendStore, SentDocument, Started,
    },
};
use ownhand_ledger::{Options, SqlLedger};
use ownhand_spi::{BoxFuture, HostUser, TenantId};
use sqlx::{SqlitePool, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

/// The moment at which the samples' clock starts.
pub(crate) const START: i64 = 1_790_000_000_000;

/// Moves on by a millisecond whenever it is read, so that ids sort in the order they are made.
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> UnixMillis {
        UnixMillis(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

/// The same bytes in every run, and never the same twice in one.
struct Seeded(AtomicU64);

impl Entropy for Seeded {
    fn fill(&self, out: &mut [u8]) {
        for chunk in out.chunks_mut(8) {
            let seed = self.0.fetch_add(1, Ordering::SeqCst);
            let mixed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31);
            chunk.copy_from_slice(&mixed.to_be_bytes()[..chunk.len()]);
        }
    }
}

struct NoWait;

impl Sleeper for NoWait {
    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// A ledger of its own for one test.
pub(crate) struct Sample {
    pub(crate) ledger: SqlLedger,
    ambient: Ambient,
    folder: TempDir,
}

impl Sample {
    pub(crate) async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let ledger = SqlLedger::open(&url_in(&folder), Options::default())
            .await
            .unwrap();
        let ambient = Ambient {
            clock: Arc::new(Ticking(AtomicI64::new(START))),
            entropy: Arc::new(Seeded(AtomicU64::new(1))),
            sleeper: Arc::new(NoWait),
            checkpoints: Arc::new(Unwatched),
        };
        Self {
            ledger,
            ambient,
            folder,
        }
    }

    pub(crate) fn url(&self) -> String {
        url_in(&self.folder)
    }

    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Carries out statements behind the ledger's back.
    pub(crate) async fn tamper(&self, sql: &'static str) {
        let pool = self.raw().await;
        let done = sqlx::raw_sql(sql).execute(&pool).await.unwrap();
        assert!(done.rows_affected() > 0, "changed nothing: {sql}");
        pool.close().await;
    }

    /// The database without the ledger.
    pub(crate) async fn raw(&self) -> SqlitePool {
        let path = self.folder.path().join("data/ledger.db");
        SqlitePool::connect_with(
            SqliteConnectOptions::new()
                .filename(path)
                .foreign_keys(false),
        )
        .await
        .unwrap()
    }

    pub(crate) fn id<M: Marker>(&self) -> Id<M> {
        Id::fresh(&self.ambient)
    }

    pub(crate) fn digest(&self) -> Digest {
        Digest(self.ambient.bytes())
    }

    pub(crate) fn flow(&self, tenant: &TenantId) -> FlowRow {
        FlowRow {
            id: self.id(),
            tenant: tenant.clone(),
            user: user("jane"),
            phase: Phase::Started,
            lookup: self.digest(),
            browser: None,
            data: r#"{"return":"https://dms.example"}"#.to_owned(),
            sealed: None,
            created_at: UnixMillis(START),
            expires_at: UnixMillis(START + 300_000),
        }
    }

    pub(crate) fn link(&self, tenant: &TenantId, subject: &str, docusign_sub: &str) -> LinkRow {
        LinkRow {
            id: self.id(),
            tenant: tenant.clone(),
            user: user(subject),
            docusign_sub: docusign_sub.to_owned(),
            docusign_name: "Jane Doe".to_owned(),
            docusign_email: "jane@acme.example".to_owned(),
            accounts: vec![DocusignAccount {
                account_id: "account-1".to_owned(),
                name: "Acme".to_owned(),
                base_uri: "https://na4.docusign.example".to_owned(),
                is_default: true,
            }],
            default_account: "account-1".to_owned(),
            scopes: "signature extended".to_owned(),
            state: LinkState::Active,
            token_version: 1,
            created_at: UnixMillis(START),
            updated_at: UnixMillis(START),
        }
    }

    /// A line of the audit.
    pub(crate) fn line(&self, tenant: &TenantId, act: Act) -> AuditLine {
        AuditLine::of(
            &self.ambient,
            tenant,
            &user("jane"),
            "user",
            act,
            serde_json::json!({}),
        )
    }

    /// Makes a link as the end of a walk of its own.
    pub(crate) async fn conclude(
        &self,
        link: &LinkRow,
        exclusive: bool,
    ) -> Result<Concluded, LedgerError> {
        let walk = self.walk_of(link);
        conclude(&self.ledger, walk, link, exclusive).await
    }

    /// A walk at its end, and what the audit says of it.
    pub(crate) fn walk_of(&self, link: &LinkRow) -> (FlowRow, AuditLine) {
        let walk = FlowRow {
            phase: Phase::Confirming,
            ..self.flow(&link.tenant)
        };
        (walk, self.line(&link.tenant, Act::Linked))
    }

    /// The same where it must come about.
    pub(crate) async fn linked(&self, link: &LinkRow) {
        assert_eq!(self.conclude(link, true).await.unwrap(), Concluded::Linked);
    }

    /// How many lines the audit has of an act.
    pub(crate) async fn audited(&self, act: Act) -> usize {
        let pool = self.raw().await;
        let rows = sqlx::query("SELECT id FROM audit WHERE act = $1")
            .bind(act.as_str())
            .fetch_all(&pool)
            .await
            .unwrap();
        pool.close().await;
        rows.len()
    }

    pub(crate) fn send(&self, tenant: &TenantId, subject: &str, link: LinkId) -> SendRow {
        SendRow {
            id: self.id(),
            tenant: tenant.clone(),
            user: user(subject),
            link,
            docusign_sub: "sub-1".to_owned(),
            account_id: "account-1".to_owned(),
            idempotency_key: self.digest(),
            fingerprint: self.digest(),
            email_subject: "Please sign".to_owned(),
            documents: vec![document(None)],
            envelope_id: None,
            status: SendStatus::Intent,
            failure: None,
            claimed_until: UnixMillis(0),
            next_check_at: UnixMillis(START + 1000),
            created_at: UnixMillis(START),
            updated_at: UnixMillis(START),
        }
    }

    /// A send that is written down.
    pub(crate) async fn started(&self, tenant: &TenantId) -> SendId {
        let send = self.send(tenant, "jane", self.id());
        assert_eq!(self.ledger.start_send(&send).await.unwrap(), Started::New);
        send.id
    }

    pub(crate) fn event(&self, tenant: &TenantId, received_at: i64) -> EventRow {
        EventRow {
            id: self.id(),
            tenant: tenant.clone(),
            dedup: self.digest(),
            account_id: "account-1".to_owned(),
            envelope_id: "envelope-1".to_owned(),
            event: "envelope-completed".to_owned(),
            received_at: UnixMillis(received_at),
            attempts: 0,
        }
    }
}

/// Writes a walk down and ends it with a link.
pub(crate) async fn conclude(
    ledger: &SqlLedger,
    (from, audit): (FlowRow, AuditLine),
    link: &LinkRow,
    exclusive: bool,
) -> Result<Concluded, LedgerError> {
    let to = FlowRow {
        phase: Phase::Done,
        ..from.clone()
    };
    ledger.insert_flow(&from).await?;
    let end = Conclusion {
        from: &from,
        to: &to,
        link,
        exclusive,
        audit: &audit,
    };
    ledger.conclude_walk(end).await
}

fn url_in(folder: &TempDir) -> String {
    format!("sqlite://{}/data/ledger.db", folder.path().display())
}

pub(crate) fn tenant(name: &str) -> TenantId {
    TenantId::new(name).unwrap()
}

pub(crate) fn user(subject: &str) -> HostUser {
    HostUser {
        issuer: "https://dms.example".to_owned(),
        subject: subject.to_owned(),
        login: Some(subject.to_owned()),
        email: Some(format!("{subject}@acme.example")),
        email_verified: true,
        name: None,
        groups: vec!["legal".to_owned()],
        claims: BTreeMap::from([("office".to_owned(), "Graz".to_owned())]),
    }
}

pub(crate) fn document(sha256: Option<&str>) -> SentDocument {
    SentDocument {
        document_id: "1".to_owned(),
        reference: "contracts/nda.pdf".to_owned(),
        revision: Some("7".to_owned()),
        sha256: sha256.map(str::to_owned),
    }
}

/// Does the same 32 times at once.
pub(crate) async fn race<T, F>(contender: impl Fn(u32) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let tasks: Vec<_> = (0..32).map(|n| tokio::spawn(contender(n))).collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}

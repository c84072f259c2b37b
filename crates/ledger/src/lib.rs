#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod audit;
mod cells;
mod event;
mod fault;
mod flow;
mod link;
mod open;
mod schema;
mod send;
mod sqlite;
mod write_back;

use std::{fmt, future::Future};

use ownhand_connector::{
    UnixMillis,
    ledger::{Ledger, LedgerError},
};
use sqlx::{Any, AnyPool, Transaction};

pub use open::{Hold, Options};

use fault::Fault;

/// The ledger on an SQL database. Clones share one pool of connections.
#[derive(Clone)]
pub struct SqlLedger {
    pool: AnyPool,
    options: Options,
}

impl SqlLedger {
    /// Closes the connections, after the calls that run have ended. SQLite's log is then folded into its file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Does `work` within the time that a call may take, and says what was being done if it failed.
    async fn run<T>(
        &self,
        what: &str,
        work: impl Future<Output = Result<T, Fault>> + Send,
    ) -> Result<T, LedgerError> {
        match tokio::time::timeout(self.options.statement_timeout, work).await {
            Ok(done) => done.map_err(|fault| fault.while_doing(what)),
            Err(late) => Err(LedgerError::new(what, late)),
        }
    }

    /// A transaction that holds the write lock from its start: what it reads stays true until it writes.
    async fn begin_write(&self) -> Result<Transaction<'static, Any>, Fault> {
        Ok(self.pool.begin_with(sqlite::BEGIN_WRITE).await?)
    }
}

#[async_trait::async_trait]
impl Ledger for SqlLedger {
    async fn ready(&self) -> Result<(), LedgerError> {
        self.run("checking the schema", schema::check(&self.pool))
            .await
    }

    async fn let_go(&self, now: UnixMillis) -> Result<(), LedgerError> {
        self.run("letting go of what a process before held", async {
            let mut transaction = self.begin_write().await?;
            for statement in [
                // An unfinished send goes on at once; for one that is out, its next look stays where it is.
                "UPDATE sends SET claimed_until = 0, \
                 next_check_at = CASE WHEN status_rank < 2 THEN $1 ELSE next_check_at END WHERE status_rank < 9",
                "UPDATE events SET next_attempt_at = $1 WHERE done_at IS NULL AND next_attempt_at > $1",
                "UPDATE write_backs SET next_attempt_at = $1 WHERE done_at IS NULL AND next_attempt_at > $1",
            ] {
                sqlx::query(statement)
                    .bind(now.0)
                    .execute(&mut *transaction)
                    .await?;
            }
            transaction.commit().await?;
            Ok(())
        })
        .await
    }
}

impl fmt::Debug for SqlLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlLedger")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

use std::{os::unix::fs::PermissionsExt, path::Path, time::Duration};

use ownhand_connector::{
    UnixMillis,
    ledger::{FlowStore, Ledger, LinkStore, SendStore},
};
use ownhand_ledger::{Options, SqlLedger};

use crate::sample::{START, Sample, conclude, tenant};

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn what_is_written_survives_reopening() {
    let sample = Sample::new().await;
    let acme = tenant("acme");
    let flow = sample.flow(&acme);
    let link = sample.link(&acme, "jane", "docusign-jane");
    sample.ledger.insert_flow(&flow).await.unwrap();
    sample.linked(&link).await;
    let send = sample.started(&acme).await;
    let at = UnixMillis(START);
    sample
        .ledger
        .commit_envelope(&acme, send, "envelope-1", &[], at)
        .await
        .unwrap();
    let stored = sample.ledger.send(&acme, send).await.unwrap();
    sample.ledger.close().await;

    for again in [
        SqlLedger::open(&sample.url(), Options::default())
            .await
            .unwrap(),
        SqlLedger::open_existing(&sample.url(), Options::default())
            .await
            .unwrap(),
    ] {
        again.ready().await.unwrap();
        let found = again
            .find_flow(&acme, flow.phase, flow.lookup)
            .await
            .unwrap();
        assert_eq!(found.as_ref(), Some(&flow));
        assert_eq!(
            again.link(&acme, link.id).await.unwrap().as_ref(),
            Some(&link)
        );
        assert_eq!(again.send(&acme, send).await.unwrap(), stored);
    }
}

#[tokio::test]
async fn its_files_are_for_this_user_alone() {
    let sample = Sample::new().await;
    sample.started(&tenant("acme")).await;
    let folder = sample.folder().join("data");
    assert_eq!(mode(&folder), 0o700);
    let names: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    assert!(names.len() >= 2, "the database and its log: {names:?}");
    for name in names {
        assert_eq!(mode(&name), 0o600, "{}", name.display());
    }
}

#[tokio::test]
async fn pending_unfinished_and_unknown_migrations_are_refused() {
    for (sql, why) in [
        ("DELETE FROM _sqlx_migrations", "1 migration(s) are pending"),
        ("UPDATE _sqlx_migrations SET success = 0", "did not finish"),
        (
            "UPDATE _sqlx_migrations SET checksum = x'00'",
            "is not one that this program knows",
        ),
        (
            "UPDATE _sqlx_migrations SET version = version + 1",
            "is not one that this program knows",
        ),
    ] {
        let sample = Sample::new().await;
        sample.ledger.ready().await.unwrap();
        sample.tamper(sql).await;
        let error = sample.ledger.ready().await.unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
        let error = SqlLedger::open_existing(&sample.url(), Options::default())
            .await
            .unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[tokio::test]
async fn opening_what_exists_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/none/ledger.db", folder.path().display());
    SqlLedger::open_existing(&url, Options::default())
        .await
        .unwrap_err();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

    let empty = folder.path().join("empty.db");
    std::fs::write(&empty, "").unwrap();
    let url = format!("sqlite://{}", empty.display());
    SqlLedger::open_existing(&url, Options::default())
        .await
        .unwrap_err();
}

#[tokio::test]
async fn a_url_must_name_a_file_of_sqlite() {
    for url in [
        "sqlite::memory:",
        "sqlite://x?mode=memory",
        "postgres://db/ledger",
        "ledger.db",
    ] {
        SqlLedger::open(url, Options::default()).await.unwrap_err();
    }
}

#[tokio::test]
async fn a_call_that_takes_too_long_is_an_error_and_leaves_nothing_behind() {
    let sample = Sample::new().await;
    let options = Options {
        max_connections: 1,
        statement_timeout: Duration::from_millis(50),
        ..Options::default()
    };
    let hasty = SqlLedger::open(&sample.url(), options).await.unwrap();
    let raw = sample.raw().await;
    let lock = raw.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let link = sample.link(&tenant("acme"), "jane", "docusign-jane");
    let walk = sample.walk_of(&link);
    let error = conclude(&hasty, walk, &link, true).await.unwrap_err();
    assert!(
        error
            .source
            .is_some_and(|source| source.is::<tokio::time::error::Elapsed>())
    );
    lock.rollback().await.unwrap();

    // Whatever became of the late transaction, it holds no lock once its connection is closed.
    hasty.close().await;
    sample.linked(&link).await;
}

#[tokio::test]
async fn a_gone_database_is_not_ready() {
    let sample = Sample::new().await;
    sample.ledger.close().await;
    sample.ledger.ready().await.unwrap_err();
}

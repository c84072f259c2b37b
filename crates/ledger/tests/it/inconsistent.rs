//! Rows that can't be are refused by name.

use ownhand_connector::{
    UnixMillis,
    ledger::{
        FlowStore, Inbox, LedgerError, LinkStore, SendMove, SendStatus, SendStore, WriteBackPart,
        WriteBackStore,
    },
};

use crate::sample::{START, Sample, tenant};

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, LedgerError>, row: &str, why: &str) {
    let error = result.unwrap_err();
    let text = error.to_string();
    assert!(text.contains(row) && text.contains(why), "{text}");
    assert!(error.source.is_none());
}

#[tokio::test]
async fn a_walk() {
    for (sql, why) in [
        (
            "UPDATE flows SET browser = x'00'",
            "browser is not 32 bytes",
        ),
        (
            "UPDATE flows SET host_user = '{}'",
            "host_user: missing field",
        ),
        ("UPDATE flows SET sealed = 7", "sealed"),
    ] {
        let sample = Sample::new().await;
        let flow = sample.flow(&tenant("acme"));
        sample.ledger.insert_flow(&flow).await.unwrap();
        sample.tamper(sql).await;
        let found = sample
            .ledger
            .find_flow(&flow.tenant, flow.phase, flow.lookup)
            .await;
        refused(found, &format!("acme/{} of flows", flow.id), why);
    }
}

#[tokio::test]
async fn a_link() {
    for (sql, why) in [
        (
            "UPDATE links SET relink_reason = 'mood'",
            "no reason is called \"mood\"",
        ),
        ("UPDATE links SET accounts = '[]'", "it has no account"),
        ("UPDATE links SET accounts = 'nonsense'", "accounts"),
        (
            "UPDATE links SET issuer = 'another'",
            "its user is not the one of its columns",
        ),
        (
            "PRAGMA ignore_check_constraints = ON; UPDATE links SET token_version = -1",
            "token_version",
        ),
    ] {
        let sample = Sample::new().await;
        let link = sample.link(&tenant("acme"), "jane", "docusign-jane");
        sample.linked(&link).await;
        sample.tamper(sql).await;
        let found = sample.ledger.link(&link.tenant, link.id).await;
        refused(found, &format!("acme/{} of links", link.id), why);
    }
}

#[tokio::test]
async fn a_send() {
    for (sql, why) in [
        (
            "UPDATE sends SET status = 'lost'",
            "no status is called \"lost\"",
        ),
        (
            "UPDATE sends SET status_rank = 3",
            "its rank is not the one of its status",
        ),
        (
            "UPDATE sends SET link_id = 'snd_01'",
            "link_id: not an id that begins with `lnk_`",
        ),
        (
            "UPDATE sends SET subject = 'joe'",
            "its user is not the one of its columns",
        ),
        (
            "UPDATE sends SET fingerprint = x''",
            "fingerprint is not 32 bytes",
        ),
    ] {
        let sample = Sample::new().await;
        let acme = tenant("acme");
        let id = sample.started(&acme).await;
        sample.tamper(sql).await;
        refused(
            sample.ledger.send(&acme, id).await,
            &format!("acme/{id} of sends"),
            why,
        );
    }
}

#[tokio::test]
async fn a_file() {
    for (sql, why) in [
        ("UPDATE write_backs SET done_at = 1", "it is half done"),
        ("UPDATE write_backs SET attempts = -1", "attempts"),
    ] {
        let sample = Sample::new().await;
        let acme = tenant("acme");
        let id = sample.started(&acme).await;
        let part = WriteBackPart {
            part: "combined".to_owned(),
            reference: "a.pdf".to_owned(),
        };
        let at = UnixMillis(START);
        sample
            .ledger
            .move_send(
                &acme,
                id,
                SendMove {
                    write_back: &[part],
                    ..SendMove::to(SendStatus::Completed, at)
                },
            )
            .await
            .unwrap();
        sample.tamper(sql).await;
        let found = sample.ledger.write_backs(&acme, id).await;
        refused(found, &format!("acme/{id} of write_backs"), why);
    }
}

#[tokio::test]
async fn an_event() {
    let sample = Sample::new().await;
    let event = sample.event(&tenant("acme"), START);
    sample.ledger.receive_event(&event).await.unwrap();
    sample
        .tamper("UPDATE events SET tenant = 'No Tenant'")
        .await;
    let at = UnixMillis(START);
    let taken = sample.ledger.take_due_events(at, at, 1).await;
    refused(
        taken,
        &format!("No Tenant/{} of events", event.id),
        "a tenant id is",
    );
}

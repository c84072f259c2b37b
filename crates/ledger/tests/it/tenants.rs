//! Whatever one tenant has, another tenant neither sees nor changes.

use ownhand_connector::{
    UnixMillis,
    ledger::{
        Act, FlowStore, Inbox, LinkRow, LinkStore, Phase, RelinkReason, SendMove, SendStatus,
        SendStore, WriteBackDone, WriteBackPart, WriteBackStore,
    },
};

use crate::sample::{START, Sample, tenant};

const AT: UnixMillis = UnixMillis(START + 3);

#[tokio::test]
async fn walks_stay_with_their_tenant() {
    let sample = Sample::new().await;
    let (acme, other) = (tenant("acme"), tenant("other"));
    let flow = sample.flow(&acme);
    sample.ledger.insert_flow(&flow).await.unwrap();
    let seen = sample
        .ledger
        .find_flow(&other, Phase::Started, flow.lookup)
        .await
        .unwrap();
    assert_eq!(seen, None);

    let mut forged = flow.clone();
    forged.tenant = other;
    let mut to = forged.clone();
    to.phase = Phase::Dead;
    assert!(!sample.ledger.advance_flow(&forged, &to).await.unwrap());
    let kept = sample
        .ledger
        .find_flow(&acme, Phase::Started, flow.lookup)
        .await
        .unwrap();
    assert_eq!(kept, Some(flow));
}

#[tokio::test]
async fn links_stay_with_their_tenant() {
    let sample = Sample::new().await;
    let (acme, other) = (tenant("acme"), tenant("other"));
    let link = sample.link(&acme, "jane", "docusign-jane");
    let ledger = &sample.ledger;
    sample.linked(&link).await;
    assert_eq!(ledger.link(&other, link.id).await.unwrap(), None);
    assert_eq!(
        ledger
            .link_of(&other, &link.user.issuer, "jane")
            .await
            .unwrap(),
        None
    );
    assert_eq!(ledger.links_to(&other, "docusign-jane").await.unwrap(), []);
    assert_eq!(ledger.links(&other, None, 10).await.unwrap(), []);

    let foreign = LinkRow {
        tenant: other.clone(),
        ..link.clone()
    };
    let (reason, audit) = (
        RelinkReason::RefreshRefused,
        sample.line(&other, Act::LinkDied),
    );
    assert!(!ledger.link_died(&foreign, 9, reason, &audit).await.unwrap());
    ledger
        .set_default_account(&other, link.id, "evil", AT)
        .await
        .unwrap_err();
    ledger
        .raise_token_version(&other, link.id, 99)
        .await
        .unwrap_err();
    let audit = sample.line(&other, Act::Unlinked);
    assert!(!ledger.remove_link(&other, link.id, &audit).await.unwrap());
    assert_eq!(ledger.link(&acme, link.id).await.unwrap(), Some(link));
}

#[tokio::test]
async fn sends_and_files_stay_with_their_tenant() {
    let sample = Sample::new().await;
    let (acme, other) = (tenant("acme"), tenant("other"));
    let send = sample.send(&acme, "jane", sample.id());
    let (id, ledger) = (send.id, &sample.ledger);
    ledger.start_send(&send).await.unwrap();
    ledger
        .commit_envelope(&acme, id, "envelope-1", &[], AT)
        .await
        .unwrap();
    let part = WriteBackPart {
        part: "combined".to_owned(),
        reference: "a.pdf".to_owned(),
    };
    ledger
        .move_send(
            &acme,
            id,
            SendMove {
                write_back: &[part],
                ..SendMove::to(SendStatus::Delivered, AT)
            },
        )
        .await
        .unwrap();
    let before = ledger.send(&acme, id).await.unwrap();
    let files = ledger.write_backs(&acme, id).await.unwrap();
    assert_eq!(files.len(), 1);

    assert_eq!(ledger.send(&other, id).await.unwrap(), None);
    let seen = ledger
        .send_of_envelope(&other, "account-1", "envelope-1")
        .await
        .unwrap();
    assert_eq!(seen, None);
    let seen = ledger
        .sends_of(&other, &send.user.issuer, "jane", None, 10)
        .await
        .unwrap();
    assert_eq!(seen, []);
    assert_eq!(ledger.open_sends(&other, send.link).await.unwrap(), []);
    assert_eq!(ledger.write_backs(&other, id).await.unwrap(), []);

    assert!(
        !ledger
            .claim_send(&other, id, AT, UnixMillis(i64::MAX))
            .await
            .unwrap()
    );
    ledger.release_send(&other, id, AT).await.unwrap_err();
    ledger
        .commit_envelope(&other, id, "envelope-2", &[], AT)
        .await
        .unwrap_err();
    ledger
        .move_send(&other, id, SendMove::to(SendStatus::Voided, AT))
        .await
        .unwrap_err();
    ledger
        .write_back_failed(&other, id, "combined", "evil", AT)
        .await
        .unwrap_err();
    let done = WriteBackDone {
        reference: "x".to_owned(),
        sha256: "x".to_owned(),
        length: 1,
        at: AT,
    };
    ledger
        .write_back_done(
            &other,
            id,
            "combined",
            &done,
            &sample.line(&other, Act::WrittenBack),
        )
        .await
        .unwrap_err();
    assert_eq!(ledger.send(&acme, id).await.unwrap(), before);
    assert_eq!(ledger.write_backs(&acme, id).await.unwrap(), files);
}

#[tokio::test]
async fn events_stay_with_their_tenant() {
    let sample = Sample::new().await;
    let event = sample.event(&tenant("acme"), START);
    sample.ledger.receive_event(&event).await.unwrap();
    let mut forged = event.clone();
    forged.tenant = tenant("other");
    sample.ledger.event_done(&forged, AT).await.unwrap_err();
    sample
        .ledger
        .event_failed(&forged, UnixMillis(i64::MAX))
        .await
        .unwrap_err();
    let due = sample.ledger.take_due_events(AT, AT, 10).await.unwrap();
    assert_eq!(due, [event]);
}

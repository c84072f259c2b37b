//! Sends: from the sender's own account, once, and back again.

use std::time::Duration;

use ownhand_connector::{AllowedAccounts, Error, Tenants};
use ownhand_testkit::{JANE, SAM, pdf};
use serde_json::json;

use crate::sending::{SIGNER, definition, deliver, linked, mails, send, work};

#[tokio::test]
async fn the_signer_sees_the_user_and_the_signed_copy_comes_back() {
    let (world, caller) = linked().await;
    let sent = send(&world, &caller, "key-1").await.unwrap();
    assert_eq!(sent.status, "sent");
    let mails = mails(&world).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(
        (
            mails[0]["sender_email"].as_str(),
            mails[0]["account_id"].as_str()
        ),
        (Some(JANE.email), Some(JANE.account))
    );
    world.docusign.sign(SIGNER).await;
    let envelope_id = sent.envelope_id.unwrap();
    deliver(&world, &envelope_id, "envelope-completed", JANE.account).await;
    work(&world).await;
    let view = world.connector.envelope(&caller, &sent.id).await.unwrap();
    assert_eq!(view.status, "completed");
    let back: Vec<_> = view
        .write_backs
        .iter()
        .map(|w| (w.part.as_str(), w.state, w.reference.as_str()))
        .collect();
    assert_eq!(
        back,
        [
            ("certificate", "done", "contracts/nda (certificate).pdf"),
            ("combined", "done", "contracts/nda (signed).pdf"),
        ]
    );
    assert!(
        world
            .documents
            .get("contracts/nda (signed).pdf")
            .unwrap()
            .starts_with(b"%PDF")
    );
    let by_docusign_id = world
        .connector
        .envelope(&caller, &envelope_id)
        .await
        .unwrap();
    assert_eq!(by_docusign_id.id, sent.id);
}

#[tokio::test]
async fn the_same_key_is_the_same_send() {
    let (world, caller) = linked().await;
    let first = send(&world, &caller, "key-1").await.unwrap();
    let second = world
        .connector
        .send(&caller, "key-1", None, definition())
        .await
        .unwrap();
    assert!(second.repeated);
    let second = second.envelope;
    assert_eq!(
        (first.id, first.envelope_id),
        (second.id, second.envelope_id)
    );
    let mut other = definition();
    other["emailSubject"] = "Something else".into();
    let reused = world
        .connector
        .send(&caller, "key-1", None, other)
        .await
        .unwrap_err();
    assert!(matches!(reused, Error::IdempotencyKeyReused), "{reused:?}");
    assert_eq!(mails(&world).await.len(), 1);
}

#[tokio::test]
async fn a_key_belongs_to_its_user() {
    let (world, jane) = linked().await;
    world.link("sam", SAM).await.unwrap();
    let sam = world.caller("sam").await;
    let janes = send(&world, &jane, "key-1").await.unwrap();
    let sams = send(&world, &sam, "key-1").await.unwrap();
    assert_ne!(janes.envelope_id, sams.envelope_id);
    for id in [&janes.id, janes.envelope_id.as_ref().unwrap()] {
        let foreign = world.connector.envelope(&sam, id).await.unwrap_err();
        assert!(matches!(foreign, Error::EnvelopeUnknown), "{foreign:?}");
    }
    assert_eq!(
        world
            .connector
            .envelopes(&sam, None, 10)
            .await
            .unwrap()
            .len(),
        1
    );
}

/// Every way to lose an answer between intent and sent, and whether the caller or the worker goes on.
#[tokio::test]
async fn a_lost_answer_makes_no_second_mail() {
    for (what, method, path, kind) in [
        ("create, before", "POST", "/envelopes", "drop_before"),
        ("create, after", "POST", "/envelopes", "drop_after"),
        ("switch, before", "PUT", "/envelopes/", "drop_before"),
        ("switch, after", "PUT", "/envelopes/", "drop_after"),
    ] {
        for by_worker in [false, true] {
            let (world, caller) = linked().await;
            world.docusign.faults(json!([{ "method": method, "path_contains": path, "action": { "kind": kind } }])).await;
            let first = send(&world, &caller, "key-1").await;
            if by_worker && (what != "create, before") {
                world.clock.advance(Duration::from_mins(6));
                work(&world).await;
            } else {
                world.clock.advance(Duration::from_mins(6));
                send(&world, &caller, "key-1")
                    .await
                    .unwrap_or_else(|e| panic!("{what}: {e:?} after {first:?}"));
            }
            assert_eq!(
                mails(&world).await.len(),
                1,
                "{what}, by worker: {by_worker}"
            );
            let all = world.connector.envelopes(&caller, None, 10).await.unwrap();
            assert_eq!(all.len(), 1, "{what}");
            assert_eq!(all[0].status, "sent", "{what}, by worker: {by_worker}");
            let known: Vec<_> = all[0]
                .documents
                .iter()
                .map(|d| d.reference.as_str())
                .collect();
            assert_eq!(
                known,
                ["contracts/nda.pdf"],
                "{what}: it can be brought back"
            );
            let kept: Vec<_> = world
                .docusign
                .list("envelopes")
                .await
                .into_iter()
                .filter(|envelope| envelope["status"] != "deleted")
                .collect();
            assert_eq!(kept.len(), 1, "{what}: no twin stays");
        }
    }
}

#[tokio::test]
async fn a_document_that_is_not_there_sends_nothing_and_the_key_stays_good() {
    let (world, caller) = linked().await;
    let mut missing = definition();
    missing["documents"][0]["hostDocument"] = "contracts/other.pdf".into();
    let error = world
        .connector
        .send(&caller, "key-1", None, missing.clone())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Error::Document { reference, .. } if reference == "contracts/other.pdf"),
        "{error:?}"
    );
    assert!(world.docusign.list("envelopes").await.is_empty());
    world.documents.put("contracts/other.pdf", pdf("Another"));
    world
        .connector
        .send(&caller, "key-1", None, missing)
        .await
        .unwrap();
    assert_eq!(mails(&world).await.len(), 1);
}

#[tokio::test]
async fn what_docusign_refuses_for_good_fails_for_good() {
    let (world, caller) = linked().await;
    world
        .documents
        .put("contracts/nda.pdf", &b"no PDF at all"[..]);
    let error = send(&world, &caller, "key-1").await.unwrap_err();
    assert_eq!(error.code(), "docusign_error", "{error:?}");
    let again = send(&world, &caller, "key-1").await.unwrap_err();
    assert!(matches!(again, Error::SendFailed(_)), "{again:?}");
    assert!(mails(&world).await.is_empty());
}

#[tokio::test]
async fn nobody_sends_without_a_link_or_from_a_foreign_account() {
    let (world, jane) = linked().await;
    let stranger = world.caller("stranger").await;
    assert!(matches!(
        send(&world, &stranger, "key-1").await,
        Err(Error::NotLinked)
    ));
    let foreign = world
        .connector
        .send(&jane, "key-1", Some(SAM.account), definition())
        .await;
    assert!(
        matches!(foreign, Err(Error::AccountNotAllowed(_))),
        "{foreign:?}"
    );
}

#[tokio::test]
async fn a_forged_event_changes_nothing_and_a_claimed_end_is_not_believed() {
    let (world, caller) = linked().await;
    let sent = send(&world, &caller, "key-1").await.unwrap();
    let body = br#"{"event":"envelope-completed"}"#;
    let forged = world
        .connector
        .receive_event("acme", body, &[b"AAAA"])
        .await;
    assert!(matches!(forged, Err(Error::Event(_))), "{forged:?}");
    assert!(matches!(
        world.connector.receive_event("acme", body, &[]).await,
        Err(Error::Event(_))
    ));
    // Signed, but not true: nobody has signed the document yet.
    deliver(
        &world,
        sent.envelope_id.as_deref().unwrap(),
        "envelope-completed",
        JANE.account,
    )
    .await;
    work(&world).await;
    assert_eq!(
        world
            .connector
            .envelope(&caller, &sent.id)
            .await
            .unwrap()
            .status,
        "sent"
    );
}

#[tokio::test]
async fn an_event_that_never_came_is_made_up_for_by_a_look() {
    let (world, caller) = linked().await;
    let sent = send(&world, &caller, "key-1").await.unwrap();
    world.docusign.sign(SIGNER).await;
    work(&world).await;
    assert_eq!(
        world
            .connector
            .envelope(&caller, &sent.id)
            .await
            .unwrap()
            .status,
        "sent",
        "not yet due"
    );
    world.clock.advance(Duration::from_mins(21));
    work(&world).await;
    assert_eq!(
        world
            .connector
            .envelope(&caller, &sent.id)
            .await
            .unwrap()
            .status,
        "completed"
    );
    assert!(world.documents.get("contracts/nda (signed).pdf").is_some());
}

#[tokio::test]
async fn a_write_back_is_tried_until_it_works_and_overwrites_nothing() {
    let (world, caller) = linked().await;
    world
        .documents
        .put("contracts/nda (signed).pdf", &b"somebody else's"[..]);
    let sent = send(&world, &caller, "key-1").await.unwrap();
    world.docusign.sign(SIGNER).await;
    world.documents.fail_deposits(6);
    let envelope_id = sent.envelope_id.unwrap();
    deliver(&world, &envelope_id, "envelope-completed", JANE.account).await;
    work(&world).await;
    let view = world.connector.envelope(&caller, &sent.id).await.unwrap();
    let waiting = view.write_backs.iter();
    let waiting: Vec<_> = waiting.map(|w| (w.state, w.last_error.is_some())).collect();
    assert_eq!(waiting, [("waiting", true), ("waiting", true)], "{view:?}");
    for _ in 0..8 {
        world.clock.advance(Duration::from_hours(1));
        work(&world).await;
    }
    let view = world.connector.envelope(&caller, &sent.id).await.unwrap();
    let states: Vec<_> = view.write_backs.iter().map(|w| w.state).collect();
    assert_eq!(states, ["done", "done"], "{view:?}");
    assert_eq!(
        world.documents.get("contracts/nda (signed).pdf").unwrap(),
        &b"somebody else's"[..]
    );
    assert!(
        world
            .documents
            .get(&format!("contracts/nda (signed) {envelope_id}.pdf"))
            .is_some()
    );
    assert_eq!(
        world.documents.references().len(),
        4,
        "original, somebody else's, signed, certificate"
    );
}

#[tokio::test]
async fn a_caller_who_hangs_up_stops_nothing_half_way() {
    let (world, caller) = linked().await;
    world.clock.advance(Duration::from_hours(9));
    let asked = send(&world, &caller, "key-1");
    // Polled once: the call has begun, and is dropped.
    assert!(futures_util::FutureExt::now_or_never(asked).is_none());
    // Nobody asks again and no worker runs: only the call itself can bring it to its end.
    let ended = async {
        loop {
            let all = world.connector.envelopes(&caller, None, 1).await.unwrap();
            if all
                .first()
                .is_some_and(|envelope| envelope.status == "sent")
            {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), ended)
        .await
        .expect("the send that was begun ends");
    assert_eq!(mails(&world).await.len(), 1);
}

#[tokio::test]
async fn an_account_that_is_no_longer_allowed_sends_no_more() {
    let (world, caller) = linked().await;
    let mut stricter = ownhand_testkit::tenant("acme", &world.documents);
    stricter.allowed_accounts = AllowedAccounts::Only([SAM.account.to_owned()].into());
    world.connector.replace_tenants(Tenants::new([stricter]));
    let fresh = world.caller("jane").await;
    let refused = send(&world, &fresh, "key-1").await.unwrap_err();
    assert!(
        matches!(refused, Error::AccountNotAllowed(_)),
        "{refused:?}"
    );
    drop(caller);
}

#[tokio::test]
async fn what_can_not_be_read_holds_up_nothing_of_another_kind() {
    let (world, caller) = linked().await;
    send(&world, &caller, "key-1").await.unwrap();
    world.clock.advance(Duration::from_secs(1));
    let sent = send(&world, &caller, "key-2").await.unwrap();
    world.docusign.sign(SIGNER).await;
    let envelope_id = sent.envelope_id.unwrap();
    deliver(&world, &envelope_id, "envelope-completed", JANE.account).await;
    // All sends are due by now, and the older one is no send.
    world.clock.advance(Duration::from_hours(1));
    world
        .tamper("UPDATE sends SET host_user = '{}' WHERE id = (SELECT MIN(id) FROM sends)")
        .await;
    let told = world.connector.work_once().await;
    assert!(matches!(told, Err(Error::Ledger(_))), "{told:?}");
    let view = world.connector.envelope(&caller, &sent.id).await.unwrap();
    assert_eq!(view.status, "completed");
}

#[tokio::test]
async fn late_news_of_what_has_ended_needs_no_link() {
    let (world, caller) = linked().await;
    let sent = send(&world, &caller, "key-1").await.unwrap();
    world.docusign.sign(SIGNER).await;
    let envelope_id = sent.envelope_id.unwrap();
    deliver(&world, &envelope_id, "envelope-completed", JANE.account).await;
    work(&world).await;
    world.connector.unlink(&caller).await.unwrap();
    deliver(&world, &envelope_id, "envelope-voided", JANE.account).await;
    work(&world).await;
    world.clock.advance(Duration::from_hours(24));
    assert!(!world.connector.work_once().await.unwrap());
}

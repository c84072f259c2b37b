//! A process that ends at any of the named moments loses no send and makes no second one.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt as _;
use ownhand_connector::{Caller, Checkpoint, Error};
use ownhand_testkit::{JANE, SAM, World};
use serde_json::json;

use crate::sending::{SIGNER, definition, deliver, linked, mails, send, work};

/// Sends, with the process gone at `at`; then another process takes over.
async fn send_until(world: &mut World, caller: &Caller, at: Checkpoint) {
    world.tripwire.set(at);
    let sent = AssertUnwindSafe(send(world, caller, "key-1"))
        .catch_unwind()
        .await;
    assert!(sent.is_err(), "{} was not reached", at.name());
    take_over(world).await;
}

async fn take_over(world: &mut World) {
    world.restart();
    world.connector.take_over().await.unwrap();
}

/// Envelopes of Jane's account, by status.
async fn envelopes(world: &World) -> Vec<String> {
    let all = world.docusign.list("envelopes").await;
    let mut all: Vec<_> = all
        .iter()
        .map(|envelope| envelope["status"].as_str().unwrap().to_owned())
        .collect();
    all.sort();
    all
}

const SENDING: [Checkpoint; 5] = [
    Checkpoint::SendIntent,
    Checkpoint::SendDrafted,
    Checkpoint::SendCommitted,
    Checkpoint::SendSwitched,
    Checkpoint::SendNoted,
];

#[tokio::test]
async fn a_caller_who_asks_again_gets_the_one_envelope() {
    for at in SENDING {
        let (mut world, caller) = linked().await;
        send_until(&mut world, &caller, at).await;
        let again = send(&world, &caller, "key-1").await.unwrap();
        assert_eq!(again.status, "sent", "{}", at.name());
        assert_eq!(mails(&world).await.len(), 1, "{}", at.name());
        work(&world).await;
        assert_eq!(envelopes(&world).await, ["sent"], "{}", at.name());
    }
}

#[tokio::test]
async fn what_nobody_asks_for_again_is_finished_in_the_background() {
    for at in SENDING {
        let (mut world, caller) = linked().await;
        send_until(&mut world, &caller, at).await;
        work(&world).await;
        let view = world
            .connector
            .envelopes(&caller, None, 1)
            .await
            .unwrap()
            .remove(0);
        let (status, sent) = match at {
            // DocuSign never saw it, and the documents are the caller's to give.
            Checkpoint::SendIntent => ("intent", 0),
            _ => ("sent", 1),
        };
        assert_eq!(view.status, status, "{}", at.name());
        assert_eq!(mails(&world).await.len(), sent, "{}", at.name());
    }
}

#[tokio::test]
async fn a_completed_envelope_comes_back_once() {
    for at in [
        Checkpoint::EventReceived,
        Checkpoint::EventFetched,
        Checkpoint::EventMoved,
        Checkpoint::WriteBackTaken,
        Checkpoint::WriteBackDeposited,
        Checkpoint::WriteBackNoted,
    ] {
        let (mut world, caller) = linked().await;
        let sent = send(&world, &caller, "key-1").await.unwrap();
        world.docusign.sign(SIGNER).await;
        world.tripwire.set(at);
        let envelope_id = sent.envelope_id.unwrap();
        // DocuSign, which got no answer, delivers again.
        for _ in 0..2 {
            let delivered = deliver(&world, &envelope_id, "envelope-completed", JANE.account);
            let _ = AssertUnwindSafe(delivered).catch_unwind().await;
        }
        work(&world).await;
        assert!(!world.tripwire.is_set(), "{} was not reached", at.name());
        take_over(&mut world).await;
        work(&world).await;
        let view = world.connector.envelope(&caller, &sent.id).await.unwrap();
        assert_eq!(view.status, "completed", "{}", at.name());
        let states: Vec<_> = view.write_backs.iter().map(|file| file.state).collect();
        assert_eq!(states, ["done", "done"], "{}: {view:?}", at.name());
        assert_eq!(
            world.documents.references(),
            [
                "contracts/nda (certificate).pdf",
                "contracts/nda (signed).pdf",
                "contracts/nda.pdf",
            ],
            "{}",
            at.name()
        );
    }
}

#[tokio::test]
async fn a_send_that_was_answered_is_answered_again_whatever_became_of_the_link() {
    let (world, caller) = linked().await;
    let sent = send(&world, &caller, "key-1").await.unwrap();
    world.connector.unlink(&caller).await.unwrap();
    let again = send(&world, &caller, "key-1").await.unwrap();
    assert_eq!(again.id, sent.id);
    let other = send(&world, &caller, "key-2").await.unwrap_err();
    assert!(matches!(other, Error::NotLinked), "{other:?}");
}

#[tokio::test]
async fn another_docusign_user_neither_finishes_nor_fetches_what_the_first_one_sent() {
    let (mut world, caller) = linked().await;
    send_until(&mut world, &caller, Checkpoint::SendCommitted).await;
    world.link("jane", SAM).await.unwrap();
    let refused = send(&world, &caller, "key-1").await.unwrap_err();
    assert!(matches!(refused, Error::OtherSender), "{refused:?}");
    work(&world).await;
    assert_eq!(mails(&world).await.len(), 0);
    let view = world.connector.envelopes(&caller, None, 1).await.unwrap();
    assert!(view[0].sender.is_none(), "{view:?}");
    // Jane herself takes it up again.
    world.link("jane", JANE).await.unwrap();
    world.clock.advance(Duration::from_hours(1));
    work(&world).await;
    let mails = mails(&world).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0]["sender_email"], JANE.email);
}

#[tokio::test]
async fn a_draft_whose_sending_is_refused_for_good_is_deleted() {
    let (world, caller) = linked().await;
    let refusal =
        json!({ "kind": "status", "status": 400, "error_code": "USER_LACKS_PERMISSIONS" });
    world
        .docusign
        .faults(json!([{ "method": "PUT", "path_contains": "/envelopes/", "action": refusal }]))
        .await;
    let error = send(&world, &caller, "key-1").await.unwrap_err();
    assert_eq!(error.code(), "docusign_error", "{error:?}");
    let failed = send(&world, &caller, "key-1").await.unwrap_err();
    assert!(matches!(failed, Error::SendFailed(_)), "{failed:?}");
    assert_eq!(envelopes(&world).await, ["deleted"]);
    assert_eq!(mails(&world).await.len(), 0);
}

#[tokio::test]
async fn naming_an_account_is_another_request_than_naming_none() {
    let (world, caller) = linked().await;
    let first = world
        .connector
        .send(&caller, "key-1", None, definition())
        .await
        .unwrap();
    let other = world
        .connector
        .send(&caller, "key-1", Some(JANE.account), definition())
        .await
        .unwrap_err();
    assert!(matches!(other, Error::IdempotencyKeyReused), "{other:?}");
    assert!(!first.repeated);
}

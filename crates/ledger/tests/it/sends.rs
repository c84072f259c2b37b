use ownhand_connector::{
    UnixMillis,
    ledger::{SendStatus, SendStore, Started},
};

use crate::sample::{START, Sample, document, race, tenant};

#[tokio::test]
async fn an_idempotency_key_starts_one_send() {
    let sample = Sample::new().await;
    let acme = tenant("acme");
    let send = sample.send(&acme, "jane", sample.id());
    let results = race(|_| {
        let (ledger, mut send) = (sample.ledger.clone(), send.clone());
        send.id = sample.id();
        async move { (ledger.start_send(&send).await.unwrap(), send) }
    })
    .await;
    let (new, existing): (Vec<_>, Vec<_>) = results
        .into_iter()
        .partition(|(started, _)| *started == Started::New);
    assert_eq!(new.len(), 1);
    let winner = &new[0].1;
    for (started, _) in existing {
        assert_eq!(started, Started::Existing(Box::new(winner.clone())));
    }
    // Another user's or tenant's key is another key.
    let mut joe = sample.send(&acme, "joe", sample.id());
    joe.idempotency_key = send.idempotency_key;
    assert_eq!(sample.ledger.start_send(&joe).await.unwrap(), Started::New);
    let mut elsewhere = sample.send(&tenant("other"), "jane", sample.id());
    elsewhere.idempotency_key = send.idempotency_key;
    assert_eq!(
        sample.ledger.start_send(&elsewhere).await.unwrap(),
        Started::New
    );
}

#[tokio::test]
async fn a_send_is_stored_whole() {
    let sample = Sample::new().await;
    let mut send = sample.send(&tenant("acme"), "jane", sample.id());
    send.envelope_id = Some("envelope-1".to_owned());
    send.status = SendStatus::Failed;
    send.failure = Some("DocuSign said no".to_owned());
    send.documents = vec![document(Some("aa")), document(None)];
    sample.ledger.start_send(&send).await.unwrap();
    assert_eq!(
        sample.ledger.send(&send.tenant, send.id).await.unwrap(),
        Some(send.clone())
    );
    let found = sample
        .ledger
        .send_of_envelope(&send.tenant, "account-1", "envelope-1")
        .await;
    assert_eq!(found.unwrap(), Some(send.clone()));
    let other = sample
        .ledger
        .send_of_envelope(&send.tenant, "account-2", "envelope-1")
        .await;
    assert_eq!(other.unwrap(), None);
}

#[tokio::test]
async fn a_users_sends_come_newest_first_page_by_page() {
    let sample = Sample::new().await;
    let acme = tenant("acme");
    let mut all = Vec::new();
    for _ in 0..5 {
        let send = sample.send(&acme, "jane", sample.id());
        sample.ledger.start_send(&send).await.unwrap();
        all.insert(0, send);
    }
    sample
        .ledger
        .start_send(&sample.send(&acme, "joe", sample.id()))
        .await
        .unwrap();
    let issuer = all[0].user.issuer.clone();
    let page = |before, limit| {
        sample
            .ledger
            .sends_of(&acme, &issuer, "jane", before, limit)
    };
    assert_eq!(page(None, 2).await.unwrap(), all[..2]);
    assert_eq!(page(Some(all[1].id), 9).await.unwrap(), all[2..]);
    assert_eq!(page(Some(all[4].id), 9).await.unwrap(), []);
}

#[tokio::test]
async fn a_links_open_sends_are_those_that_have_not_ended() {
    let sample = Sample::new().await;
    let (acme, link) = (tenant("acme"), sample.id());
    let open = sample.send(&acme, "jane", link);
    let mut ended = sample.send(&acme, "jane", link);
    ended.status = SendStatus::Voided;
    let of_another_link = sample.send(&acme, "jane", sample.id());
    for send in [&open, &ended, &of_another_link] {
        sample.ledger.start_send(send).await.unwrap();
    }
    assert_eq!(sample.ledger.open_sends(&acme, link).await.unwrap(), [open]);
}

#[tokio::test]
async fn due_sends_are_open_and_unclaimed_and_due_the_longest_first() {
    let sample = Sample::new().await;
    let due = |at: i64| {
        let mut send = sample.send(&tenant("acme"), "jane", sample.id());
        send.next_check_at = UnixMillis(START + at);
        send
    };
    let (second, first, later) = (due(20), due(10), due(1000));
    let (mut claimed, mut ended) = (due(5), due(5));
    claimed.claimed_until = UnixMillis(START + 500);
    ended.status = SendStatus::Completed;
    let mut elsewhere = due(30);
    elsewhere.tenant = tenant("other");
    for send in [&second, &first, &later, &claimed, &ended, &elsewhere] {
        sample.ledger.start_send(send).await.unwrap();
    }
    let look = |at, limit| sample.ledger.due_sends(UnixMillis(START + at), limit);
    assert_eq!(look(9, 10).await.unwrap(), []);
    let expected = [first.clone(), second.clone(), elsewhere.clone()];
    assert_eq!(look(100, 10).await.unwrap(), expected);
    assert_eq!(look(100, 2).await.unwrap(), expected[..2]);
    assert_eq!(
        look(500, 10).await.unwrap(),
        [claimed, first, second, elsewhere]
    );
}

use ownhand_connector::{UnixMillis, ledger::Inbox};

use crate::sample::{START, Sample, race, tenant};

#[tokio::test]
async fn the_same_event_is_written_down_once() {
    let sample = Sample::new().await;
    let event = sample.event(&tenant("acme"), START);
    let template = &event;
    let results = race(|n| {
        let (ledger, mut event) = (sample.ledger.clone(), template.clone());
        event.id = sample.id();
        event.event = format!("contender-{n}");
        async move { ledger.receive_event(&event).await.unwrap() }
    })
    .await;
    assert_eq!(results.iter().filter(|&&new| new).count(), 1);

    // Another tenant's digest is another event.
    let mut elsewhere = event.clone();
    elsewhere.tenant = tenant("other");
    assert!(sample.ledger.receive_event(&elsewhere).await.unwrap());
}

#[tokio::test]
async fn due_events_are_taken_by_one_worker_at_a_time() {
    let sample = Sample::new().await;
    let acme = tenant("acme");
    let (late, early) = (
        sample.event(&acme, START + 2),
        sample.event(&acme, START + 1),
    );
    let future = sample.event(&acme, START + 1000);
    for event in [&late, &early, &future] {
        assert!(sample.ledger.receive_event(event).await.unwrap());
    }
    let (now, until) = (UnixMillis(START + 10), UnixMillis(START + 500));
    let taken = sample.ledger.take_due_events(now, until, 10).await.unwrap();
    assert_eq!(taken, [early.clone(), late.clone()]);
    assert_eq!(
        sample.ledger.take_due_events(now, until, 10).await.unwrap(),
        []
    );
    let again = sample
        .ledger
        .take_due_events(until, until, 1)
        .await
        .unwrap();
    assert_eq!(
        again,
        [early],
        "the lease has ended, and one is all that was asked for"
    );
}

#[tokio::test]
async fn no_event_is_taken_twice_at_once() {
    let sample = Sample::new().await;
    let mut sent = Vec::new();
    for n in 0..20 {
        let event = sample.event(&tenant("acme"), START + n);
        sample.ledger.receive_event(&event).await.unwrap();
        sent.push(event.id);
    }
    let taken = race(|_| {
        let ledger = sample.ledger.clone();
        async move {
            let (now, until) = (UnixMillis(START + 100), UnixMillis(START + 9000));
            ledger.take_due_events(now, until, 3).await.unwrap()
        }
    })
    .await;
    let mut taken: Vec<_> = taken
        .concat()
        .iter()
        .map(|event| event.id.to_string())
        .collect();
    taken.sort();
    let mut sent: Vec<_> = sent.iter().map(ToString::to_string).collect();
    sent.sort();
    assert_eq!(taken, sent);
}

#[tokio::test]
async fn a_failed_try_is_counted_and_a_finished_event_stays_known() {
    let sample = Sample::new().await;
    let event = sample.event(&tenant("acme"), START);
    sample.ledger.receive_event(&event).await.unwrap();
    sample
        .ledger
        .event_failed(&event, UnixMillis(START + 50))
        .await
        .unwrap();
    let take = |now| {
        sample
            .ledger
            .take_due_events(UnixMillis(START + now), UnixMillis(START + now + 10), 10)
    };
    assert_eq!(take(49).await.unwrap(), []);
    assert_eq!(take(50).await.unwrap()[0].attempts, 1);

    sample
        .ledger
        .event_done(&event, UnixMillis(START + 55))
        .await
        .unwrap();
    // A worker that was too slow can't bring it back.
    sample
        .ledger
        .event_failed(&event, UnixMillis(START + 60))
        .await
        .unwrap();
    assert_eq!(take(9999).await.unwrap(), []);
    let mut replay = event.clone();
    replay.id = sample.id();
    assert!(!sample.ledger.receive_event(&replay).await.unwrap());
}

#[tokio::test]
async fn an_event_that_is_not_there_is_an_error() {
    let sample = Sample::new().await;
    let event = sample.event(&tenant("acme"), START);
    let error = sample
        .ledger
        .event_done(&event, UnixMillis(START))
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains(&format!("acme/{} in events", event.id))
    );
    sample
        .ledger
        .event_failed(&event, UnixMillis(START))
        .await
        .unwrap_err();
}

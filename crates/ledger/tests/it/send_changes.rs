use ownhand_connector::{
    UnixMillis,
    ledger::{SendMove, SendStatus, SendStore, WriteBackPart, WriteBackStore},
};

use crate::sample::{START, Sample, document, race, tenant};

const AT: UnixMillis = UnixMillis(START + 7);

#[tokio::test]
async fn one_of_many_claims_a_send() {
    let sample = Sample::new().await;
    let acme = tenant("acme");
    let id = sample.started(&acme).await;
    let claim = |now: i64| {
        let (ledger, acme) = (sample.ledger.clone(), acme.clone());
        let (now, until) = (UnixMillis(START + now), UnixMillis(START + now + 100));
        async move { ledger.claim_send(&acme, id, now, until).await.unwrap() }
    };
    let results = race(|_| claim(0)).await;
    assert_eq!(results.iter().filter(|&&won| won).count(), 1);
    assert!(!claim(99).await);
    assert!(claim(100).await, "the claim has run out");
    sample
        .ledger
        .release_send(&acme, id, UnixMillis(START + 900))
        .await
        .unwrap();
    let send = sample.ledger.send(&acme, id).await.unwrap().unwrap();
    assert_eq!(
        (send.claimed_until, send.next_check_at.0),
        (UnixMillis(0), START + 900)
    );
    assert!(claim(101).await, "it was let go of");
}

#[tokio::test]
async fn one_of_many_envelopes_is_committed_to() {
    let sample = Sample::new().await;
    let acme = tenant("acme");
    let id = sample.started(&acme).await;
    let results = race(|n| {
        let (ledger, acme) = (sample.ledger.clone(), acme.clone());
        async move {
            let (mine, sha256) = (format!("envelope-{n}"), format!("{n:02}"));
            let documents = [document(Some(&sha256))];
            let committed = ledger
                .commit_envelope(&acme, id, &mine, &documents, AT)
                .await;
            (committed.unwrap(), mine, sha256)
        }
    })
    .await;
    let winners: Vec<_> = results
        .iter()
        .filter(|(committed, mine, _)| committed == mine)
        .collect();
    assert_eq!(winners.len(), 1);
    let (envelope, _, sha256) = winners[0];
    assert!(results.iter().all(|(committed, ..)| committed == envelope));
    let send = sample.ledger.send(&acme, id).await.unwrap().unwrap();
    assert_eq!(send.envelope_id.as_ref(), Some(envelope));
    assert_eq!(send.status, SendStatus::Draft);
    assert_eq!(send.documents, [document(Some(sha256))]);
    assert_eq!(send.updated_at, AT);
}

#[tokio::test]
async fn an_envelope_belongs_to_one_send() {
    let sample = Sample::new().await;
    let acme = tenant("acme");
    let (first, second) = (sample.started(&acme).await, sample.started(&acme).await);
    sample
        .ledger
        .commit_envelope(&acme, first, "envelope-1", &[], AT)
        .await
        .unwrap();
    sample
        .ledger
        .commit_envelope(&acme, second, "envelope-1", &[], AT)
        .await
        .unwrap_err();
    let second = sample.ledger.send(&acme, second).await.unwrap().unwrap();
    assert_eq!(
        (second.envelope_id, second.status),
        (None, SendStatus::Intent)
    );
}

#[tokio::test]
async fn a_send_that_failed_commits_to_nothing() {
    let sample = Sample::new().await;
    let acme = tenant("acme");
    let id = sample.started(&acme).await;
    let ledger = &sample.ledger;
    ledger
        .move_send(
            &acme,
            id,
            SendMove {
                failure: Some("refused"),
                ..SendMove::to(SendStatus::Failed, AT)
            },
        )
        .await
        .unwrap();
    let error = ledger
        .commit_envelope(&acme, id, "envelope-1", &[], AT)
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("is failed and committed to no envelope")
    );
    let send = ledger.send(&acme, id).await.unwrap().unwrap();
    assert_eq!(
        (send.envelope_id, send.failure.as_deref()),
        (None, Some("refused"))
    );
}

#[tokio::test]
async fn one_of_many_completes_a_send_and_plans_its_files_with_it() {
    let sample = Sample::new().await;
    let acme = tenant("acme");
    let id = sample.started(&acme).await;
    let results = race(|n| {
        let (ledger, acme) = (sample.ledger.clone(), acme.clone());
        async move {
            let parts = [WriteBackPart {
                part: "combined".to_owned(),
                reference: format!("signed-{n}.pdf"),
            }];
            let moved = ledger
                .move_send(
                    &acme,
                    id,
                    SendMove {
                        write_back: &parts,
                        ..SendMove::to(SendStatus::Completed, AT)
                    },
                )
                .await;
            (moved.unwrap(), parts)
        }
    })
    .await;
    let winners: Vec<_> = results.iter().filter(|(moved, _)| *moved).collect();
    assert_eq!(winners.len(), 1);
    let files = sample.ledger.write_backs(&acme, id).await.unwrap();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].part, winners[0].1[0]);
    assert_eq!((files[0].attempts, files[0].next_attempt_at), (0, AT));
}

#[tokio::test]
async fn a_move_whose_files_cannot_be_planned_does_not_happen() {
    let sample = Sample::new().await;
    let acme = tenant("acme");
    let id = sample.started(&acme).await;
    let part = WriteBackPart {
        part: "combined".to_owned(),
        reference: "a.pdf".to_owned(),
    };
    let twice = [part.clone(), part];
    let moved = sample
        .ledger
        .move_send(
            &acme,
            id,
            SendMove {
                write_back: &twice,
                ..SendMove::to(SendStatus::Completed, AT)
            },
        )
        .await;
    moved.unwrap_err();
    let send = sample.ledger.send(&acme, id).await.unwrap().unwrap();
    assert_eq!(send.status, SendStatus::Intent);
    assert_eq!(sample.ledger.write_backs(&acme, id).await.unwrap(), []);
}

#[tokio::test]
async fn changing_a_send_that_is_not_there_is_an_error() {
    let sample = Sample::new().await;
    let (acme, id, ledger) = (tenant("acme"), sample.id(), &sample.ledger);
    let error = ledger.release_send(&acme, id, AT).await.unwrap_err();
    assert!(error.to_string().contains(&format!("acme/{id} in sends")));
    ledger
        .commit_envelope(&acme, id, "envelope-1", &[], AT)
        .await
        .unwrap_err();
    ledger
        .move_send(&acme, id, SendMove::to(SendStatus::Sent, AT))
        .await
        .unwrap_err();
    assert!(!ledger.claim_send(&acme, id, AT, AT).await.unwrap());
}

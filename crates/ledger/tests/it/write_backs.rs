use ownhand_connector::{
    UnixMillis,
    id::SendId,
    ledger::{
        Act, AuditLine, SendMove, SendStatus, SendStore, WriteBackDone, WriteBackPart,
        WriteBackStore,
    },
};
use ownhand_spi::TenantId;

use crate::sample::{START, Sample, race, tenant};

fn at(offset: i64) -> UnixMillis {
    UnixMillis(START + offset)
}

fn back(sample: &Sample) -> AuditLine {
    sample.line(&tenant("acme"), Act::WrittenBack)
}

/// A completed send with two files, due at `due`.
async fn completed(sample: &Sample, tenant: &TenantId, due: i64) -> SendId {
    let id = sample.started(tenant).await;
    let parts = ["combined", "certificate"].map(|part| WriteBackPart {
        part: part.to_owned(),
        reference: format!("{part}.pdf"),
    });
    let moved = sample.ledger.move_send(
        tenant,
        id,
        SendMove {
            write_back: &parts,
            ..SendMove::to(SendStatus::Completed, at(due))
        },
    );
    assert!(moved.await.unwrap());
    id
}

#[tokio::test]
async fn a_file_is_tried_again_until_it_is_back() {
    let sample = Sample::new().await;
    let acme = tenant("acme");
    let id = completed(&sample, &acme, 0).await;
    let ledger = &sample.ledger;
    ledger
        .write_back_failed(&acme, id, "combined", "locked", at(50))
        .await
        .unwrap();
    let files = ledger.write_backs(&acme, id).await.unwrap();
    let combined = files
        .iter()
        .find(|file| file.part.part == "combined")
        .unwrap();
    assert_eq!(combined.attempts, 1);
    assert_eq!(combined.next_attempt_at, at(50));
    assert_eq!(combined.last_error.as_deref(), Some("locked"));
    assert_eq!(combined.done, None);

    let done = WriteBackDone {
        reference: "signed/combined.pdf".to_owned(),
        sha256: "ab".repeat(32),
        length: 12_345,
        at: at(60),
    };
    ledger
        .write_back_done(&acme, id, "combined", &done, &back(&sample))
        .await
        .unwrap();
    // A worker that was too slow can't bring it back.
    ledger
        .write_back_failed(&acme, id, "combined", "late", at(70))
        .await
        .unwrap();
    let files = ledger.write_backs(&acme, id).await.unwrap();
    assert_eq!(files.len(), 2);
    assert_eq!(files[0].part.part, "certificate");
    assert_eq!(files[0].done, None, "the other file is another matter");
    assert_eq!(files[1].done, Some(done));
    assert_eq!(files[1].last_error, None);
    let due = ledger
        .take_due_write_backs(at(999), at(9999), 10)
        .await
        .unwrap();
    assert_eq!(due.len(), 1);
    assert_eq!(due[0].part.part, "certificate");
}

#[tokio::test]
async fn due_files_are_taken_until_a_time_due_the_longest_first() {
    let sample = Sample::new().await;
    let late = completed(&sample, &tenant("acme"), 20).await;
    let early = completed(&sample, &tenant("other"), 10).await;
    let take = |now: i64, until: i64| sample.ledger.take_due_write_backs(at(now), at(until), 3);
    assert_eq!(take(9, 100).await.unwrap(), []);
    let taken = take(30, 100).await.unwrap();
    let sends: Vec<_> = taken.iter().map(|file| file.send).collect();
    assert_eq!(sends, [early, early, late]);
    assert!(taken.iter().all(|file| file.next_attempt_at == at(100)));
    assert_eq!(take(30, 100).await.unwrap().len(), 1);
    assert_eq!(take(99, 200).await.unwrap(), []);
    assert_eq!(take(100, 200).await.unwrap().len(), 3);
}

#[tokio::test]
async fn no_file_is_taken_twice_at_once() {
    let sample = Sample::new().await;
    for _ in 0..10 {
        completed(&sample, &tenant("acme"), 0).await;
    }
    let taken = race(|_| {
        let ledger = sample.ledger.clone();
        async move {
            ledger
                .take_due_write_backs(at(1), at(9999), 3)
                .await
                .unwrap()
        }
    })
    .await
    .concat();
    let names: std::collections::BTreeSet<_> = taken
        .iter()
        .map(|file| (file.send.to_string(), file.part.part.clone()))
        .collect();
    assert_eq!((taken.len(), names.len()), (20, 20));
}

#[tokio::test]
async fn a_file_that_is_not_there_is_an_error() {
    let sample = Sample::new().await;
    let acme = tenant("acme");
    let id = completed(&sample, &acme, 0).await;
    let error = sample
        .ledger
        .write_back_failed(&acme, id, "summary", "why", at(1))
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains(&format!("acme/{id}/summary in write_backs"))
    );
    let done = WriteBackDone {
        reference: "x".to_owned(),
        sha256: "ab".to_owned(),
        length: u64::MAX,
        at: at(1),
    };
    sample
        .ledger
        .write_back_done(&acme, id, "combined", &done, &back(&sample))
        .await
        .unwrap_err();
    let done = WriteBackDone { length: 1, ..done };
    sample
        .ledger
        .write_back_done(&acme, id, "summary", &done, &back(&sample))
        .await
        .unwrap_err();
}

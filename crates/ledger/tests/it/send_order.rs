//! A send never moves back, whatever is asked of it in whatever order.

use ownhand_connector::{
    UnixMillis,
    id::SendId,
    ledger::{SendMove, SendRow, SendStatus, SendStore},
};
use ownhand_spi::TenantId;
use proptest::{collection::vec, sample::select, test_runner::Config, test_runner::TestRunner};

use crate::sample::{START, Sample, tenant};

const STATUSES: [SendStatus; 8] = [
    SendStatus::Intent,
    SendStatus::Draft,
    SendStatus::Sent,
    SendStatus::Delivered,
    SendStatus::Completed,
    SendStatus::Declined,
    SendStatus::Voided,
    SendStatus::Failed,
];

/// What the ledger must hold after `status` was asked of `send`, and whether that is a change.
fn model(send: &mut SendRow, status: SendStatus, failure: Option<&str>, at: UnixMillis) -> bool {
    let forward = status.rank() > send.status.rank();
    if forward {
        send.status = status;
        send.failure = failure.map(str::to_owned);
        send.updated_at = at;
    }
    forward
}

async fn check(sample: &Sample, acme: &TenantId, id: SendId, moves: &[(SendStatus, bool)]) {
    let mut expected = sample.ledger.send(acme, id).await.unwrap().unwrap();
    for (step, (status, with_reason)) in (1..).zip(moves) {
        let (failure, at) = (with_reason.then_some("why"), UnixMillis(START + step));
        let changed = model(&mut expected, *status, failure, at);
        let forward = sample
            .ledger
            .move_send(
                acme,
                id,
                SendMove {
                    failure,
                    ..SendMove::to(*status, at)
                },
            )
            .await
            .unwrap();
        assert_eq!(forward, changed, "{moves:?} at {step}");
        let found = sample.ledger.send(acme, id).await.unwrap();
        assert_eq!(found.as_ref(), Some(&expected), "{moves:?} at {step}");
    }
}

#[test]
fn a_send_only_moves_forward() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sample = runtime.block_on(Sample::new());
    let acme = tenant("acme");
    let moves = vec((select(&STATUSES), proptest::bool::ANY), 1..12);
    let config = Config {
        failure_persistence: None,
        ..Config::with_cases(48)
    };
    TestRunner::new(config)
        .run(&moves, |moves| {
            runtime.block_on(async {
                let id = sample.started(&acme).await;
                check(&sample, &acme, id, &moves).await;
            });
            Ok(())
        })
        .unwrap();
}

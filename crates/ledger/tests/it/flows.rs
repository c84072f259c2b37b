use ownhand_connector::{
    UnixMillis,
    ledger::{Digest, FlowRow, FlowStore, Phase},
};

use crate::sample::{START, Sample, race, tenant};

fn next(sample: &Sample, from: &FlowRow, phase: Phase) -> FlowRow {
    FlowRow {
        phase,
        lookup: sample.digest(),
        browser: Some(sample.digest()),
        expires_at: from.expires_at + std::time::Duration::from_mins(1),
        ..from.clone()
    }
}

#[tokio::test]
async fn a_walk_is_found_by_its_phase_and_value_alone() {
    let sample = Sample::new().await;
    let flow = sample.flow(&tenant("acme"));
    sample.ledger.insert_flow(&flow).await.unwrap();
    let find = |phase, lookup| sample.ledger.find_flow(&flow.tenant, phase, lookup);
    assert_eq!(
        find(Phase::Started, flow.lookup).await.unwrap(),
        Some(flow.clone())
    );
    assert_eq!(find(Phase::Away, flow.lookup).await.unwrap(), None);
    assert_eq!(find(Phase::Started, Digest([0; 32])).await.unwrap(), None);
    sample.ledger.insert_flow(&flow).await.unwrap_err();
}

#[tokio::test]
async fn a_walk_goes_through_all_its_phases() {
    let sample = Sample::new().await;
    let mut flow = sample.flow(&tenant("acme"));
    sample.ledger.insert_flow(&flow).await.unwrap();
    for phase in [
        Phase::Away,
        Phase::Returned,
        Phase::Redeeming,
        Phase::Again,
        Phase::Pending,
        Phase::Done,
        Phase::Dead,
    ] {
        let mut to = next(&sample, &flow, phase);
        to.sealed = (phase == Phase::Returned).then(|| b"parked".to_vec());
        assert!(sample.ledger.advance_flow(&flow, &to).await.unwrap());
        assert!(!sample.ledger.advance_flow(&flow, &to).await.unwrap());
        let found = sample
            .ledger
            .find_flow(&to.tenant, phase, to.lookup)
            .await
            .unwrap();
        assert_eq!(found, Some(to.clone()));
        flow = to;
    }
}

#[tokio::test]
async fn one_of_many_enters_the_next_phase() {
    let sample = Sample::new().await;
    let flow = sample.flow(&tenant("acme"));
    sample.ledger.insert_flow(&flow).await.unwrap();
    let results = race(|_| {
        let (ledger, from) = (sample.ledger.clone(), flow.clone());
        let to = next(&sample, &from, Phase::Away);
        async move { (ledger.advance_flow(&from, &to).await.unwrap(), to) }
    })
    .await;
    let winners: Vec<_> = results.into_iter().filter(|(won, _)| *won).collect();
    assert_eq!(winners.len(), 1);
    let winner = &winners[0].1;
    let found = sample
        .ledger
        .find_flow(&flow.tenant, Phase::Away, winner.lookup)
        .await
        .unwrap();
    assert_eq!(found.as_ref(), Some(winner));
}

#[tokio::test]
async fn a_walk_never_becomes_another() {
    let sample = Sample::new().await;
    let flow = sample.flow(&tenant("acme"));
    sample.ledger.insert_flow(&flow).await.unwrap();
    let mut stranger = next(&sample, &flow, Phase::Away);
    stranger.tenant = tenant("other");
    sample
        .ledger
        .advance_flow(&flow, &stranger)
        .await
        .unwrap_err();
    stranger.tenant = flow.tenant.clone();
    stranger.id = sample.id();
    sample
        .ledger
        .advance_flow(&flow, &stranger)
        .await
        .unwrap_err();
}

#[tokio::test]
async fn a_credential_is_burnt_once_for_its_tenant_and_issuer() {
    let sample = Sample::new().await;
    let (acme, id, until) = (tenant("acme"), sample.digest(), UnixMillis(START + 10));
    let results = race(|_| {
        let (ledger, acme) = (sample.ledger.clone(), acme.clone());
        async move {
            ledger
                .burn_credential(&acme, "issuer", id, until)
                .await
                .unwrap()
        }
    })
    .await;
    assert_eq!(results.iter().filter(|&&first| first).count(), 1);
    assert!(
        sample
            .ledger
            .burn_credential(&acme, "another", id, until)
            .await
            .unwrap()
    );
    assert!(
        sample
            .ledger
            .burn_credential(&tenant("other"), "issuer", id, until)
            .await
            .unwrap()
    );
    // Only what has expired is forgotten.
    sample.ledger.purge_flows(until).await.unwrap();
    assert!(
        !sample
            .ledger
            .burn_credential(&acme, "issuer", id, until)
            .await
            .unwrap()
    );
    sample
        .ledger
        .purge_flows(UnixMillis(START + 11))
        .await
        .unwrap();
    assert!(
        sample
            .ledger
            .burn_credential(&acme, "issuer", id, until)
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn only_expired_walks_are_erased() {
    let sample = Sample::new().await;
    let (mut old, young) = (sample.flow(&tenant("acme")), sample.flow(&tenant("acme")));
    old.expires_at = UnixMillis(START);
    sample.ledger.insert_flow(&old).await.unwrap();
    sample.ledger.insert_flow(&young).await.unwrap();
    assert_eq!(
        sample.ledger.purge_flows(UnixMillis(START)).await.unwrap(),
        0
    );
    assert_eq!(
        sample
            .ledger
            .purge_flows(UnixMillis(START + 1))
            .await
            .unwrap(),
        1
    );
    let find = |flow: &FlowRow| {
        let (tenant, lookup) = (flow.tenant.clone(), flow.lookup);
        let ledger = sample.ledger.clone();
        async move {
            ledger
                .find_flow(&tenant, Phase::Started, lookup)
                .await
                .unwrap()
        }
    };
    assert_eq!(find(&old).await, None);
    assert_eq!(find(&young).await, Some(young));
    // One that is still being confirmed holds tokens, and is cleaned up first.
    let mut confirming = sample.flow(&tenant("acme"));
    confirming.phase = Phase::Confirming;
    confirming.expires_at = UnixMillis(START);
    sample.ledger.insert_flow(&confirming).await.unwrap();
    let purged = sample.ledger.purge_flows(UnixMillis(START + 1)).await;
    assert_eq!(purged.unwrap(), 0);
}

#[tokio::test]
async fn what_was_sealed_is_gone_from_the_disk_after_a_purge() {
    let sample = Sample::new().await;
    let marker = b"sealed-bytes-that-must-not-stay-on-disk";
    let on_disk = || {
        std::fs::read_dir(sample.folder().join("data"))
            .unwrap()
            .any(|file| {
                let bytes = std::fs::read(file.unwrap().path()).unwrap();
                bytes.windows(marker.len()).any(|window| window == marker)
            })
    };
    let mut flow = sample.flow(&tenant("acme"));
    flow.sealed = Some(marker.repeat(200));
    sample.ledger.insert_flow(&flow).await.unwrap();
    assert!(on_disk());
    let mut to = next(&sample, &flow, Phase::Away);
    to.sealed = None;
    assert!(sample.ledger.advance_flow(&flow, &to).await.unwrap());
    sample.ledger.purge_flows(UnixMillis(START)).await.unwrap();
    assert!(!on_disk());
}

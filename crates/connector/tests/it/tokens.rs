//! Tokens: refreshed once, never lost, dead only for a reason.

use std::time::Duration;

use ownhand_connector::{Caller, Error, ledger::RelinkReason};
use ownhand_testkit::{JANE, World};
use serde_json::json;

/// Sends something: every send needs a living token.
async fn send(world: &World, caller: &Caller, key: &str) -> Result<(), Error> {
    let definition = json!({
        "emailSubject": "Please sign",
        "documents": [{ "hostDocument": "nda.pdf" }],
        "recipients": { "signers": [{ "recipientId": "1", "name": "S", "email": "s@x.example" }] }
    });
    world
        .connector
        .send(caller, key, None, definition)
        .await
        .map(drop)
}

async fn linked() -> (World, Caller) {
    let world = World::new().await;
    world.documents.put("nda.pdf", &b"%PDF-1.4 small"[..]);
    world.link("jane", JANE).await.unwrap();
    let caller = world.caller("jane").await;
    (world, caller)
}

async fn refreshes(world: &World) -> usize {
    // The first call redeemed the code.
    world.docusign.calls("POST", "/oauth/token").await.len() - 1
}

/// How long after an unknown outcome the one repeat is made.
const REPEAT: Duration = Duration::from_secs(30);
const NINE_HOURS: Duration = Duration::from_hours(9);

#[tokio::test]
async fn callers_of_an_expired_token_share_one_refresh() {
    let (world, caller) = linked().await;
    world.clock.advance(NINE_HOURS);
    let sends = (0..20).map(|n| {
        let (world, caller) = (&world, caller.clone());
        async move { send(world, &caller, &format!("key-{n}")).await }
    });
    for result in futures_util::future::join_all(sends).await {
        result.unwrap();
    }
    assert_eq!(refreshes(&world).await, 1);
}

#[tokio::test]
async fn the_new_refresh_token_survives_a_restart() {
    let (mut world, caller) = linked().await;
    for round in 0..3 {
        world.clock.advance(NINE_HOURS);
        send(&world, &caller, &format!("key-{round}"))
            .await
            .unwrap();
        world.restart();
    }
    assert_eq!(refreshes(&world).await, 3);
}

#[tokio::test]
async fn a_withdrawn_consent_kills_the_link_when_a_secret_is_known_to_work() {
    let (world, caller) = linked().await;
    world.docusign.revoke_consent(JANE).await;
    world.clock.advance(Duration::from_mins(59));
    send(&world, &caller, "key-1").await.unwrap();
    // The access token is dying, and the secret worked 59 minutes ago when the code was redeemed.
    world
        .docusign
        .switches(json!({ "access_token_seconds": 1 }))
        .await;
    let me = world.connector.me(&caller).await.unwrap();
    assert_eq!(
        me.link.unwrap().state,
        "active",
        "an access token lives on after the consent is withdrawn"
    );
    world.link("sam", ownhand_testkit::SAM).await.unwrap();
    world.clock.advance(NINE_HOURS);
    world.link("sam", ownhand_testkit::SAM).await.unwrap();
    let error = send(&world, &caller, "key-2").await.unwrap_err();
    assert!(
        matches!(error, Error::NeedsRelink(RelinkReason::RefreshRefused)),
        "{error:?}"
    );
    let error = send(&world, &caller, "key-3").await.unwrap_err();
    assert!(
        matches!(error, Error::NeedsRelink(RelinkReason::RefreshRefused)),
        "{error:?}"
    );
    world.link("jane", JANE).await.unwrap();
    send(&world, &caller, "key-4").await.unwrap();
}

#[tokio::test]
async fn a_wrong_client_secret_kills_no_link() {
    let (mut world, caller) = linked().await;
    world.restart_with_secrets(&["wrong"]);
    world.clock.advance(NINE_HOURS);
    for n in 0..3 {
        let error = send(&world, &caller, &format!("key-{n}"))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::TokenEndpoint(_)), "{error:?}");
        world.clock.advance(Duration::from_mins(20));
    }
    world.restart_with_secrets(&["wrong", "simulator-secret"]);
    send(&world, &caller, "key-4").await.unwrap();
}

#[tokio::test]
async fn a_lost_answer_is_repeated_once_and_nothing_is_lost_where_docusign_tolerates_it() {
    let (world, caller) = linked().await;
    world
        .docusign
        .switches(json!({ "old_refresh_token": "valid" }))
        .await;
    world
        .docusign
        .faults(json!([{ "path_contains": "/oauth/token", "action": { "kind": "drop_after" } }]))
        .await;
    world.clock.advance(NINE_HOURS);
    let error = send(&world, &caller, "key-1").await.unwrap_err();
    assert!(matches!(error, Error::TokenEndpoint(_)), "{error:?}");
    // However many ask meanwhile: the one repeat is not spent on the outage that swallowed the first answer.
    for n in 2..5 {
        let error = send(&world, &caller, &format!("key-{n}"))
            .await
            .unwrap_err();
        assert!(error.retry().flatten().is_some(), "{error:?}");
    }
    assert_eq!(refreshes(&world).await, 1);
    world.clock.advance(REPEAT);
    send(&world, &caller, "key-2").await.unwrap();
    assert_eq!(refreshes(&world).await, 2);
}

#[tokio::test]
async fn a_lost_answer_kills_exactly_the_link_where_docusign_kills_the_family() {
    let (world, caller) = linked().await;
    world
        .docusign
        .switches(json!({ "old_refresh_token": "kills_family" }))
        .await;
    world.clock.advance(NINE_HOURS);
    // The secret is known to work: another link refreshes with it.
    world.link("sam", ownhand_testkit::SAM).await.unwrap();
    world
        .docusign
        .faults(json!([{ "path_contains": "/oauth/token", "action": { "kind": "drop_after" } }]))
        .await;
    let error = send(&world, &caller, "key-1").await.unwrap_err();
    assert!(matches!(error, Error::TokenEndpoint(_)), "{error:?}");
    world.clock.advance(REPEAT);
    let error = send(&world, &caller, "key-2").await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::NeedsRelink(RelinkReason::RefreshOutcomeUnknown)
        ),
        "{error:?}"
    );
    let sam = world.caller("sam").await;
    send(&world, &sam, "key-1").await.unwrap();
}

#[tokio::test]
async fn a_token_endpoint_that_is_away_loses_nothing() {
    let (world, caller) = linked().await;
    world
        .docusign
        .faults(json!([{ "path_contains": "/oauth/token", "times": 2, "action": { "kind": "status", "status": 503 } }]))
        .await;
    world.clock.advance(NINE_HOURS);
    for n in 0..2 {
        let error = send(&world, &caller, &format!("key-{n}"))
            .await
            .unwrap_err();
        let wait = error.retry().flatten().unwrap();
        // Nobody asks the endpoint before the pause is over.
        let before = refreshes(&world).await;
        send(&world, &caller, "key-2").await.unwrap_err();
        assert_eq!(refreshes(&world).await, before);
        world.clock.advance(wait.max(Duration::from_secs(2)));
    }
    send(&world, &caller, "key-2").await.unwrap();
}

#[tokio::test]
async fn an_older_record_that_is_put_back_is_refused() {
    let (mut world, caller) = linked().await;
    let old = world.tokens.snapshot();
    world.clock.advance(NINE_HOURS);
    send(&world, &caller, "key-1").await.unwrap();
    world.tokens.restore(old);
    world.restart();
    let error = send(&world, &caller, "key-2").await.unwrap_err();
    assert_eq!(error.code(), "sealed_value_unreadable", "{error:?}");
}

#[tokio::test]
async fn a_record_that_is_gone_asks_for_a_new_link() {
    let (mut world, caller) = linked().await;
    world.tokens.restore(std::collections::BTreeMap::new());
    world.restart();
    let error = send(&world, &caller, "key-1").await.unwrap_err();
    assert!(
        matches!(error, Error::NeedsRelink(RelinkReason::TokensMissing)),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_dead_access_token_is_renewed_and_the_call_repeated() {
    let (world, caller) = linked().await;
    // DocuSign's time runs ahead of ours: to us the token is fresh, to them it is dead (contract 1.4).
    world.docusign.advance(NINE_HOURS).await;
    world.clock.advance(Duration::from_mins(2));
    send(&world, &caller, "key-1").await.unwrap();
    assert_eq!(refreshes(&world).await, 1);
}

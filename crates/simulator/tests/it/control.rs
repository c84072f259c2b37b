use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::world::{JANE, JANES, World, definition, read, signer};

#[tokio::test]
async fn the_journal_names_user_account_envelope_and_token_of_each_call() {
    let world = World::new().await;
    let token = world.access(JANE).await;
    let id = world
        .create(JANES, &token, &definition("created", &[]))
        .await;
    let call = world.rest(Method::GET, "10000001", &format!("/envelopes/{id}"), &token);
    read(call.header("x-docusign-act-as-user", "boss@acme.example")).await;
    let journal = world.look("journal").await;
    let entry = journal.last().unwrap();
    assert_eq!(entry["seq"], journal.len());
    assert_eq!(
        (entry["method"].as_str(), entry["status"].as_u64()),
        (Some("GET"), Some(200))
    );
    assert_eq!(entry["user_id"], "a1b6c1d0-0001-4000-8000-000000000001");
    assert_eq!(entry["account_id"], JANES, "resolved from the number");
    assert_eq!(entry["envelope_id"], id);
    assert_eq!(entry["token_fingerprint"].as_str().unwrap().len(), 12);
    assert_eq!(
        entry["headers"][0],
        json!(["x-docusign-act-as-user", "boss@acme.example"])
    );
    assert_eq!(
        journal[journal.len() - 2]["envelope_id"],
        id,
        "the create names what it made"
    );
    let exchange = journal
        .iter()
        .find(|entry| entry["path"] == "/oauth/token")
        .unwrap();
    assert_eq!(exchange["user_id"], entry["user_id"]);
    assert!(
        !journal
            .iter()
            .any(|entry| entry.to_string().contains(&token))
    );
}

#[tokio::test]
async fn the_control_api_needs_its_key_and_the_overview_does_not() {
    let world = World::new().await;
    for path in ["journal", "outbox", "envelopes", "switches"] {
        let url = world.url(&format!("/_simulator/{path}"));
        assert_eq!(read(world.client.get(&url)).await.0, 401);
        assert_eq!(
            read(world.client.get(&url).bearer_auth("guess")).await.0,
            401
        );
    }
    let token = world.access(JANE).await;
    world
        .create(JANES, &token, &definition("sent", &[signer(1, "Bob", 1)]))
        .await;
    let page = world
        .client
        .get(world.url("/_simulator/"))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(page.contains("Please sign the lease") && page.contains("/signing/"));
    assert!(!page.contains("/oauth/token"), "the journal needs the key");
    let key = world.running.control_key.expose_secret();
    let url = world.url(&format!("/_simulator/?key={key}"));
    assert!(
        world
            .client
            .get(url)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
            .contains("/oauth/token")
    );
}

#[tokio::test]
async fn faults_hit_the_call_they_name() {
    let world = World::new().await;
    let token = world.access(JANE).await;
    let rule = |nth: u32, action: serde_json::Value| json!({ "method": "POST", "path_contains": "/envelopes", "nth": nth, "action": action });
    let rules = json!([
        rule(1, json!({ "kind": "drop_before" })),
        rule(2, json!({ "kind": "drop_after" })),
        rule(
            3,
            json!({ "kind": "status", "status": 503, "error_code": "SERVICE_UNAVAILABLE" })
        ),
        rule(4, json!({ "kind": "delay", "ms": 1 })),
    ]);
    assert_eq!(world.control(Method::POST, "faults", &rules).await, 200);
    let call = || {
        world
            .rest(Method::POST, JANES, "/envelopes", &token)
            .json(&definition("created", &[]))
    };
    assert!(call().send().await.is_err());
    assert_eq!(
        world.look("envelopes").await.len(),
        0,
        "dropped before acting"
    );
    assert!(call().send().await.is_err());
    assert_eq!(
        world.look("envelopes").await.len(),
        1,
        "dropped after acting"
    );
    let (status, body) = read(call()).await;
    assert_eq!(
        (status, body["errorCode"].as_str()),
        (503, Some("SERVICE_UNAVAILABLE"))
    );
    assert_eq!(read(call()).await.0, 201);
    let faults: Vec<_> = world
        .look("journal")
        .await
        .into_iter()
        .map(|entry| entry["fault"].clone())
        .collect();
    assert_eq!(
        faults[faults.len() - 4..],
        ["drop_before", "drop_after", "status", "delay"]
    );
}

#[tokio::test]
async fn quotas_are_counted_and_enforced() {
    let world = World::new().await;
    let token = world.access(JANE).await;
    world
        .control(
            Method::PUT,
            "switches",
            &json!({ "hourly_limit": 2, "limit_status": 429 }),
        )
        .await;
    assert_eq!(world.get(JANES, "", &token).await.0, 200);
    assert_eq!(world.get(JANES, "", &token).await.0, 200);
    let (status, body) = world.get(JANES, "", &token).await;
    assert_eq!(
        (status, body["errorCode"].as_str()),
        (429, Some("HOURLY_APIINVOCATION_LIMIT_EXCEEDED"))
    );
    world
        .control(Method::POST, "clock", &json!({ "advance_seconds": 3600 }))
        .await;
    assert_eq!(world.get(JANES, "", &token).await.0, 200);
}

#[tokio::test]
async fn a_reset_forgets_everything_and_unknown_switches_are_refused() {
    let world = World::new().await;
    let token = world.access(JANE).await;
    world
        .create(JANES, &token, &definition("sent", &[signer(1, "Bob", 1)]))
        .await;
    assert_eq!(
        world
            .control(Method::PUT, "switches", &json!({ "colour": "red" }))
            .await,
        422
    );
    assert_eq!(
        world
            .control(Method::PUT, "switches", &json!({ "limit_status": 200 }))
            .await,
        422
    );
    assert_eq!(world.control(Method::POST, "reset", &json!({})).await, 204);
    for what in ["journal", "outbox", "envelopes", "deliveries"] {
        assert!(world.look(what).await.is_empty(), "{what}");
    }
    assert_eq!(world.get(JANES, "", &token).await.0, 401);
}

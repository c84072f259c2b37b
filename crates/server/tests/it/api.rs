//! The host app's API.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::json;

use crate::support::World;

fn with_bearer(method: &str, path: &str, bearer: &str) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(format!("/v1/tenants/acme/{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {bearer}"))
        .body(Body::empty())
        .unwrap()
}

#[tokio::test]
async fn a_session_serves_where_no_fresh_credential_is_needed() {
    let world = World::new().await;
    let opened = world.api("jane", "POST", "me/session", "").await;
    assert_eq!(opened.status, StatusCode::CREATED);
    assert_eq!(opened.header("cache-control"), "no-store");
    let session = opened.json();
    assert_eq!(session["token_type"], "Bearer");
    assert_eq!(session["expires_at"], "2026-11-23T12:15:00Z");
    let bearer = session["access_token"].as_str().unwrap();

    let me = world.call(with_bearer("GET", "me", bearer)).await;
    assert_eq!(me.status, StatusCode::OK);
    assert_eq!(me.json()["user"]["subject"], "jane");
    assert_eq!(me.json()["link"], json!(null));

    let link = world.call(with_bearer("POST", "me/link", bearer)).await;
    assert_eq!(link.problem(403), "fresh_credential_needed");
}

#[tokio::test]
async fn a_single_use_credential_opens_one_session() {
    let world = World::new().await;
    let first = world
        .call(with_bearer("POST", "me/session", "jane.1"))
        .await;
    assert_eq!(first.status, StatusCode::CREATED);
    let second = world
        .call(with_bearer("POST", "me/session", "jane.1"))
        .await;
    assert_eq!(second.problem(401), "credential_replayed");
    assert_eq!(second.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn callers_without_a_good_credential_are_told_so() {
    let world = World::new().await;
    let none = world.get("/v1/tenants/acme/me").await;
    assert_eq!(none.problem(401), "credential_missing");
    let bad = world.call(with_bearer("GET", "me", "nonsense")).await;
    assert_eq!(bad.problem(401), "credential_rejected");
    let elsewhere =
        Request::get("/v1/tenants/other/me").header(header::AUTHORIZATION, "Bearer jane.1");
    let elsewhere = world.call(elsewhere.body(Body::empty()).unwrap()).await;
    assert_eq!(elsewhere.problem(404), "unknown_tenant");
}

#[tokio::test]
async fn our_own_bodies_take_no_unknown_fields() {
    let world = World::new().await;
    let answer = world
        .api("jane", "POST", "me/link", r#"{"return_uri":"https://a"}"#)
        .await;
    assert_eq!(answer.problem(400), "invalid_request");
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    assert!(
        detail.contains("return_uri") && detail.contains("return_url"),
        "{detail}"
    );

    let missing = world.api("jane", "POST", "me/link/finish", "").await;
    assert_eq!(missing.problem(400), "invalid_request");
    let trailing = world.api("jane", "POST", "me/link", "{} {}").await;
    assert_eq!(trailing.problem(400), "invalid_request");
}

#[tokio::test]
async fn a_foreign_return_url_is_refused_and_ones_own_taken() {
    let world = World::new().await;
    let foreign = r#"{"return_url":"https://evil.example/"}"#;
    assert_eq!(
        world
            .api("jane", "POST", "me/link", foreign)
            .await
            .problem(400),
        "invalid_request"
    );
    let own = r#"{"return_url":"https://dms.acme.example/signatures?doc=7"}"#;
    let started = world.api("jane", "POST", "me/link", own).await;
    assert_eq!(started.status, StatusCode::CREATED);
    assert_eq!(started.json()["expires_at"], "2026-11-23T12:05:00Z");
}

#[tokio::test]
async fn a_send_needs_one_fit_idempotency_key() {
    let world = World::new().await;
    let too_long = "x".repeat(201);
    for key in [None, Some(""), Some("with space"), Some(too_long.as_str())] {
        let mut request = Request::post("/v1/tenants/acme/envelopes")
            .header(header::AUTHORIZATION, world.assertion("jane"))
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let answer = world.call(request.body(Body::from("{}")).unwrap()).await;
        assert_eq!(answer.problem(400), "invalid_request", "{key:?}");
        assert!(answer.body.contains("Idempotency-Key"), "{key:?}");
    }
}

#[tokio::test]
async fn who_is_not_linked_gets_a_start_url_that_works() {
    let world = World::new().await;
    let request = Request::post("/v1/tenants/acme/envelopes")
        .header(header::AUTHORIZATION, world.assertion("jane"))
        .header("idempotency-key", "k1")
        .header(header::CONTENT_TYPE, "application/json");
    let answer = world.call(request.body(Body::from("{}")).unwrap()).await;
    assert_eq!(answer.problem(409), "not_linked");
    let problem = answer.json();
    assert_eq!(problem["reason"], "not_linked");
    let start = crate::support::path_of(problem["start_url"].as_str().unwrap());
    assert_eq!(world.get(&start).await.status, StatusCode::OK);

    let accounts = world.api("jane", "GET", "me/accounts", "").await;
    assert_eq!(accounts.problem(409), "not_linked");
}

#[tokio::test]
async fn envelopes_are_listed_and_unknown_ones_are_unknown() {
    let world = World::new().await;
    let list = world.api("jane", "GET", "envelopes?limit=5", "").await;
    assert_eq!(
        (list.status, list.json()),
        (StatusCode::OK, json!({ "envelopes": [] }))
    );
    assert_eq!(
        world
            .api("jane", "GET", "envelopes?limit=many", "")
            .await
            .problem(400),
        "invalid_request"
    );
    assert_eq!(
        world
            .api("jane", "GET", "envelopes?befor=x", "")
            .await
            .problem(400),
        "invalid_request"
    );
    assert_eq!(
        world
            .api("jane", "GET", "envelopes/nothing", "")
            .await
            .problem(404),
        "envelope_unknown"
    );
}

#[tokio::test]
async fn health_tells_a_living_process_from_one_that_can_work() {
    let world = World::new().await;
    assert_eq!(world.get("/readyz").await.status, StatusCode::OK);
    world.ledger.close().await;
    assert_eq!(world.get("/healthz").await.status, StatusCode::OK);
    let ready = world.get("/readyz").await;
    assert_eq!(ready.problem(503), "ledger_unavailable");
    let me = world.api("jane", "GET", "me", "").await;
    assert_eq!(me.problem(503), "ledger_unavailable");
    assert_eq!(me.json()["retryable"], true);
    assert!(
        !me.body.contains("pool"),
        "a cause reached the caller: {}",
        me.body
    );
}

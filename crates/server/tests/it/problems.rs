//! What the HTTP library would answer in its own words is a problem too.

use axum::{
    body::Body,
    http::{Request, header},
};

use crate::support::World;

#[tokio::test]
async fn an_address_that_nothing_answers() {
    let world = World::new().await;
    assert_eq!(world.get("/v1/nothing").await.problem(404), "not_found");
    let browser = Request::get("/nothing").header(header::ACCEPT, "text/html,*/*;q=0.8");
    let page = world.call(browser.body(Body::empty()).unwrap()).await;
    assert_eq!(page.status, 404);
    assert!(page.body.contains("There is nothing here"));
}

#[tokio::test]
async fn a_method_that_the_address_does_not_take() {
    let world = World::new().await;
    let answer = world.api("jane", "PATCH", "me/link", "").await;
    assert_eq!(answer.problem(405), "method_not_allowed");
    assert_eq!(answer.header("allow"), "POST,DELETE");
    let hook = world.get("/hooks/docusign").await;
    assert_eq!(hook.problem(405), "method_not_allowed");
}

#[tokio::test]
async fn a_body_that_is_too_large() {
    let world = World::new().await;
    let large = format!(r#"{{"return_url":"{}"}}"#, "x".repeat(2000));
    assert_eq!(
        world
            .api("jane", "POST", "me/link", &large)
            .await
            .problem(413),
        "body_too_large"
    );
}

#[tokio::test]
async fn a_body_of_another_kind() {
    let world = World::new().await;
    let request = Request::post("/v1/tenants/acme/me/link")
        .header(header::AUTHORIZATION, world.assertion("jane"))
        .header(header::CONTENT_TYPE, "text/plain")
        .body(Body::from("{}"))
        .unwrap();
    assert_eq!(
        world.call(request).await.problem(415),
        "media_type_unsupported"
    );
}

#[tokio::test]
async fn a_caller_does_not_name_its_request() {
    let world = World::new().await;
    let request = Request::get("/healthz")
        .header("x-request-id", "mine")
        .body(Body::empty())
        .unwrap();
    let first = world.call(request).await;
    let second = world.get("/healthz").await;
    assert!(first.header("x-request-id").starts_with("req_"));
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
}

#[tokio::test]
async fn a_bug_is_a_problem_without_its_words() {
    let world = World::new().await;
    let answer = world.get("/link/broken/start/x").await;
    assert_eq!(answer.problem(500), "internal");
    assert!(!answer.body.contains("secret"), "{}", answer.body);
    assert_eq!(world.get("/healthz").await.status, 200);
}

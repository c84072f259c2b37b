//! DocuSign's events.

use aws_lc_rs::hmac;
use axum::{body::Body, http::Request};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::support::{ACCOUNT, CONNECT_KEY, World};

fn signature(body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, CONNECT_KEY.as_bytes());
    STANDARD.encode(hmac::sign(&key, body.as_bytes()))
}

fn event(signatures: &[&str], body: &str) -> Request<Body> {
    let mut request = Request::post("/hooks/docusign?tenant=acme");
    for (number, signature) in signatures.iter().enumerate() {
        request = request.header(format!("X-DocuSign-Signature-{}", number + 1), *signature);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

fn message() -> String {
    format!(
        r#"{{"event":"envelope-sent","generatedDateTime":"2026-11-23T12:00:00Z","data":{{"accountId":"{ACCOUNT}","envelopeId":"33333333-3333-4333-8333-333333333333"}}}}"#
    )
}

#[tokio::test]
async fn an_event_signed_by_one_of_the_keys_is_taken_without_a_word() {
    let world = World::new().await;
    let answer = world
        .call(event(&["AAAA", &signature(&message())], &message()))
        .await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, ""));
}

#[tokio::test]
async fn anything_else_is_refused() {
    let world = World::new().await;
    assert_eq!(
        world.call(event(&[], &message())).await.problem(401),
        "event_refused"
    );
    let forged = world.call(event(&[&signature("other")], &message())).await;
    assert_eq!(forged.problem(401), "event_refused");
    let no_tenant = Request::post("/hooks/docusign")
        .body(Body::empty())
        .unwrap();
    assert_eq!(world.call(no_tenant).await.problem(400), "invalid_request");
    let large = "x".repeat(4000);
    assert_eq!(
        world
            .call(event(&[&signature(&large)], &large))
            .await
            .problem(413),
        "body_too_large"
    );
}

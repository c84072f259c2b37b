use reqwest::Method;
use serde_json::json;

use crate::world::{JANE, JANES, KEY, SECRET, World, client, parameter, read};

#[tokio::test]
async fn old_refresh_tokens_follow_the_switch() {
    for (mode, old_works, new_works) in [
        ("valid", true, true),
        ("invalid", false, true),
        ("kills_family", false, false),
    ] {
        let world = World::new().await;
        assert_eq!(
            world
                .control(
                    Method::PUT,
                    "switches",
                    &json!({ "old_refresh_token": mode })
                )
                .await,
            200
        );
        let tokens = world.tokens(JANE).await;
        let old = tokens["refresh_token"].as_str().unwrap();
        let (status, fresh) = world
            .token_call(&[("grant_type", "refresh_token"), ("refresh_token", old)])
            .await;
        assert_eq!(status, 200, "{mode}");
        let new = fresh["refresh_token"].as_str().unwrap();
        assert_ne!(old, new);
        let (status, _) = world
            .token_call(&[("grant_type", "refresh_token"), ("refresh_token", old)])
            .await;
        assert_eq!(status == 200, old_works, "{mode}");
        let (status, _) = world
            .token_call(&[("grant_type", "refresh_token"), ("refresh_token", new)])
            .await;
        assert_eq!(status == 200, new_works, "{mode}");
    }
}

#[tokio::test]
async fn only_extended_makes_the_refresh_lifetime_slide() {
    let world = World::new().await;
    for (scope, alive) in [("signature", 400), ("signature extended", 200)] {
        let tokens = world.tokens_with(JANE, scope).await;
        let mut refresh = tokens["refresh_token"].as_str().unwrap().to_owned();
        let mut status = 0;
        for _ in 0..2 {
            world
                .control(
                    Method::POST,
                    "clock",
                    &json!({ "advance_seconds": 20 * 24 * 3600 }),
                )
                .await;
            let (now, body) = world
                .token_call(&[("grant_type", "refresh_token"), ("refresh_token", &refresh)])
                .await;
            status = now;
            body["refresh_token"]
                .as_str()
                .unwrap_or_default()
                .clone_into(&mut refresh);
        }
        assert_eq!(status, alive, "{scope}");
    }
}

#[tokio::test]
async fn clients_authenticate_by_header_or_body_and_a_wrong_secret_looks_like_a_dead_grant() {
    let world = World::new().await;
    let refresh = world.tokens(JANE).await["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let form = |secret: &'static str| {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &*refresh),
            ("client_id", KEY),
            ("client_secret", secret),
        ];
        world.client.post(world.url("/oauth/token")).form(&fields)
    };
    assert_eq!(
        read(form("wrong")).await,
        (400, json!({ "error": "invalid_grant" }))
    );
    assert_eq!(read(form(SECRET)).await.0, 200);
    let (status, body) = world.token_call(&[("grant_type", "password")]).await;
    assert_eq!(
        (status, body["error"].as_str()),
        (400, Some("unsupported_grant_type"))
    );
}

#[tokio::test]
async fn the_token_form_may_be_multipart() {
    let world = World::new().await;
    let refresh = world.tokens(JANE).await["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let part = |name: &str, value: &str| {
        format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = part("grant_type", "refresh_token") + &part("refresh_token", &refresh) + "--B--\r\n";
    let call = world
        .client
        .post(world.url("/oauth/token"))
        .basic_auth(KEY, Some(SECRET));
    assert_eq!(
        read(
            call.header("content-type", "multipart/form-data; boundary=B")
                .body(body)
        )
        .await
        .0,
        200
    );
}

#[tokio::test]
async fn revoked_consent_kills_refresh_but_not_access_and_expiry_kills_access() {
    let world = World::new().await;
    let tokens = world.tokens(JANE).await;
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(
        world
            .control(Method::POST, "consent/revoke", &json!({ "user": JANE.0 }))
            .await,
        204
    );
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let (status, body) = world
        .token_call(&[("grant_type", "refresh_token"), ("refresh_token", refresh)])
        .await;
    assert_eq!((status, body), (400, json!({ "error": "invalid_grant" })));
    assert_eq!(world.get(JANES, "", access).await.0, 200);

    world
        .control(Method::POST, "clock", &json!({ "advance_seconds": 28_801 }))
        .await;
    let (status, body) = world.get(JANES, "", access).await;
    assert_eq!(
        (status, body["errorCode"].as_str()),
        (401, Some("AUTHORIZATION_INVALID_TOKEN"))
    );
    let (status, body) = read(
        world
            .client
            .get(world.url("/oauth/userinfo"))
            .bearer_auth(access),
    )
    .await;
    assert_eq!(
        (status, body["error"].as_str()),
        (400, Some("internal_server_error"))
    );
}

#[tokio::test]
async fn a_code_expires_after_two_minutes() {
    let world = World::new().await;
    let back = world
        .walk(&client(), JANE, &[("scope", "signature")], "accept")
        .await;
    let code = parameter(&back, "code").unwrap();
    world
        .control(Method::POST, "clock", &json!({ "advance_seconds": 120 }))
        .await;
    let (status, body) = world
        .token_call(&[("grant_type", "authorization_code"), ("code", &code)])
        .await;
    let expected = json!({ "error": "invalid_grant", "error_description": "expired_client_token" });
    assert_eq!((status, body), (400, expected));
}

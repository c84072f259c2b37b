//! The pages' headers, cookies and refusals.

use axum::{
    body::Body,
    http::{Request, header},
};

use crate::support::{Answer, World};

#[track_caller]
fn has_page_headers(world: &World, answer: &Answer, tenant: bool) {
    let own = if tenant {
        " https://dms.acme.example"
    } else {
        ""
    };
    assert_eq!(
        answer.header("content-security-policy"),
        format!(
            "default-src 'none'; style-src 'self'; form-action 'self' {}{own}; frame-ancestors 'none'; base-uri 'none'",
            world.auth_origin
        )
    );
    assert_eq!(answer.header("x-frame-options"), "DENY");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(
        answer.header("strict-transport-security"),
        "max-age=63072000"
    );
}

#[tokio::test]
async fn every_page_is_kept_private_and_unframed() {
    let world = World::new().await;
    let start = world.start_path("jane").await;
    for (path, status, tenant) in [
        ("/", 200, false),
        (start.as_str(), 200, true),
        ("/link/acme/start/unknown", 410, true),
        ("/link/acme/again/unknown", 410, true),
        ("/link/acme/confirm/unknown", 410, true),
        ("/link/acme/done/unknown", 410, true),
        ("/oauth/callback", 410, false),
        ("/oauth/callback?state=acme.unknown&code=c", 410, false),
        ("/oauth/callback?state=other.unknown&code=c", 410, false),
        ("/oauth/callback?state=a&state=b", 400, false),
    ] {
        let answer = world.get(path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.body);
        assert_eq!(
            answer.header("content-type"),
            "text/html; charset=utf-8",
            "{path}"
        );
        has_page_headers(&world, &answer, tenant);
        assert!(
            !answer.body.contains("<script") && !answer.body.contains("style="),
            "{path}"
        );
    }
    let begun = world.form(&start, "", "").await;
    assert_eq!(begun.status, 303);
    has_page_headers(&world, &begun, true);
}

#[tokio::test]
async fn a_page_that_takes_no_such_method_is_a_page_still() {
    let world = World::new().await;
    let answer = world.form("/oauth/callback", "", "").await;
    assert_eq!(answer.status, 405);
    assert_eq!(answer.header("allow"), "GET,HEAD");
    has_page_headers(&world, &answer, false);
}

#[tokio::test]
async fn an_address_that_is_no_text_has_a_page_still() {
    let world = World::new().await;
    let answer = world.get("/link/%FF/start/x").await;
    assert_eq!(answer.status, 400);
    has_page_headers(&world, &answer, false);
}

#[tokio::test]
async fn an_unknown_tenant_has_a_page_without_origins() {
    let world = World::new().await;
    let answer = world.get("/link/other/start/x").await;
    assert_eq!(answer.status, 404);
    has_page_headers(&world, &answer, false);
}

#[tokio::test]
async fn the_stylesheet_comes_from_here() {
    let world = World::new().await;
    let style = world.get("/assets/ownhand.css").await;
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(style.header("x-content-type-options"), "nosniff");
    assert!(
        world
            .get("/")
            .await
            .body
            .contains(r#"href="/assets/ownhand.css""#)
    );
    assert!(!style.body.contains("url(") && !style.body.contains("@import"));
}

#[tokio::test]
async fn looking_at_a_start_page_does_not_use_it_up_and_beginning_does() {
    let world = World::new().await;
    let start = world.start_path("jane").await;
    let head = Request::head(&start).body(Body::empty()).unwrap();
    assert_eq!(world.call(head).await.status, 200);
    let page = world.get(&start).await;
    assert!(page.body.contains("Acme Legal") && page.body.contains("jane@acme.example"));

    let begun = world.form(&start, "", "").await;
    assert!(
        begun
            .location()
            .as_str()
            .starts_with(&format!("{}/oauth/auth?", world.auth_origin))
    );
    let cookie = begun.header("set-cookie");
    assert!(cookie.starts_with("__Host-ownhand-link="), "{cookie}");
    assert!(
        cookie.ends_with("; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax"),
        "{cookie}"
    );

    let again = world.form(&start, "", "").await;
    assert_eq!(again.status, 410);
    assert!(again.body.contains("This link no longer works"));
    assert!(again.body.contains(again.header("x-request-id")));
}

#[tokio::test]
async fn on_plain_loopback_the_cookie_has_no_prefix_and_https_is_not_forced() {
    let world = World::reached_by("http://127.0.0.1:8080").await;
    let start = world.start_path("jane").await;
    let begun = world.form(&start, "", "").await;
    let cookie = begun.header("set-cookie");
    assert!(
        cookie.starts_with("ownhand-link=") && !cookie.contains("Secure"),
        "{cookie}"
    );
    assert_eq!(begun.header("strict-transport-security"), "");
}

#[tokio::test]
async fn a_form_from_another_site_is_refused_and_uses_nothing_up() {
    let world = World::new().await;
    let start = world.start_path("jane").await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
    ] {
        let request = Request::post(&start)
            .header(name, value)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = world.call(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 403, "{name}");
        assert_eq!(answer.header("set-cookie"), "");
    }
    assert_eq!(world.form(&start, "", "").await.status, 303);
}

#[tokio::test]
async fn a_ledger_that_is_down_is_a_page_without_causes() {
    let world = World::new().await;
    let start = world.start_path("jane").await;
    world.ledger.close().await;
    let answer = world.get(&start).await;
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("Something went wrong on our side"));
    assert!(
        !answer.body.contains("ledger") && !answer.body.contains("pool"),
        "{}",
        answer.body
    );
}

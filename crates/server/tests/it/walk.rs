//! The walk through the link pages, as host app and browser take it.

use axum::http::StatusCode;
use serde_json::json;

use crate::support::{ACCOUNT, Answer, OTHER_ACCOUNT, World, path_of, query};

/// From the start page to the host app: the browser's cookie, and the handle.
async fn to_the_host_app(world: &World, user: &str) -> (String, String) {
    let start = world.start_path(user).await;
    let begun = world.form(&start, "", "").await;
    let cookie = begun.cookie();
    let state = query(&begun.location(), "state");
    let back = world
        .page(&format!("/oauth/callback?code=good&state={state}"), &cookie)
        .await;
    let finish = back.location();
    assert!(
        finish
            .as_str()
            .starts_with("https://dms.acme.example/docusign/finish?")
    );
    (cookie, query(&finish, "handle"))
}

async fn finish(world: &World, user: &str, handle: &str) -> Answer {
    world
        .api(
            user,
            "POST",
            "me/link/finish",
            &json!({ "handle": handle }).to_string(),
        )
        .await
}

/// All the way to the confirm page: the browser's cookie, and the page's path.
async fn to_the_confirm_page(world: &World, user: &str) -> (String, String) {
    let (cookie, handle) = to_the_host_app(world, user).await;
    let finished = finish(world, user, &handle).await;
    assert_eq!(finished.status, StatusCode::OK, "{}", finished.body);
    (
        cookie,
        path_of(finished.json()["confirm_url"].as_str().unwrap()),
    )
}

fn csrf(page: &Answer) -> String {
    let after = page.body.split(r#"name="csrf" value=""#).nth(1).unwrap();
    after.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_link_is_made_by_the_user_who_started_in_their_browser() {
    let world = World::new().await;
    let (cookie, confirm) = to_the_confirm_page(&world, "jane").await;

    let page = world.page(&confirm, &cookie).await;
    assert_eq!(page.status, 200, "{}", page.body);
    for shown in [
        "Jane at DocuSign",
        "jane@acme.example",
        "Acme Legal",
        "Acme Sales",
    ] {
        assert!(page.body.contains(shown), "{shown}");
    }
    let form = format!(
        "action=confirm&csrf={}&account_id={OTHER_ACCOUNT}",
        csrf(&page)
    );
    let done = world.form(&confirm, &cookie, &form).await.location();
    let done = world.page(done.path(), &cookie).await;
    assert_eq!(done.status, 200);
    assert!(done.body.contains("DocuSign is connected") && done.body.contains("Acme Sales"));

    let me = world.api("jane", "GET", "me", "").await.json();
    assert_eq!(me["link"]["state"], "active");
    let accounts = world.api("jane", "GET", "me/accounts", "").await.json();
    assert_eq!(accounts["default_account"], OTHER_ACCOUNT);
    assert_eq!(accounts["accounts"].as_array().unwrap().len(), 2);

    let other = json!({ "account_id": ACCOUNT }).to_string();
    let changed = world
        .api("jane", "PUT", "me/accounts/default", &other)
        .await;
    assert_eq!(
        (changed.status, changed.body.as_str()),
        (StatusCode::NO_CONTENT, "")
    );
    let foreign = world
        .api(
            "jane",
            "PUT",
            "me/accounts/default",
            r#"{"account_id":"x"}"#,
        )
        .await;
    assert_eq!(foreign.problem(403), "account_not_allowed");

    let removed = world.api("jane", "DELETE", "me/link", "").await;
    assert_eq!(removed.json()["was_linked"], true);
    assert_eq!(
        world.api("jane", "GET", "me", "").await.json()["link"],
        json!(null)
    );
}

#[tokio::test]
async fn another_user_can_not_finish() {
    let world = World::new().await;
    let (_, handle) = to_the_host_app(&world, "jane").await;
    assert_eq!(
        finish(&world, "mallory", &handle).await.problem(403),
        "link_wrong_user"
    );
}

#[tokio::test]
async fn a_handle_works_once() {
    let world = World::new().await;
    let (_, handle) = to_the_host_app(&world, "jane").await;
    assert_eq!(finish(&world, "jane", &handle).await.status, StatusCode::OK);
    assert_eq!(
        finish(&world, "jane", &handle).await.problem(410),
        "link_flow_gone"
    );
}

#[tokio::test]
async fn another_browser_gets_a_page_that_says_so() {
    let world = World::new().await;
    let (_, confirm) = to_the_confirm_page(&world, "jane").await;
    for cookie in ["", "__Host-ownhand-link=stolen", "ownhand-link=unprefixed"] {
        let page = world.page(&confirm, cookie).await;
        assert_eq!(page.status, 403, "{cookie}");
        assert!(page.body.contains("This page belongs to another browser"));
    }
}

#[tokio::test]
async fn a_form_without_the_pages_token_links_nothing() {
    let world = World::new().await;
    let (cookie, confirm) = to_the_confirm_page(&world, "jane").await;
    let form = format!("action=confirm&csrf=wrong&account_id={ACCOUNT}");
    let answer = world.form(&confirm, &cookie, &form).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
    let incomplete = world.form(&confirm, &cookie, "action=confirm").await;
    assert_eq!(incomplete.status, 400);
    assert_eq!(
        world.api("jane", "GET", "me", "").await.json()["link"],
        json!(null)
    );
}

#[tokio::test]
async fn the_user_can_leave_or_sign_in_as_somebody_else() {
    let world = World::new().await;
    let (cookie, confirm) = to_the_confirm_page(&world, "jane").await;
    let page = world.page(&confirm, &cookie).await;
    let another = format!("action=another&csrf={}", csrf(&page));
    let away = world.form(&confirm, &cookie, &another).await.location();
    assert!(away.as_str().contains("/oauth/auth?") && away.as_str().contains("prompt=login"));

    let (cookie, confirm) = to_the_confirm_page(&world, "jane").await;
    let page = world.page(&confirm, &cookie).await;
    let left = world
        .form(
            &confirm,
            &cookie,
            &format!("action=cancel&csrf={}", csrf(&page)),
        )
        .await;
    assert_eq!(left.status, 200);
    assert!(left.body.contains("Nothing was connected"));
    assert_eq!(world.page(&confirm, &cookie).await.status, 410);
}

#[tokio::test]
async fn who_refuses_at_docusign_is_told_what_to_do() {
    let world = World::new().await;
    let start = world.start_path("jane").await;
    let begun = world.form(&start, "", "").await;
    let state = query(&begun.location(), "state");
    let path = format!("/oauth/callback?error=access_denied&state={state}");
    let page = world.page(&path, &begun.cookie()).await;
    assert_eq!(page.status, 403);
    assert!(page.body.contains("DocuSign was not connected"));
}

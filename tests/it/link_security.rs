//! A link is only completed by the host user who started it, in the browser that began, once.

use reqwest::Method;
use serde_json::json;
use url::Url;
use xtask::world::{
    Browser, Form, HostApp,
    host_app::address,
    people::{JANE, OMAR},
    walk,
};

use crate::support::installation;

/// Goes as far as the host app's finish page; answers the browser and the handle.
async fn to_the_finish(host: &HostApp) -> (Browser, String) {
    let browser = Browser::open().unwrap();
    let start = host.start_link(&JANE).await.unwrap();
    let docusign = walk::begin(&browser, &start, &JANE).await.unwrap();
    let callback = walk::sign_in(&browser, &docusign, &JANE).await.unwrap();
    let handle = walk::come_back(&browser, &callback).await.unwrap();
    (browser, handle)
}

async fn is_not_linked(host: &HostApp) {
    for person in [&JANE, &OMAR] {
        let session = host.session(person).await.unwrap();
        let me = host.call(Method::GET, "me", &session, None).await.unwrap();
        assert!(me.expect(200).unwrap().json()["link"].is_null());
    }
}

#[tokio::test]
async fn looking_at_the_start_page_burns_nothing_and_its_form_works_once() {
    let (_folder, installation) = installation(Form::BuiltIn).await;
    let host = installation.host_app("acme").unwrap();
    let browser = Browser::open().unwrap();
    let start = host.start_link(&JANE).await.unwrap();
    for _ in 0..3 {
        browser.get(&start).await.unwrap().expect(200).unwrap();
    }
    browser
        .post(&start, &[])
        .await
        .unwrap()
        .expect(303)
        .unwrap();
    browser
        .post(&start, &[])
        .await
        .unwrap()
        .expect(410)
        .unwrap();
    browser.get(&start).await.unwrap().expect(410).unwrap();
}

#[tokio::test]
async fn a_callback_in_another_browser_ends_the_walk() {
    let (_folder, installation) = installation(Form::BuiltIn).await;
    let host = installation.host_app("acme").unwrap();
    let browser = Browser::open().unwrap();
    let start = host.start_link(&JANE).await.unwrap();
    let docusign = walk::begin(&browser, &start, &JANE).await.unwrap();
    let callback = walk::sign_in(&browser, &docusign, &JANE).await.unwrap();
    let other = Browser::open().unwrap();
    other.get(&callback).await.unwrap().expect(403).unwrap();
    browser.get(&callback).await.unwrap().expect(410).unwrap();
    is_not_linked(host).await;
}

#[tokio::test]
async fn another_user_cannot_finish_and_nobody_can_afterwards() {
    let (_folder, installation) = installation(Form::BuiltIn).await;
    let host = installation.host_app("acme").unwrap();
    let (_browser, handle) = to_the_finish(host).await;
    let refused = host.finish_link(&OMAR, &handle).await.unwrap();
    assert_eq!(refused.expect(403).unwrap().code(), "link_wrong_user");
    let gone = host.finish_link(&JANE, &handle).await.unwrap();
    gone.expect(410).unwrap();
    let journal = installation.simulator.journal().await.unwrap();
    assert!(
        journal.iter().all(|call| call["path"] != "/oauth/token"),
        "the code must not be redeemed"
    );
    is_not_linked(host).await;
}

#[tokio::test]
async fn the_confirm_page_needs_the_same_browser_and_its_csrf_token() {
    let (_folder, installation) = installation(Form::BuiltIn).await;
    let host = installation.host_app("acme").unwrap();
    let (browser, handle) = to_the_finish(host).await;
    let finished = host.finish_link(&JANE, &handle).await.unwrap();
    let confirm = address(&finished.expect(200).unwrap(), "confirm_url").unwrap();
    let other = Browser::open().unwrap();
    other.get(&confirm).await.unwrap().expect(403).unwrap();
    let page = browser.get(&confirm).await.unwrap().expect(200).unwrap();
    let account = page.field("account_id").unwrap();
    let forged = [
        ("csrf", "forged"),
        ("account_id", account.as_str()),
        ("action", "confirm"),
    ];
    browser
        .post(&confirm, &forged)
        .await
        .unwrap()
        .expect(403)
        .unwrap();
    is_not_linked(host).await;
    // A handle is good once.
    host.finish_link(&JANE, &handle)
        .await
        .unwrap()
        .expect(410)
        .unwrap();
    walk::confirm(&browser, &confirm, &JANE).await.unwrap();
}

#[tokio::test]
async fn an_assertion_is_burnt_by_its_first_use() {
    let (_folder, installation) = installation(Form::Libraries).await;
    let host = installation.host_app("acme").unwrap();
    let assertion = host.assertion(&JANE);
    let ask = |path: &'static str| {
        let assertion = assertion.clone();
        async move {
            let body = json!({});
            host.call(Method::POST, path, &assertion, Some(&body))
                .await
                .unwrap()
        }
    };
    ask("me/session").await.expect(201).unwrap();
    for path in ["me/session", "me/link"] {
        let answer = ask(path).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (401, "credential_replayed")
        );
    }
    let session = host.session(&JANE).await.unwrap();
    let link = host
        .call(Method::POST, "me/link", &session, Some(&json!({})))
        .await
        .unwrap();
    assert_eq!(link.expect(403).unwrap().code(), "fresh_credential_needed");
}

#[tokio::test]
async fn nothing_of_one_tenant_is_worth_anything_at_another() {
    let (_folder, installation) = installation(Form::Libraries).await;
    let acme = installation.host_app("acme").unwrap();
    let globex = installation.host_app("globex").unwrap();
    let session = acme.session(&JANE).await.unwrap();
    let assertion = acme.assertion(&JANE);
    for bearer in [&session, &assertion] {
        let answer = globex.call(Method::GET, "me", bearer, None).await.unwrap();
        assert_eq!(answer.code(), "credential_rejected", "{}", answer.text());
    }
    let start = acme.start_link(&JANE).await.unwrap();
    let elsewhere = Url::parse(&start.as_str().replace("/acme/", "/globex/")).unwrap();
    let browser = Browser::open().unwrap();
    browser.get(&elsewhere).await.unwrap().expect(410).unwrap();
    let (_browser, handle) = to_the_finish(acme).await;
    globex
        .finish_link(&JANE, &handle)
        .await
        .unwrap()
        .expect(410)
        .unwrap();
    let unknown = browser
        .get(&installation.at("/v1/tenants/nobody/me").unwrap())
        .await
        .unwrap();
    assert_eq!(unknown.status, 404, "{}", unknown.text());
}

#[tokio::test]
async fn refusing_the_consent_links_nothing() {
    let (_folder, installation) = installation(Form::BuiltIn).await;
    let host = installation.host_app("acme").unwrap();
    let browser = Browser::open().unwrap();
    let start = host.start_link(&JANE).await.unwrap();
    let docusign = walk::begin(&browser, &start, &JANE).await.unwrap();
    let login = browser.get(&docusign).await.unwrap();
    let request = login.field("request").unwrap();
    let fields = [
        ("request", request.as_str()),
        ("email", JANE.email),
        ("password", JANE.password),
    ];
    let consent = browser
        .post(&docusign.join("/oauth/login").unwrap(), &fields)
        .await
        .unwrap();
    let request = consent.expect(200).unwrap().field("request").unwrap();
    let fields = [("request", request.as_str()), ("decision", "deny")];
    let refused = browser
        .post(&docusign.join("/oauth/consent").unwrap(), &fields)
        .await
        .unwrap();
    let callback = refused.location().unwrap();
    browser.get(&callback).await.unwrap().expect(403).unwrap();
    is_not_linked(host).await;
}

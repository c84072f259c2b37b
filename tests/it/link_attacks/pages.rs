//! Forms from other sites, frames, and addresses that lead away.

use std::path::Path;

use ownhand_e2e::routes::{Route, routes};
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;
use xtask::world::{Answer, host_app::address, people::JANE};

use crate::scene::{HONEST, NOTHING, Scene, User, WRONG_BROWSER, form, parameter, seen};
use crate::table::Table;

/// The pages that take a form. A new one must be tried here too.
const FORMS: [&str; 2] = [
    "/link/{tenant}/confirm/{token}",
    "/link/{tenant}/start/{ticket}",
];
const CROSS_SITE: &str = "403 This form can’t be used";

#[tokio::test]
async fn forms_frames_and_addresses_of_others_are_refused() {
    Scene::play(async |scene| {
        let mut table = Table::new("link attacks over HTTP: pages and addresses");
        every_form_is_known();
        forms(scene, &mut table).await;
        confirm_forms(scene, &mut table).await;
        frames(scene, &mut table).await;
        return_urls(scene, &mut table).await;
        finish_urls(scene, &mut table).await;
        table.judge();
    })
    .await;
}

fn every_form_is_known() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let forms: Vec<_> = routes(&root)
        .unwrap()
        .into_iter()
        .filter(|Route { path, method }| method != "GET" && path.starts_with("/link/"))
        .map(|route| route.path)
        .collect();
    assert_eq!(forms, FORMS);
}

/// What browsers say of a form that lies on another site.
const FOREIGN: [&[(&str, &str)]; 5] = [
    &[
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.localhost"),
    ],
    &[
        ("sec-fetch-site", "same-site"),
        ("origin", "https://dms.localhost"),
    ],
    &[("sec-fetch-site", "none")],
    &[("origin", "https://evil.localhost")],
    &[("origin", "http://ownhand.localhost")],
];

async fn forms(scene: &Scene, table: &mut Table) {
    let case = "the start page's form from other sites; the ticket stays good";
    let expected = format!("{}; {HONEST}", [CROSS_SITE; FOREIGN.len()].join(", "));
    let act = async {
        let victim = scene.user(&JANE).await;
        let start = victim.start().await;
        let mut told = Vec::new();
        for headers in FOREIGN {
            let answer = victim
                .browser
                .post_with(&start, &[], headers)
                .await
                .unwrap();
            assert!(!answer.headers.contains_key("set-cookie"));
            told.push(seen(&answer));
        }
        let callback = victim.sign_in(&victim.begin(&start).await, &JANE).await;
        let confirm = victim.finish(&victim.back(&callback).await).await;
        victim
            .decide(&confirm, "confirm")
            .await
            .expect(303)
            .unwrap();
        vec![told.join(", ")]
    };
    scene.case(table, case, &expected, act).await;
}

async fn confirm_forms(scene: &Scene, table: &mut Table) {
    for action in ["confirm", "another", "cancel"] {
        let case = format!(
            "the confirm page's form, {action}: from other sites, and without the page's own token"
        );
        let expected = format!(
            "foreign {}; token none 400, empty {WRONG_BROWSER}, made up {WRONG_BROWSER}, of another walk {WRONG_BROWSER}; \
             by GET 200; {HONEST}",
            [CROSS_SITE; FOREIGN.len()].join(", ")
        )
        .replace("redeemed: jane", "redeemed: jane, jane");
        let act = async {
            let victim = scene.user(&JANE).await;
            let other = scene.user(&JANE).await;
            let foreign = other.pending().await;
            let foreign = other.open(&foreign).await.field("csrf").unwrap();
            let confirm = victim.pending().await;
            let page = victim.open(&confirm).await;
            let told = confirm_form(&victim, &confirm, &page, action, &foreign).await;
            victim
                .decide(&confirm, "confirm")
                .await
                .expect(303)
                .unwrap();
            told
        };
        scene.case(table, &case, &expected, act).await;
    }
}

async fn confirm_form(
    victim: &User,
    confirm: &Url,
    page: &Answer,
    action: &str,
    foreign: &str,
) -> Vec<String> {
    let own = form(page, action);
    let fields: Vec<_> = own.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let mut told = Vec::new();
    for headers in FOREIGN {
        let answer = victim.browser.post_with(confirm, &fields, headers).await;
        told.push(seen(&answer.unwrap()));
    }
    let without = victim.post(confirm, &fields[1..]).await.status;
    let mut tokens = Vec::new();
    for token in ["", "AAAAAAAAAAAAAAAAAAAAAA", foreign] {
        let forged = [("csrf", token), fields[1], fields[2]];
        tokens.push(seen(&victim.post(confirm, &forged).await));
    }
    let mut by_get = confirm.clone();
    by_get.query_pairs_mut().extend_pairs(&fields);
    vec![
        format!("foreign {}", told.join(", ")),
        format!(
            "token none {without}, empty {}, made up {}, of another walk {}",
            tokens[0], tokens[1], tokens[2]
        ),
        format!("by GET {}", victim.open(&by_get).await.status),
    ]
}

async fn frames(scene: &Scene, table: &mut Table) {
    let case = "no page may be framed, kept or sniffed, nor tell where it was: good ones, refusals, nothing";
    let expected = format!("7 pages, 0 without their headers; {HONEST}");
    let act = async {
        let victim = scene.user(&JANE).await;
        let start = victim.start().await;
        let mut pages = vec![victim.open(&start).await];
        let callback = victim.sign_in(&victim.begin(&start).await, &JANE).await;
        let confirm = victim.finish(&victim.back(&callback).await).await;
        pages.push(victim.open(&confirm).await);
        let done = victim.decide(&confirm, "confirm").await.location().unwrap();
        pages.push(victim.open(&done).await);
        pages.push(victim.open(&start).await);
        pages.push(victim.open(&callback).await);
        for path in ["/", "/nothing/here"] {
            pages.push(victim.open(&scene.installation.at(path).unwrap()).await);
        }
        let bare = pages.iter().filter(|page| !is_guarded(page)).count();
        vec![format!(
            "{} pages, {bare} without their headers",
            pages.len()
        )]
    };
    scene.case(table, case, &expected, act).await;
}

fn is_guarded(page: &Answer) -> bool {
    let says = |name: &str, words: &str| {
        let value = page.headers.get(name).and_then(|value| value.to_str().ok());
        value.is_some_and(|value| value.contains(words))
    };
    says("content-security-policy", "frame-ancestors 'none'")
        && says("content-security-policy", "default-src 'none'")
        && says("content-security-policy", "base-uri 'none'")
        && !says("content-security-policy", "unsafe")
        && says("x-frame-options", "DENY")
        && says("x-content-type-options", "nosniff")
        && says("referrer-policy", "no-referrer")
        && says("cache-control", "no-store")
        && says("strict-transport-security", "max-age=")
}

/// Starts a link for the victim with this body and these further headers.
async fn start(scene: &Scene, body: &Value, headers: &[(&str, &str)]) -> Answer {
    let host = scene.host();
    let assertion = host.assertion(&JANE);
    host.call_with(Method::POST, "me/link", &assertion, Some(body), headers)
        .await
        .unwrap()
}

async fn return_urls(scene: &Scene, table: &mut Table) {
    let origin = scene.host().origin.clone();
    let port = Url::parse(&origin).unwrap().port().unwrap();
    let tricks = [
        "https://evil.example/signatures".to_owned(),
        format!("{origin}@evil.example/signatures"),
        format!("https://dms.localhost:{port}.evil.example/signatures"),
        format!("https://dms.localhost.evil.example:{port}/signatures"),
        format!("https://evil.dms.localhost:{port}/signatures"),
        format!("https://user:word@dms.localhost:{port}/signatures"),
        format!("https://evil.example@dms.localhost:{port}/signatures"),
        format!("http://dms.localhost:{port}/signatures"),
        "https://dms.localhost/signatures".to_owned(),
        format!("{origin}/signatures/../connect"),
        format!("{origin}/signatures/%2e%2e/connect"),
        format!("{origin}/signaturesX"),
        format!("{origin}/SIGNATURES"),
        format!("{origin}\\@evil.example/signatures"),
        "//evil.example/signatures".to_owned(),
        "/signatures".to_owned(),
        "javascript:alert(1)".to_owned(),
        "data:text/html,x".to_owned(),
        String::new(),
        scene.elsewhere().origin.clone() + "/signatures",
    ];
    let case = "return URLs of elsewhere";
    let expected = format!("{} refused with invalid_request; {NOTHING}", tricks.len());
    let act = async {
        let mut refused = 0;
        for trick in &tricks {
            let body = json!({ "return_url": trick });
            let answer = start(scene, &body, &[]).await;
            assert!(!answer.text().contains("start_url"), "{trick}");
            refused +=
                usize::from((answer.status, answer.code().as_str()) == (400, "invalid_request"));
        }
        vec![format!("{refused} refused with invalid_request")]
    };
    scene.case(table, case, &expected, act).await;

    let case = "a return URL with a line break, and one with a query and a script: only the tenant's place, escaped";
    let expected = "clean: true; linked: jane as jane; redeemed: jane";
    let act = async {
        let victim = scene.user(&JANE).await;
        let marked_up =
            format!("{origin}/sign\natures?x=\"><script>alert(1)</script>\r\nset-cookie: a=b");
        let body = json!({ "return_url": marked_up });
        let answer = start(scene, &body, &[]).await;
        let start = address(&answer, "start_url").unwrap();
        let callback = victim.sign_in(&victim.begin(&start).await, &JANE).await;
        let confirm = victim.finish(&victim.back(&callback).await).await;
        let done = victim.decide(&confirm, "confirm").await.location().unwrap();
        let page = victim.open(&done).await.expect(200).unwrap();
        let text = page.text();
        let clean = !text.contains("<script") && !page.headers.contains_key("set-cookie");
        let leads = text.contains(&format!("href=\"{origin}/signatures?x="));
        vec![format!("clean: {}", clean && leads)]
    };
    scene.case(table, case, expected, act).await;
}

async fn finish_urls(scene: &Scene, table: &mut Table) {
    let case =
        "a callback with addresses of elsewhere in it: the browser goes to the tenant's finish URL";
    let expected = format!("303 to dms docusign/finish; {NOTHING}");
    let act = async {
        let victim = scene.user(&JANE).await;
        let mut callback = victim.called_back().await;
        callback
            .query_pairs_mut()
            .append_pair("finish_url", "https://evil.example/")
            .append_pair("return_url", "https://evil.example/")
            .append_pair("redirect_uri", "https://evil.example/")
            .append_pair("handle", "of-somebody-else");
        let answer = victim.open(&callback).await;
        let leads = answer.location().unwrap();
        assert_eq!(leads.origin().ascii_serialization(), scene.host().origin);
        assert_ne!(parameter(&leads, "handle"), "of-somebody-else");
        vec![seen(&answer)]
    };
    scene.case(table, case, &expected, act).await;

    let case = "a start with a finish URL, and with another host's name: refused, and the installation's own address";
    let expected = format!("400 invalid_request; own address: true; {NOTHING}");
    let act = async {
        let body = json!({ "finish_url": "https://evil.example/" });
        let refused = start(scene, &body, &[]).await;
        let names = [
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-proto", "http"),
            ("forwarded", "host=evil.example"),
            ("x-original-url", "/v1/tenants/globex/me/link"),
        ];
        let started = start(scene, &json!({}), &names).await;
        let start = address(&started, "start_url").unwrap();
        let own = start.origin() == scene.installation.public.origin();
        vec![seen(&refused), format!("own address: {own}")]
    };
    scene.case(table, case, &expected, act).await;
}

//! One-time values that come twice, or to another tenant.

use reqwest::Method;
use serde_json::json;
use url::Url;
use xtask::world::people::JANE;

use crate::scene::{GONE, HONEST, NOTHING, Scene, form, handle, seen, with_parameter};
use crate::table::Table;

#[tokio::test]
async fn one_time_values_work_once_and_at_their_tenant() {
    Scene::play(async |scene| {
        let mut table = Table::new("link attacks over HTTP: one-time values");
        replayed(scene, &mut table).await;
        assertions(scene, &mut table).await;
        other_tenant(scene, &mut table).await;
        table.judge();
    })
    .await;
}

async fn replayed(scene: &Scene, table: &mut Table) {
    let case = "a ticket twice, in the same browser and in another; the walk goes on";
    let expected = format!("{GONE}; elsewhere {GONE}; {HONEST}");
    let act = async {
        let (other, victim) = scene.attacker_and_victim().await;
        let start = victim.start().await;
        let docusign = victim.begin(&start).await;
        let again = victim.post(&start, &[]).await;
        let elsewhere = other.post(&start, &[]).await;
        let callback = victim.sign_in(&docusign, &JANE).await;
        let confirm = victim.finish(&victim.back(&callback).await).await;
        victim
            .decide(&confirm, "confirm")
            .await
            .expect(303)
            .unwrap();
        vec![seen(&again), format!("elsewhere {}", seen(&elsewhere))]
    };
    scene.case(table, case, &expected, act).await;

    let case = "a state twice, with the same code and with another; the walk goes on";
    let expected = format!("{GONE}; {GONE}; {HONEST}");
    let act = async {
        let victim = scene.user(&JANE).await;
        let callback = victim.called_back().await;
        let finish = victim.back(&callback).await;
        let again = victim.open(&callback).await;
        let other = with_parameter(&callback, "code", "eyJhbGciOiJub25lIn0.e30.");
        let with_other = victim.open(&other).await;
        let confirm = victim.finish(&finish).await;
        victim
            .decide(&confirm, "confirm")
            .await
            .expect(303)
            .unwrap();
        vec![seen(&again), seen(&with_other)]
    };
    scene.case(table, case, &expected, act).await;

    let case = "a handle twice; the walk goes on";
    let expected = format!("410 link_flow_gone; {HONEST}");
    let act = async {
        let victim = scene.user(&JANE).await;
        let finish = victim.returned().await;
        let confirm = victim.finish(&finish).await;
        let again = scene.host().finish_link(&JANE, &handle(&finish)).await;
        victim
            .decide(&confirm, "confirm")
            .await
            .expect(303)
            .unwrap();
        vec![seen(&again.unwrap())]
    };
    scene.case(table, case, &expected, act).await;

    let case = "values of no walk at all";
    let expected = format!("{GONE}; {GONE}; {GONE}; 410 link_flow_gone; {GONE}; {NOTHING}");
    let act = async {
        let victim = scene.user(&JANE).await;
        let mut told = Vec::new();
        for path in [
            "link/acme/start/AAAAAAAAAAAAAAAAAAAAAA",
            "link/acme/confirm/AAAAAAAAAAAAAAAAAAAAAA",
            "oauth/callback?state=acme.AAAAAAAAAAAAAAAAAAAAAA&code=c",
        ] {
            told.push(seen(
                &victim.open(&scene.installation.at(path).unwrap()).await,
            ));
        }
        told.push(seen(&scene.host().finish_link(&JANE, "").await.unwrap()));
        let nothing = scene.installation.at("oauth/callback").unwrap();
        told.push(seen(&victim.open(&nothing).await));
        told
    };
    scene.case(table, case, &expected, act).await;
}

async fn assertions(scene: &Scene, table: &mut Table) {
    let replayed = "401 credential_replayed";
    let case = "an assertion's jti twice: session, link start, link finish";
    let expected = format!("201; {replayed}; {replayed}; {replayed}; {NOTHING}");
    let act = async {
        let victim = scene.user(&JANE).await;
        let stolen = handle(&victim.returned().await);
        let assertion = scene.host().assertion(&JANE);
        let mut told = Vec::new();
        for path in ["me/session", "me/session", "me/link", "me/link/finish"] {
            let body = match path {
                "me/link/finish" => json!({ "handle": stolen }),
                _ => json!({}),
            };
            let host = scene.host();
            let answer = host.call(Method::POST, path, &assertion, Some(&body)).await;
            let answer = answer.unwrap();
            told.push(
                format!("{} {}", answer.status, answer.code())
                    .trim()
                    .to_owned(),
            );
        }
        told
    };
    scene.case(table, case, &expected, act).await;

    let case = "eight link starts at once with one assertion";
    let expected = format!("1 started, 7 refused; {NOTHING}");
    let act = async {
        let assertion = scene.host().assertion(&JANE);
        let body = json!({});
        let host = scene.host();
        let calls = (0..8).map(|_| host.call(Method::POST, "me/link", &assertion, Some(&body)));
        let answers = futures_util::future::join_all(calls).await;
        let with = |status| {
            let answers = answers.iter().map(|answer| answer.as_ref().unwrap());
            answers.filter(|answer| answer.status == status).count()
        };
        vec![format!("{} started, {} refused", with(201), with(401))]
    };
    scene.case(table, case, &expected, act).await;

    let rejected = "401 credential_rejected";
    let case = "assertions that are expired, not yet valid, for another audience, of another issuer, without expiry, signed by another key";
    let expected = format!("{}; {NOTHING}", [rejected; 6].join("; "));
    let act = async {
        let now = xtask::world::time::now();
        let host = scene.host();
        let assertions = [
            host.assertion_with(&JANE, &json!({ "iat": now - 1000, "exp": now - 600 })),
            host.assertion_with(&JANE, &json!({ "nbf": now + 600 })),
            host.assertion_with(&JANE, &json!({ "aud": "somebody-else" })),
            host.assertion_with(&JANE, &json!({ "iss": scene.elsewhere().origin })),
            host.assertion_with(&JANE, &json!({ "exp": null })),
            scene
                .elsewhere()
                .assertion_with(&JANE, &json!({ "iss": host.origin })),
        ];
        let mut told = Vec::new();
        for assertion in assertions {
            let body = json!({});
            let answer = host
                .call(Method::POST, "me/link", &assertion, Some(&body))
                .await;
            told.push(seen(&answer.unwrap()));
        }
        told
    };
    scene.case(table, case, &expected, act).await;
}

async fn other_tenant(scene: &Scene, table: &mut Table) {
    let case = "ticket, state, handle, page and assertion at another tenant; the walk goes on";
    let expected = format!(
        "ticket {GONE} / {GONE}; state {GONE}; handle 410 link_flow_gone; page {GONE} / {GONE}; \
         assertion 401 credential_rejected; {HONEST}"
    );
    let act = async {
        let victim = scene.user(&JANE).await;
        let moved = |url: &Url| Url::parse(&url.as_str().replace("/acme/", "/globex/")).unwrap();
        let start = victim.start().await;
        let elsewhere = moved(&start);
        let (looked, sent) = (
            victim.open(&elsewhere).await,
            victim.post(&elsewhere, &[]).await,
        );
        let callback = victim.sign_in(&victim.begin(&start).await, &JANE).await;
        let state = crate::scene::parameter(&callback, "state").replacen("acme", "globex", 1);
        let state = victim
            .open(&with_parameter(&callback, "state", &state))
            .await;
        let finish = victim.back(&callback).await;
        let globex = scene.elsewhere();
        let handle = globex.finish_link(&JANE, &handle(&finish)).await.unwrap();
        let confirm = victim.finish(&finish).await;
        let page = victim.open(&confirm).await;
        let fields = form(&page, "confirm");
        let fields: Vec<_> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let there = moved(&confirm);
        let (page, decided) = (
            victim.open(&there).await,
            victim.post(&there, &fields).await,
        );
        let assertion = scene.host().assertion(&JANE);
        let body = json!({});
        let assertion = globex
            .call(Method::POST, "me/link", &assertion, Some(&body))
            .await;
        victim
            .decide(&confirm, "confirm")
            .await
            .expect(303)
            .unwrap();
        vec![
            format!("ticket {} / {}", seen(&looked), seen(&sent)),
            format!("state {}", seen(&state)),
            format!("handle {}", seen(&handle)),
            format!("page {} / {}", seen(&page), seen(&decided)),
            format!("assertion {}", seen(&assertion.unwrap())),
        ]
    };
    scene.case(table, case, &expected, act).await;
}

//! The four attacks on a link walk: a foreign start URL, authorize URL, callback and handle.

use xtask::world::{
    host_app::address,
    people::{JANE, OMAR},
};

use crate::scene::{
    GONE, HONEST, NOTHING, Scene, WRONG_BROWSER, handle, parameter, seen, with_parameter,
};
use crate::table::Table;

#[tokio::test]
async fn the_four_attacks_link_nobody() {
    Scene::play(async |scene| {
        let mut table = Table::new("link attacks over HTTP");
        start_url(scene, &mut table).await;
        authorize_url(scene, &mut table).await;
        callback(scene, &mut table).await;
        handles(scene, &mut table).await;
        table.judge();
    })
    .await;
}

/// (a) The victim opens the attacker's start URL.
async fn start_url(scene: &Scene, table: &mut Table) {
    let expected = format!(
        "the page names Omar Haddad; the host app says link_wrong_user; afterwards link_flow_gone; {NOTHING}"
    );
    let case = "(a) the victim opens the attacker's start URL and walks to the end";
    let act = async {
        let (attacker, victim) = scene.attacker_and_victim().await;
        let start = attacker.start().await;
        let page = victim.open(&start).await.expect(200).unwrap().text();
        assert!(page.contains("Omar Haddad") && !page.contains("Jane Doe"));
        let docusign = victim.begin(&start).await;
        let callback = victim.sign_in(&docusign, &JANE).await;
        let finish = victim.back(&callback).await;
        let refused = victim.open(&finish).await;
        let late = scene.host().finish_link(&OMAR, &handle(&finish)).await;
        vec![
            "the page names Omar Haddad".to_owned(),
            format!("the host app says {}", host_app(&refused.text())),
            format!("afterwards {}", late.unwrap().code()),
        ]
    };
    scene.case(table, case, &expected, act).await;

    let expected = format!("at the attacker's: {WRONG_BROWSER}; linked: nobody; redeemed: jane");
    let case = "(a) the same, and the attacker finishes with the victim's handle";
    let act = async {
        let (attacker, victim) = scene.attacker_and_victim().await;
        let docusign = victim.begin(&attacker.start().await).await;
        let callback = victim.sign_in(&docusign, &JANE).await;
        let confirm = attacker.finish(&victim.back(&callback).await).await;
        vec![format!(
            "at the attacker's: {}",
            seen(&attacker.open(&confirm).await)
        )]
    };
    scene.case(table, case, &expected, act).await;

    let expected = "the page names Omar Haddad and jane.doe@acme.example, and warns; linked: nobody; redeemed: jane";
    let case =
        "(a) the same, and the victim is sent the confirm page: nothing happens without her click";
    let act = async {
        let (attacker, victim) = scene.attacker_and_victim().await;
        let docusign = victim.begin(&attacker.start().await).await;
        let callback = victim.sign_in(&docusign, &JANE).await;
        let confirm = attacker.finish(&victim.back(&callback).await).await;
        let page = victim.open(&confirm).await.expect(200).unwrap().text();
        let said = |words: &str| page.contains(words);
        let warned = said(OMAR.name) && said(JANE.email) && said("role=\"alert\"");
        let warns = if warned { ", and warns" } else { ": no" };
        vec![format!(
            "the page names {} and {}{warns}",
            OMAR.name, JANE.email
        )]
    };
    scene.case(table, case, expected, act).await;
}

/// (b) The victim opens the attacker's authorize URL.
async fn authorize_url(scene: &Scene, table: &mut Table) {
    let expected = format!("the victim: {WRONG_BROWSER}; the attacker: {GONE}; {NOTHING}");
    let case = "(b) the victim opens the attacker's authorize URL";
    let act = async {
        let (attacker, victim) = scene.attacker_and_victim().await;
        let docusign = attacker.away().await;
        let callback = victim.sign_in(&docusign, &JANE).await;
        let refused = victim.open(&callback).await;
        let late = attacker.open(&callback).await;
        vec![
            format!("the victim: {}", seen(&refused)),
            format!("the attacker: {}", seen(&late)),
        ]
    };
    scene.case(table, case, &expected, act).await;

    let expected = format!("{WRONG_BROWSER}; {HONEST}");
    let case = "(b) the same in the middle of the victim's own walk, which goes on";
    let act = async {
        let (attacker, victim) = scene.attacker_and_victim().await;
        let own = victim.away().await;
        let foreign = victim.sign_in(&attacker.away().await, &JANE).await;
        let refused = victim.open(&foreign).await;
        let callback = victim.sign_in(&own, &JANE).await;
        let confirm = victim.finish(&victim.back(&callback).await).await;
        let done = victim.decide(&confirm, "confirm").await;
        done.expect(303).unwrap();
        vec![seen(&refused)]
    };
    scene.case(table, case, &expected, act).await;
}

/// (c) The victim is sent the attacker's callback: the code, or the handle, of another walk.
async fn callback(scene: &Scene, table: &mut Table) {
    let expected = format!("the victim: {WRONG_BROWSER}; the attacker: {GONE}; {NOTHING}");
    let case = "(c) the victim is sent the attacker's callback";
    let act = async {
        let (attacker, victim) = scene.attacker_and_victim().await;
        let callback = attacker.called_back().await;
        let refused = victim.open(&callback).await;
        let late = attacker.open(&callback).await;
        vec![
            format!("the victim: {}", seen(&refused)),
            format!("the attacker: {}", seen(&late)),
        ]
    };
    scene.case(table, case, &expected, act).await;

    let expected = format!("{WRONG_BROWSER}; {HONEST}");
    let case = "(c) the same in the middle of the victim's own walk, which goes on";
    let act = async {
        let (attacker, victim) = scene.attacker_and_victim().await;
        let own = victim.called_back().await;
        let refused = victim.open(&attacker.called_back().await).await;
        let confirm = victim.finish(&victim.back(&own).await).await;
        let done = victim.decide(&confirm, "confirm").await;
        done.expect(303).unwrap();
        vec![seen(&refused)]
    };
    scene.case(table, case, &expected, act).await;

    let expected = "303 to ownhand again; linked: nobody; redeemed: refused";
    let case = "(c) the attacker's code with the victim's state";
    let act = async {
        let (attacker, victim) = scene.attacker_and_victim().await;
        let code = parameter(&attacker.called_back().await, "code");
        let mixed = with_parameter(&victim.called_back().await, "code", &code);
        let finish = victim.back(&mixed).await;
        vec![seen(&victim.open(&finish).await)]
    };
    scene.case(table, case, expected, act).await;

    let expected =
        format!("the host app says link_wrong_user; the attacker: link_flow_gone; {NOTHING}");
    let case = "(c) the victim's host session is sent the attacker's handle";
    let act = async {
        let (attacker, victim) = scene.attacker_and_victim().await;
        let finish = attacker.returned().await;
        let refused = victim.open(&finish).await;
        let late = attacker.open(&finish).await;
        vec![
            format!("the host app says {}", host_app(&refused.text())),
            format!("the attacker: {}", host_app(&late.text())),
        ]
    };
    scene.case(table, case, &expected, act).await;

    let expected = format!(
        "looking: {WRONG_BROWSER}; sending its form: {WRONG_BROWSER}; linked: nobody; redeemed: omar"
    );
    let case = "(c) the victim is sent the attacker's confirm page";
    let act = async {
        let (attacker, victim) = scene.attacker_and_victim().await;
        let confirm = attacker.pending().await;
        let page = attacker.open(&confirm).await;
        let looked = victim.open(&confirm).await;
        let form = crate::scene::form(&page, "confirm");
        let fields: Vec<_> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let sent = victim.post(&confirm, &fields).await;
        vec![
            format!("looking: {}", seen(&looked)),
            format!("sending its form: {}", seen(&sent)),
        ]
    };
    scene.case(table, case, &expected, act).await;
}

/// (d) The attacker finishes with a stolen handle, or the victim's host session finishes the attacker's walk.
async fn handles(scene: &Scene, table: &mut Table) {
    let expected = format!("the attacker: link_wrong_user; the victim: link_flow_gone; {NOTHING}");
    let case = "(d) the attacker finishes with the victim's handle";
    let act = async {
        let (attacker, victim) = scene.attacker_and_victim().await;
        let finish = victim.returned().await;
        let refused = attacker.open(&finish).await;
        let late = victim.open(&finish).await;
        vec![
            format!("the attacker: {}", host_app(&refused.text())),
            format!("the victim: {}", host_app(&late.text())),
        ]
    };
    scene.case(table, case, &expected, act).await;

    let expected = format!("403 link_wrong_user; {NOTHING}");
    let case = "(d) the same straight at the API, with an assertion of the attacker's own";
    let act = async {
        let victim = scene.user(&JANE).await;
        let stolen = handle(&victim.returned().await);
        let refused = scene.host().finish_link(&OMAR, &stolen).await.unwrap();
        vec![seen(&refused)]
    };
    scene.case(table, case, &expected, act).await;

    let expected = format!("the victim: {WRONG_BROWSER}; linked: nobody; redeemed: omar");
    let case =
        "(d) the attacker walks with the victim's start URL; the victim's host session finishes";
    let act = async {
        let (attacker, victim) = scene.attacker_and_victim().await;
        let docusign = attacker.begin(&victim.start().await).await;
        let callback = attacker.sign_in(&docusign, &OMAR).await;
        let finish = attacker.back(&callback).await;
        let finished = scene
            .host()
            .finish_link(&JANE, &handle(&finish))
            .await
            .unwrap();
        let confirm = address(&finished.expect(200).unwrap(), "confirm_url").unwrap();
        vec![format!(
            "the victim: {}",
            seen(&victim.open(&confirm).await)
        )]
    };
    scene.case(table, case, &expected, act).await;
}

/// The code of the problem that the host app's page tells of.
fn host_app(page: &str) -> String {
    page.split_once("\"code\":\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map_or_else(
            || format!("no refusal: {page}"),
            |(code, _)| code.to_owned(),
        )
}

//! The turns of a walk that browsers and people take: previews, the back button, tabs, other accounts.

use std::collections::BTreeSet;

use url::Url;
use xtask::world::{
    Answer,
    people::{JANE, OMAR},
};

use crate::scene::{GONE, HONEST, Scene, form, seen};
use crate::table::Table;

#[tokio::test]
async fn what_browsers_and_people_do_links_once_and_the_right_one() {
    Scene::play(async |scene| {
        let mut table = Table::new("link attacks over HTTP: turns of the walk");
        previews(scene, &mut table).await;
        clicks(scene, &mut table).await;
        tabs(scene, &mut table).await;
        switched(scene, &mut table).await;
        taken(scene, &mut table).await;
        table.judge();
    })
    .await;
}

async fn previews(scene: &Scene, table: &mut Table) {
    let case = "link previews fetch the start URL; the victim then walks";
    let expected = format!("200, 200, 200, no cookie; {HONEST}");
    let act = async {
        let victim = scene.user(&JANE).await;
        let start = victim.start().await;
        let preview = scene.installation.browser().unwrap();
        let looks = [
            preview.get(&start).await.unwrap(),
            preview.head(&start).await.unwrap(),
            scene
                .installation
                .browser()
                .unwrap()
                .get(&start)
                .await
                .unwrap(),
        ];
        let cookies = looks
            .iter()
            .any(|look| look.headers.contains_key("set-cookie"));
        let statuses: Vec<_> = looks.iter().map(|look| look.status.to_string()).collect();
        let callback = victim.sign_in(&victim.begin(&start).await, &JANE).await;
        let confirm = victim.finish(&victim.back(&callback).await).await;
        victim
            .decide(&confirm, "confirm")
            .await
            .expect(303)
            .unwrap();
        let cookies = if cookies { "a cookie" } else { "no cookie" };
        vec![format!("{}, {cookies}", statuses.join(", "))]
    };
    scene.case(table, case, &expected, act).await;
}

async fn clicks(scene: &Scene, table: &mut Table) {
    let case = "back to the start page after going on, then forward";
    let expected = format!("{GONE}; {GONE}; {HONEST}");
    let act = async {
        let victim = scene.user(&JANE).await;
        let start = victim.start().await;
        let docusign = victim.begin(&start).await;
        let back = victim.open(&start).await;
        let sent = victim.post(&start, &[]).await;
        let callback = victim.sign_in(&docusign, &JANE).await;
        let confirm = victim.finish(&victim.back(&callback).await).await;
        victim
            .decide(&confirm, "confirm")
            .await
            .expect(303)
            .unwrap();
        vec![seen(&back), seen(&sent)]
    };
    scene.case(table, case, &expected, act).await;

    let case = "back to the confirm page after the confirmation; both buttons";
    let expected = format!("303 to ownhand done; 303 to ownhand done; {GONE}; {HONEST}");
    let act = async {
        let victim = scene.user(&JANE).await;
        let confirm = victim.pending().await;
        let page = victim.open(&confirm).await;
        let send = async |action: &str| {
            let fields = form(&page, action);
            let fields: Vec<_> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
            victim.post(&confirm, &fields).await
        };
        send("confirm").await.expect(303).unwrap();
        let back = victim.open(&confirm).await;
        vec![
            seen(&back),
            seen(&send("confirm").await),
            seen(&send("cancel").await),
        ]
    };
    scene.case(table, case, &expected, act).await;

    let case = "double clicks: start, callback, confirm";
    let expected = format!(
        "303 to docusign oauth/auth and {GONE}; 303 to dms docusign/finish and {GONE}; confirmed; {HONEST}"
    );
    let act = async {
        let victim = scene.user(&JANE).await;
        let start = victim.start().await;
        let (one, two) = tokio::join!(victim.post(&start, &[]), victim.post(&start, &[]));
        let mut told = vec![both(&one, &two)];
        let docusign = either(&one, &two);
        let callback = victim.sign_in(&docusign, &JANE).await;
        let (one, two) = tokio::join!(victim.open(&callback), victim.open(&callback));
        told.push(both(&one, &two));
        let confirm = victim.finish(&either(&one, &two)).await;
        let (one, two) = tokio::join!(
            victim.decide(&confirm, "confirm"),
            victim.decide(&confirm, "confirm")
        );
        let done = either(&one, &two);
        victim.open(&done).await.expect(200).unwrap();
        told.push("confirmed".to_owned());
        told
    };
    scene.case(table, case, &expected, act).await;
}

/// Where the one leads that leads somewhere.
fn either(one: &Answer, two: &Answer) -> Url {
    let leads = [one, two].into_iter().find_map(|one| one.location().ok());
    leads.unwrap()
}

/// Two answers, in whatever order.
fn both(one: &Answer, two: &Answer) -> String {
    let answers: BTreeSet<_> = [seen(one), seen(two)].into();
    answers.into_iter().collect::<Vec<_>>().join(" and ")
}

async fn tabs(scene: &Scene, table: &mut Table) {
    let case = "two walks in two tabs of one browser: the earlier one comes back as well";
    let expected = format!("303 to dms docusign/finish; {HONEST}");
    let act = async {
        let victim = scene.user(&JANE).await;
        let (one, two) = (victim.away().await, victim.away().await);
        let earlier = victim.sign_in(&one, &JANE).await;
        let earlier = victim.open(&earlier).await;
        let later = victim.sign_in(&two, &JANE).await;
        let confirm = victim.finish(&victim.back(&later).await).await;
        victim
            .decide(&confirm, "confirm")
            .await
            .expect(303)
            .unwrap();
        vec![seen(&earlier)]
    };
    scene.case(table, case, &expected, act).await;
}

async fn switched(scene: &Scene, table: &mut Table) {
    let case = "another account at DocuSign between authorize and confirm: the page says so, and cancel ends it";
    let expected =
        "the page names omar and warns; 303 to dms signatures; linked: nobody; redeemed: omar";
    let act = async {
        let victim = scene.user(&JANE).await;
        let callback = victim.sign_in(&victim.away().await, &OMAR).await;
        let confirm = victim.finish(&victim.back(&callback).await).await;
        let page = victim.open(&confirm).await.text();
        let warns = page.contains(OMAR.email) && page.contains("role=\"alert\"");
        let warning = if warns { "warns" } else { "does not warn" };
        let cancelled = victim.decide(&confirm, "cancel").await;
        vec![
            format!("the page names omar and {warning}"),
            seen(&cancelled),
        ]
    };
    scene.case(table, case, expected, act).await;

    let case = "the same, and the user takes another account; then back to the first page";
    let expected = format!("asks for a login; {GONE}; linked: jane as jane; redeemed: omar, jane");
    let act = async {
        let victim = scene.user(&JANE).await;
        let callback = victim.sign_in(&victim.away().await, &OMAR).await;
        let first = victim.finish(&victim.back(&callback).await).await;
        let page = victim.open(&first).await;
        let docusign = victim.decide(&first, "another").await.location().unwrap();
        let login = docusign
            .query_pairs()
            .any(|(k, v)| k == "prompt" && v == "login");
        let callback = victim.sign_in(&docusign, &JANE).await;
        let confirm = victim.finish(&victim.back(&callback).await).await;
        let fields = form(&page, "confirm");
        let fields: Vec<_> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let stale = victim.post(&first, &fields).await;
        victim
            .decide(&confirm, "confirm")
            .await
            .expect(303)
            .unwrap();
        let asks = if login {
            "asks for a login"
        } else {
            "asks for no login"
        };
        vec![asks.to_owned(), seen(&stale)]
    };
    scene.case(table, case, &expected, act).await;

    let case = "a relink with another DocuSign user: the page names the one it replaces, and until then nothing changes";
    let expected =
        "the page names jane and omar and asks; linked: jane as jane; redeemed: jane, omar";
    let act = async {
        let victim = scene.user(&JANE).await;
        victim.link().await;
        // A browser without DocuSign's session of before.
        let other = scene.user(&JANE).await;
        let callback = other.sign_in(&other.away().await, &OMAR).await;
        let confirm = other.finish(&other.back(&callback).await).await;
        let page = other.open(&confirm).await.text();
        let asks = [
            JANE.email,
            OMAR.email,
            "This replaces another DocuSign user",
        ];
        let asks = asks.into_iter().all(|words| page.contains(words));
        let asking = if asks { "asks" } else { "does not ask" };
        vec![format!("the page names jane and omar and {asking}")]
    };
    scene.case(table, case, expected, act).await;
}

async fn taken(scene: &Scene, table: &mut Table) {
    let taken = "409 This DocuSign user is taken";
    let case = "one DocuSign user for two host users";
    let expected = format!("{taken}; {GONE}; linked: jane as jane; redeemed: jane, jane");
    let act = async {
        let (attacker, victim) = scene.attacker_and_victim().await;
        victim.link().await;
        let callback = attacker.sign_in(&attacker.away().await, &JANE).await;
        let confirm = attacker.finish(&attacker.back(&callback).await).await;
        let refused = attacker.decide(&confirm, "confirm").await;
        vec![seen(&refused), seen(&attacker.open(&confirm).await)]
    };
    scene.case(table, case, &expected, act).await;

    let case = "the same at once: one of them is linked";
    let expected = "303 to ownhand done and 409 This DocuSign user is taken; one link; linked: nobody; redeemed: jane, jane";
    let act = async {
        let (attacker, victim) = scene.attacker_and_victim().await;
        let callback = attacker.sign_in(&attacker.away().await, &JANE).await;
        let one = attacker.finish(&attacker.back(&callback).await).await;
        let two = victim.pending().await;
        let (one, two) = tokio::join!(
            attacker.decide(&one, "confirm"),
            victim.decide(&two, "confirm")
        );
        let told = both(&one, &two);
        let links = scene.links().await;
        let count = if links.contains(", ") || links == "nobody" {
            links
        } else {
            "one link".to_owned()
        };
        scene.unlink().await;
        vec![told, count]
    };
    scene.case(table, case, expected, act).await;
}

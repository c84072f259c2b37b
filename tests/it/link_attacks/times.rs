//! One-time values that come too late. Their ends are drawn near in the ledger: nobody waits in a test.

use sqlx::{Connection as _, SqliteConnection};
use xtask::world::people::JANE;

use crate::scene::{GONE, HONEST, NOTHING, Scene, User, form, handle, seen};
use crate::table::Table;

#[tokio::test]
async fn one_time_values_expire() {
    Scene::play(async |scene| {
        let mut table = Table::new("link attacks over HTTP: too late");
        let victim = scene.user(&JANE).await;
        ticket_and_state(scene, &victim, &mut table).await;
        handle_and_page(scene, &victim, &mut table).await;
        table.judge();
    })
    .await;
}

/// Every walk that is under way has run out of time.
async fn expire(scene: &Scene) {
    let file = scene.installation.folder.join("data/ledger.db");
    let mut ledger = SqliteConnection::connect(&format!("sqlite://{}", file.display()))
        .await
        .unwrap();
    let done = sqlx::query("UPDATE flows SET expires_at = created_at")
        .execute(&mut ledger)
        .await
        .unwrap();
    assert!(done.rows_affected() > 0, "there is no walk");
    ledger.close().await.unwrap();
}

async fn ticket_and_state(scene: &Scene, victim: &User, table: &mut Table) {
    let expected = format!("looking {GONE}; going on {GONE}; {NOTHING}");
    let act = async {
        let start = victim.start().await;
        expire(scene).await;
        let (looked, sent) = (victim.open(&start).await, victim.post(&start, &[]).await);
        vec![
            format!("looking {}", seen(&looked)),
            format!("going on {}", seen(&sent)),
        ]
    };
    scene.case(table, "an expired ticket", &expected, act).await;

    let expected = format!("{GONE}; {NOTHING}");
    let act = async {
        let callback = victim.called_back().await;
        expire(scene).await;
        vec![seen(&victim.open(&callback).await)]
    };
    scene.case(table, "an expired state", &expected, act).await;
}

async fn handle_and_page(scene: &Scene, victim: &User, table: &mut Table) {
    let expected = format!("410 link_flow_gone; {NOTHING}");
    let act = async {
        let finish = victim.returned().await;
        expire(scene).await;
        let finished = scene.host().finish_link(&JANE, &handle(&finish)).await;
        vec![seen(&finished.unwrap())]
    };
    scene.case(table, "an expired handle", &expected, act).await;

    let expected = format!("looking {GONE}; confirming {GONE}; linked: nobody; redeemed: jane");
    let act = async {
        let confirm = victim.pending().await;
        let page = victim.open(&confirm).await;
        expire(scene).await;
        let fields = form(&page, "confirm");
        let fields: Vec<_> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let (looked, sent) = (
            victim.open(&confirm).await,
            victim.post(&confirm, &fields).await,
        );
        vec![
            format!("looking {}", seen(&looked)),
            format!("confirming {}", seen(&sent)),
        ]
    };
    scene
        .case(table, "an expired confirm page", &expected, act)
        .await;

    let expected = format!("{GONE}; {HONEST}");
    let act = async {
        let confirm = victim.pending().await;
        let done = victim.decide(&confirm, "confirm").await.location().unwrap();
        expire(scene).await;
        vec![seen(&victim.open(&done).await)]
    };
    scene
        .case(table, "an expired done page", &expected, act)
        .await;
}

//! From the confirm page to the link: once, whatever is clicked and whatever breaks in between.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt as _;
use ownhand_connector::{
    Checkpoint, ConfirmForm, ConfirmPage, Error,
    ledger::{Digest, FlowStore as _, Phase},
};
use ownhand_spi::{ExposeSecret as _, SecretString, TenantId};
use ownhand_testkit::{JANE, SAM, World};

/// A walk that stands at the confirm page, and the answer that the page's form would send.
struct Asked {
    token: SecretString,
    browser: SecretString,
    csrf: SecretString,
    account: String,
}

impl Asked {
    async fn about(world: &World, subject: &str, user: ownhand_testkit::User) -> Self {
        let (token, browser) = world.up_to_confirm(subject, user).await.unwrap();
        let view = world.ask(&token, &browser).await.unwrap();
        Self {
            token,
            browser,
            csrf: view.csrf,
            account: view.preselected,
        }
    }

    async fn confirm(&self, world: &World) -> Result<SecretString, Error> {
        let form = ConfirmForm {
            csrf: self.csrf.clone(),
            account_id: self.account.clone(),
        };
        world
            .connector
            .confirm("acme", &self.token, Some(&self.browser), form)
            .await
    }

    /// Confirms, with the process gone at `at`.
    async fn confirm_until(&self, world: &mut World, at: Checkpoint) {
        world.tripwire.set(at);
        let ended = AssertUnwindSafe(self.confirm(world)).catch_unwind().await;
        assert!(ended.is_err(), "{} was not reached", at.name());
        world.restart();
    }
}

async fn linked_as(world: &World, subject: &str) -> Option<(String, &'static str)> {
    let me = world.connector.me(&world.caller(subject).await).await;
    me.unwrap()
        .link
        .map(|link| (link.docusign_email, link.state))
}

fn digest(value: &SecretString) -> Digest {
    let sum =
        aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, value.expose_secret().as_bytes());
    Digest(sum.as_ref().try_into().unwrap())
}

#[tokio::test]
async fn pending_tokens_are_erased_after_ten_minutes() {
    let world = World::new().await;
    let asked = Asked::about(&world, "jane", JANE).await;
    let acme = TenantId::new("acme").unwrap();
    let value = digest(&asked.token);
    let find = |phase| world.ledger.find_flow(&acme, phase, value);
    let pending = find(Phase::Pending).await.unwrap().unwrap();
    assert!(pending.sealed.is_some());
    world.clock.advance(Duration::from_mins(10));
    let late = asked.confirm(&world).await;
    assert!(matches!(late, Err(Error::FlowGone)), "{late:?}");
    world.connector.work_once().await.unwrap();
    assert!(find(Phase::Pending).await.unwrap().is_none());
    let dead = find(Phase::Dead).await.unwrap().unwrap();
    assert!(dead.sealed.is_none());
}

#[tokio::test]
async fn a_double_click_makes_one_link_and_leads_to_one_page() {
    let world = World::new().await;
    let asked = Asked::about(&world, "jane", JANE).await;
    let (first, second) = tokio::join!(asked.confirm(&world), asked.confirm(&world));
    assert_eq!(
        first.unwrap().expose_secret(),
        second.unwrap().expose_secret()
    );
    let found = linked_as(&world, "jane").await;
    assert_eq!(found, Some((JANE.email.to_owned(), "active")));
    assert_eq!(world.tokens.snapshot().len(), 1);
}

#[tokio::test]
async fn the_browser_that_comes_back_to_the_confirm_page_is_led_on() {
    let world = World::new().await;
    let asked = Asked::about(&world, "jane", JANE).await;
    let done = asked.confirm(&world).await.unwrap();
    let page = world
        .connector
        .view_confirm("acme", &asked.token, Some(&asked.browser))
        .await
        .unwrap();
    match page {
        ConfirmPage::Answered(to) => assert_eq!(to.expose_secret(), done.expose_secret()),
        ConfirmPage::Ask(view) => panic!("it asks again: {view:?}"),
    }
}

#[tokio::test]
async fn two_tabs_of_one_browser_both_reach_their_end() {
    let world = World::new().await;
    let mut walks = Vec::new();
    let mut browser = None;
    for _ in 0..2 {
        let caller = world.caller("jane").await;
        let started = world.connector.start_link(&caller, None).await.unwrap();
        let url = started.start_url.expose_secret().to_owned();
        let ticket = url.rsplit('/').next().unwrap().into();
        let begun = world
            .connector
            .begin("acme", &ticket, browser.clone())
            .await
            .unwrap();
        browser = Some(begun.browser);
        walks.push(begun.location);
    }
    let browser = browser.unwrap();
    for location in walks {
        let back = world.docusign.sign_in(location.expose_secret(), JANE).await;
        world.come_back(&back, &browser).await.unwrap();
    }
}

#[tokio::test]
async fn a_value_that_no_page_gave_out_is_not_taken_for_a_browsers() {
    let world = World::new().await;
    let caller = world.caller("jane").await;
    let started = world.connector.start_link(&caller, None).await.unwrap();
    let url = started.start_url.expose_secret().to_owned();
    let ticket = url.rsplit('/').next().unwrap().into();
    let begun = world
        .connector
        .begin("acme", &ticket, Some("guessable".into()))
        .await
        .unwrap();
    assert_ne!(begun.browser.expose_secret(), "guessable");
}

#[tokio::test]
async fn a_confirmation_that_was_interrupted_is_carried_on() {
    for at in [
        Checkpoint::LinkConfirming,
        Checkpoint::LinkStored,
        Checkpoint::LinkConcluded,
    ] {
        let mut world = World::new().await;
        let asked = Asked::about(&world, "jane", JANE).await;
        asked.confirm_until(&mut world, at).await;
        asked.confirm(&world).await.unwrap();
        let found = linked_as(&world, "jane").await;
        assert_eq!(
            found,
            Some((JANE.email.to_owned(), "active")),
            "{}",
            at.name()
        );
        assert_eq!(world.tokens.snapshot().len(), 1, "{}", at.name());
    }
}

#[tokio::test]
async fn a_confirmation_that_nobody_carries_on_leaves_no_tokens() {
    for at in [Checkpoint::LinkConfirming, Checkpoint::LinkStored] {
        let mut world = World::new().await;
        let asked = Asked::about(&world, "jane", JANE).await;
        asked.confirm_until(&mut world, at).await;
        world.clock.advance(Duration::from_mins(10));
        world.connector.work_once().await.unwrap();
        assert!(world.tokens.snapshot().is_empty(), "{}", at.name());
        assert_eq!(linked_as(&world, "jane").await, None, "{}", at.name());
        world.link("jane", JANE).await.unwrap();
    }
}

#[tokio::test]
async fn a_relink_that_was_interrupted_leaves_the_present_link_alone() {
    let mut world = World::new().await;
    world.link("jane", JANE).await.unwrap();
    let asked = Asked::about(&world, "jane", JANE).await;
    asked
        .confirm_until(&mut world, Checkpoint::LinkConfirming)
        .await;
    let found = linked_as(&world, "jane").await;
    assert_eq!(found, Some((JANE.email.to_owned(), "active")));
    world.clock.advance(Duration::from_mins(10));
    world.connector.work_once().await.unwrap();
    assert_eq!(world.tokens.snapshot().len(), 1);
}

#[tokio::test]
async fn relinking_as_somebody_else_leaves_one_record() {
    let world = World::new().await;
    world.link("jane", JANE).await.unwrap();
    let before: Vec<_> = world.tokens.snapshot().into_keys().collect();
    world.link("jane", SAM).await.unwrap();
    let after: Vec<_> = world.tokens.snapshot().into_keys().collect();
    assert_eq!(after.len(), 1);
    assert_ne!(before, after);
    let found = linked_as(&world, "jane").await;
    assert_eq!(found, Some((SAM.email.to_owned(), "active")));
}

#[tokio::test]
async fn a_relink_that_comes_to_nothing_leaves_the_present_link_working() {
    let mut world = World::new().await;
    world.link("jane", JANE).await.unwrap();
    let before = world.tokens.snapshot();
    let asked = Asked::about(&world, "jane", SAM).await;
    asked
        .confirm_until(&mut world, Checkpoint::LinkConfirming)
        .await;
    // Whoever else may be linked to Sam's account comes first.
    world.link("sam", SAM).await.unwrap();
    let taken = asked.confirm(&world).await;
    assert!(matches!(taken, Err(Error::LinkRefused(_))), "{taken:?}");
    let found = linked_as(&world, "jane").await;
    assert_eq!(found, Some((JANE.email.to_owned(), "active")));
    let after = world.tokens.snapshot();
    assert_eq!(after.len(), 2);
    assert!(before.keys().all(|key| after.contains_key(key)));
}

#[tokio::test]
async fn a_walk_that_another_one_has_overtaken_leads_nowhere() {
    let mut world = World::new().await;
    let asked = Asked::about(&world, "jane", JANE).await;
    asked
        .confirm_until(&mut world, Checkpoint::LinkConfirming)
        .await;
    world.link("jane", SAM).await.unwrap();
    let before = world.tokens.snapshot();
    let late = asked.confirm(&world).await;
    assert!(matches!(late, Err(Error::FlowGone)), "{late:?}");
    let found = linked_as(&world, "jane").await;
    assert_eq!(found, Some((SAM.email.to_owned(), "active")));
    assert_eq!(world.tokens.snapshot(), before);
}

#[tokio::test]
async fn a_walk_that_cannot_be_cleaned_up_holds_up_no_other() {
    let mut world = World::new().await;
    for (subject, user) in [("jane", JANE), ("sam", SAM)] {
        let asked = Asked::about(&world, subject, user).await;
        asked
            .confirm_until(&mut world, Checkpoint::LinkStored)
            .await;
    }
    assert_eq!(world.tokens.snapshot().len(), 2);
    world
        .tamper("UPDATE flows SET data = '{}' WHERE id = (SELECT MIN(id) FROM flows)")
        .await;
    world.clock.advance(Duration::from_mins(10));
    world.connector.work_once().await.unwrap();
    assert_eq!(world.tokens.snapshot().len(), 1);
}

//! The link walk: who may finish it, and with what.

use std::time::Duration;

use ownhand_connector::{CallbackQuery, ConfirmForm, Error, LinkRefusal};
use ownhand_spi::{ExposeSecret as _, SecretString};
use ownhand_testkit::{JANE, SAM, User, World};
use url::Url;

/// Walks up to DocuSign's door. Answers where the browser is sent and its cookie.
async fn begin(world: &World, subject: &str) -> (String, SecretString) {
    let started = world
        .connector
        .start_link(&world.caller(subject).await, None)
        .await
        .unwrap();
    let ticket = segment(&started.start_url);
    let begun = world.connector.begin("acme", &ticket, None).await.unwrap();
    (begun.location.expose_secret().to_owned(), begun.browser)
}

fn segment(url: &SecretString) -> SecretString {
    url.expose_secret().rsplit('/').next().unwrap().into()
}

/// The parameters of a redirect back.
fn query(back: &Url) -> CallbackQuery {
    let find = |name: &str| {
        back.query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    CallbackQuery {
        state: find("state").map(Into::into),
        code: find("code").map(Into::into),
        error: find("error"),
    }
}

const ALEX: User = User {
    email: "alex.admin@acme.example",
    password: "alex",
    account: "ac000000-0003-4000-8000-000000000003",
};

#[tokio::test]
async fn two_users_link_their_own_accounts() {
    let world = World::new().await;
    for (subject, user) in [("jane", JANE), ("sam", SAM)] {
        world.link(subject, user).await.unwrap();
        let link = world
            .connector
            .me(&world.caller(subject).await)
            .await
            .unwrap()
            .link
            .unwrap();
        assert_eq!(
            (link.docusign_email.as_str(), link.default_account.as_str()),
            (user.email, user.account)
        );
        assert_eq!(link.state, "active");
    }
}

#[tokio::test]
async fn looking_burns_no_ticket_and_beginning_burns_it() {
    let world = World::new().await;
    let started = world
        .connector
        .start_link(&world.caller("jane").await, None)
        .await
        .unwrap();
    let ticket = segment(&started.start_url);
    for _ in 0..3 {
        let view = world.connector.view_start("acme", &ticket).await.unwrap();
        assert_eq!(view.person.login.as_deref(), Some("jane"));
    }
    assert!(matches!(
        world.connector.view_start("other", &ticket).await,
        Err(Error::FlowGone)
    ));
    world.connector.begin("acme", &ticket, None).await.unwrap();
    assert!(matches!(
        world.connector.begin("acme", &ticket, None).await,
        Err(Error::FlowGone)
    ));
    assert!(matches!(
        world.connector.view_start("acme", &ticket).await,
        Err(Error::FlowGone)
    ));
}

#[tokio::test]
async fn an_expired_ticket_leads_nowhere() {
    let world = World::new().await;
    let started = world
        .connector
        .start_link(&world.caller("jane").await, None)
        .await
        .unwrap();
    world.clock.advance(Duration::from_mins(5));
    assert!(matches!(
        world
            .connector
            .begin("acme", &segment(&started.start_url), None)
            .await,
        Err(Error::FlowGone)
    ));
}

#[tokio::test]
async fn another_browser_ends_the_walk_and_no_code_is_redeemed() {
    let world = World::new().await;
    let (_, victims_browser) = begin(&world, "jane").await;
    for shown in [None, Some(&victims_browser)] {
        let (location, browser) = begin(&world, "mallory").await;
        let back = world.docusign.sign_in(&location, JANE).await;
        let come_back = |shown| world.connector.callback(query(&back), shown);
        let error = come_back(shown).await.unwrap_err();
        assert!(matches!(error, Error::WrongBrowser), "{error:?}");
        let error = come_back(Some(&browser)).await.unwrap_err();
        assert!(matches!(error, Error::FlowGone), "{error:?}");
    }
    assert!(
        world
            .docusign
            .calls("POST", "/oauth/token")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn only_the_user_who_started_may_finish() {
    let world = World::new().await;
    let (location, browser) = begin(&world, "mallory").await;
    let back = world.docusign.sign_in(&location, JANE).await;
    let handle = world.come_back(&back, &browser).await.unwrap();
    let error = world
        .connector
        .finish_link(&world.caller("jane").await, &handle)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::WrongUser), "{error:?}");
    let error = world
        .connector
        .finish_link(&world.caller("mallory").await, &handle)
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::FlowGone),
        "the walk is over for everybody: {error:?}"
    );
    assert!(
        world
            .docusign
            .calls("POST", "/oauth/token")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn state_and_handle_work_once() {
    let world = World::new().await;
    let (location, browser) = begin(&world, "jane").await;
    let back = world.docusign.sign_in(&location, JANE).await;
    let handle = world.come_back(&back, &browser).await.unwrap();
    assert!(matches!(
        world.come_back(&back, &browser).await,
        Err(Error::FlowGone)
    ));
    world
        .connector
        .finish_link(&world.caller("jane").await, &handle)
        .await
        .unwrap();
    let again = world
        .connector
        .finish_link(&world.caller("jane").await, &handle)
        .await;
    assert!(matches!(again, Err(Error::FlowGone)), "{again:?}");
}

#[tokio::test]
async fn a_refusal_at_docusign_ends_the_walk() {
    let world = World::new().await;
    let (location, browser) = begin(&world, "jane").await;
    let location = Url::parse(&location).unwrap();
    let state = location
        .query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1
        .into_owned();
    let refused = || CallbackQuery {
        state: Some(state.clone().into()),
        code: None,
        error: Some("access_denied".to_owned()),
    };
    assert!(matches!(
        world.connector.callback(refused(), Some(&browser)).await,
        Err(Error::ConsentRefused)
    ));
    assert!(matches!(
        world.connector.callback(refused(), Some(&browser)).await,
        Err(Error::FlowGone)
    ));
}

#[tokio::test]
async fn the_confirm_page_wants_its_browser_and_its_token() {
    let world = World::new().await;
    let (token, browser) = world.up_to_confirm("jane", JANE).await.unwrap();
    let other: SecretString = "another-browser".into();
    let view = |shown| world.connector.view_confirm("acme", &token, shown);
    assert!(matches!(view(None).await, Err(Error::WrongBrowser)));
    assert!(matches!(view(Some(&other)).await, Err(Error::WrongBrowser)));
    let page = world.ask(&token, &browser).await.unwrap();
    let form = |csrf: SecretString, account_id: &str| ConfirmForm {
        csrf,
        account_id: account_id.to_owned(),
    };
    let confirm = |form| {
        world
            .connector
            .confirm("acme", &token, Some(&browser), form)
    };
    assert!(matches!(
        confirm(form("".into(), JANE.account)).await,
        Err(Error::WrongBrowser)
    ));
    assert!(matches!(
        confirm(form("forged".into(), JANE.account)).await,
        Err(Error::WrongBrowser)
    ));
    let foreign = confirm(form(page.csrf.clone(), SAM.account)).await;
    assert!(
        matches!(foreign, Err(Error::AccountNotAllowed(_))),
        "{foreign:?}"
    );
    let first = confirm(form(page.csrf.clone(), JANE.account))
        .await
        .unwrap();
    let second = confirm(form(page.csrf, JANE.account)).await.unwrap();
    assert_eq!(
        first.expose_secret(),
        second.expose_secret(),
        "a double click leads to the same page"
    );
    let done = world
        .connector
        .view_done("acme", &token, Some(&browser))
        .await
        .unwrap();
    assert_eq!(done.docusign_email, JANE.email);
}

#[tokio::test]
async fn one_docusign_user_belongs_to_one_host_user() {
    let world = World::new().await;
    world.link("jane", JANE).await.unwrap();
    let error = world.link("mallory", JANE).await.unwrap_err();
    assert!(
        matches!(error, Error::LinkRefused(LinkRefusal::TakenByAnother)),
        "{error:?}"
    );
    assert!(
        world
            .connector
            .me(&world.caller("mallory").await)
            .await
            .unwrap()
            .link
            .is_none()
    );
}

#[tokio::test]
async fn an_account_that_is_not_allowed_is_not_offered() {
    let world = World::new().await;
    let (token, browser) = world.up_to_confirm("alex", ALEX).await.unwrap();
    let view = world.ask(&token, &browser).await.unwrap();
    let offered: Vec<_> = view
        .accounts
        .iter()
        .map(|account| account.account_id.as_str())
        .collect();
    assert_eq!(
        offered,
        [SAM.account],
        "the shared admin account is not on the tenant's list"
    );
}

#[tokio::test]
async fn relinking_as_somebody_else_is_said_on_the_page() {
    let world = World::new().await;
    world.link("jane", JANE).await.unwrap();
    let (token, browser) = world.up_to_confirm("jane", SAM).await.unwrap();
    let view = world.ask(&token, &browser).await.unwrap();
    assert_eq!(view.replaces.as_deref(), Some(JANE.email));
}

#[tokio::test]
async fn a_code_that_expired_after_a_proven_finish_starts_over_once() {
    let world = World::new().await;
    let (location, browser) = begin(&world, "jane").await;
    let back = world.docusign.sign_in(&location, JANE).await;
    let handle = world.come_back(&back, &browser).await.unwrap();
    world.docusign.advance(Duration::from_mins(3)).await;
    let finished = world
        .connector
        .finish_link(&world.caller("jane").await, &handle)
        .await
        .unwrap();
    assert!(finished.confirm_url.expose_secret().contains("/again/"));
    let token = segment(&finished.confirm_url);
    assert!(matches!(
        world.connector.again("acme", &token, None).await,
        Err(Error::WrongBrowser)
    ));
    let location = world
        .connector
        .again("acme", &token, Some(&browser))
        .await
        .unwrap();
    let back = world.docusign.sign_in(location.expose_secret(), JANE).await;
    let handle = world.come_back(&back, &browser).await.unwrap();
    world.docusign.advance(Duration::from_mins(3)).await;
    let error = world
        .connector
        .finish_link(&world.caller("jane").await, &handle)
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::FlowGone),
        "there is no third time: {error:?}"
    );
}

#[tokio::test]
async fn a_foreign_return_url_is_refused() {
    let world = World::new().await;
    for url in [
        "https://evil.example/signatures",
        "https://dms.acme.example.evil.example/signatures",
        "https://dms.acme.example@evil.example/signatures",
        "https://x@dms.acme.example/signatures",
        "https://dms.acme.example/elsewhere",
        "javascript:alert(1)",
        "//evil.example",
    ] {
        let error = world
            .connector
            .start_link(&world.caller("jane").await, Some(url))
            .await
            .unwrap_err();
        assert_eq!(error.code(), "invalid_request", "{url}");
    }
    let good = "https://dms.acme.example/signatures?folder=7";
    assert!(
        world
            .connector
            .start_link(&world.caller("jane").await, Some(good))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn unlinking_erases_the_tokens() {
    let world = World::new().await;
    world.link("jane", JANE).await.unwrap();
    assert_eq!(world.tokens.snapshot().len(), 1);
    let gone = world
        .connector
        .unlink(&world.caller("jane").await)
        .await
        .unwrap();
    assert!(gone.was_linked);
    assert!(world.tokens.snapshot().is_empty());
    assert!(
        world
            .connector
            .me(&world.caller("jane").await)
            .await
            .unwrap()
            .link
            .is_none()
    );
}

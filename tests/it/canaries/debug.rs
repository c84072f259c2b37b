//! The core in Debug: whatever a log line or a panic might print of it, in a walk of its own.

use std::fmt::Debug;

use ownhand_connector::{
    ConfirmForm, Proof,
    seal::{KeyRing, SealingKey},
};
use ownhand_docusign::{
    AccessToken, AuthorizationCode, ClientSecret, PkceVerifier, RefreshToken, connect::ConnectKey,
    oauth::TokenSet,
};
use ownhand_spi::{Credential, ExposeSecret as _, SecretString};
use ownhand_testkit::{JANE, World, assertion};
use secrecy::SecretBox;

use super::places::{Places, Secrets};
use crate::table::Table;

/// A secret that no other test and no library writes.
const CANARY: &str = "canary-5c1d0f7e9b3a4826-canary";

#[tokio::test]
async fn the_core_shows_no_secret_in_debug() {
    let (mut places, mut secrets) = (Places::default(), Secrets::default());
    single_values(&mut places);
    secrets.add("a secret in a type of its own", [CANARY], &[]);
    walk(&mut places, &mut secrets).await;
    let mut table = Table::new("canaries: the core in Debug");
    let (count, _) = places.size();
    table.row("values that were printed", "22", count.to_string());
    secrets.look(&places, &mut table);
    table.judge();
}

fn show(places: &mut Places, name: &str, value: &impl Debug) {
    places.add(name, format!("{value:?}\n{value:#?}"));
}

fn single_values(places: &mut Places) {
    show(places, "access token", &AccessToken::new(CANARY));
    show(places, "refresh token", &RefreshToken::new(CANARY));
    show(places, "code", &AuthorizationCode::new(CANARY));
    show(places, "verifier", &PkceVerifier::new(CANARY));
    show(places, "client secret", &ClientSecret::new(CANARY));
    show(places, "Connect key", &ConnectKey::new(CANARY));
    let tokens = TokenSet {
        access_token: AccessToken::new(CANARY),
        refresh_token: Some(RefreshToken::new(CANARY)),
        expires_in: None,
    };
    show(places, "token set", &tokens);
    let credential = Credential {
        scheme: "bearer".to_owned(),
        value: CANARY.into(),
    };
    show(places, "credential", &credential);
    let mut bytes = [0; 32];
    bytes[..CANARY.len()].copy_from_slice(CANARY.as_bytes());
    let sealing = || SealingKey {
        id: "k1".to_owned(),
        key: SecretBox::new(Box::new(bytes)),
    };
    show(places, "sealing key", &sealing());
    show(places, "key ring", &KeyRing::new(vec![sealing()]).unwrap());
}

async fn walk(places: &mut Places, secrets: &mut Secrets) {
    let world = World::new().await;
    let core = &world.connector;
    show(places, "connector", core);
    let header = assertion("jane");
    let caller = core
        .authenticate("acme", Some(&header), Proof::Fresh, "r")
        .await
        .unwrap();
    show(places, "caller", &caller);
    let replayed = core
        .authenticate("acme", Some(&header), Proof::Fresh, "r")
        .await;
    show(
        places,
        "a replayed credential's error",
        &replayed.unwrap_err(),
    );
    let session = core.open_session(&caller).unwrap();
    show(places, "session", &session);
    secrets.add("session", [session.bearer.expose_secret()], &[]);
    let started = core.start_link(&caller, None).await.unwrap();
    show(places, "started link", &started);
    let ticket = last(&started.start_url);
    let begun = core.begin("acme", &ticket, None).await.unwrap();
    show(places, "begun walk", &begun);
    secrets.add("ticket", [ticket.expose_secret()], &[]);
    secrets.add("browser cookie", [begun.browser.expose_secret()], &[]);
    let location = url::Url::parse(begun.location.expose_secret()).unwrap();
    secrets.add("state", [crate::scene::parameter(&location, "state")], &[]);
    let back = world
        .docusign
        .sign_in(begun.location.expose_secret(), JANE)
        .await;
    secrets.add("code", [crate::scene::parameter(&back, "code")], &[]);
    let handle = world.come_back(&back, &begun.browser).await.unwrap();
    secrets.add("handle", [handle.expose_secret()], &[]);
    let gone = world.come_back(&back, &begun.browser).await;
    show(places, "a replayed state's error", &gone.unwrap_err());
    let jane = world.caller("jane").await;
    let finished = core.finish_link(&jane, &handle).await.unwrap();
    show(places, "finished link", &finished);
    let token = last(&finished.confirm_url);
    secrets.add("confirm value", [token.expose_secret()], &[]);
    let browser = Some(&begun.browser);
    let page = core.view_confirm("acme", &token, browser).await.unwrap();
    show(places, "confirm page", &page);
    let view = world.ask(&token, &begun.browser).await.unwrap();
    secrets.add("CSRF token", [view.csrf.expose_secret()], &[]);
    let form = ConfirmForm {
        csrf: view.csrf,
        account_id: view.preselected,
    };
    show(places, "confirm form", &form);
    let done = core.confirm("acme", &token, browser, form).await.unwrap();
    show(places, "done", &done);
    show(places, "the world", &world);
}

/// The one-time value at the end of an address.
fn last(url: &SecretString) -> SecretString {
    let text = url.expose_secret();
    text.rsplit('/').next().unwrap_or_default().into()
}

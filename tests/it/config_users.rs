//! People whose DocuSign user is spelled out, by a claim that the identity mapper declares.

use std::fs;

use xtask::world::{
    Browser, Form, HostApp, Installation,
    people::{JANE, OMAR},
    time::until,
    walk,
};

use crate::{program::PATIENCE, support::installation};

/// Goes as far as the host app's proof; answers what Ownhand says to it.
async fn finished(host: &HostApp, browser: &Browser) -> xtask::world::Answer {
    let start = host.start_link(&JANE).await.unwrap();
    let docusign = walk::begin(browser, &start, &JANE).await.unwrap();
    let callback = walk::sign_in(browser, &docusign, &JANE).await.unwrap();
    let handle = walk::come_back(browser, &callback).await.unwrap();
    host.finish_link(&JANE, &handle).await.unwrap()
}

/// Gives the tenant's file an entry for the person whose badge is this one, and waits until it counts.
async fn map(installation: &Installation, text: &str, badge: &str, email: &str) {
    let heard = || {
        let log = installation.server_log();
        log.matches("the tenants' files were read anew").count()
    };
    let before = heard();
    let entry =
        format!("\n[[users]]\nclaims = {{ badge = \"{badge}\" }}\ndocusign_email = \"{email}\"\n");
    fs::write(installation.tenant_file("acme"), text.to_owned() + &entry).unwrap();
    until("the edit", PATIENCE, async || {
        Ok((heard() > before).then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_declared_claim_decides_who_may_link_what() {
    let (_folder, installation) = installation(Form::Libraries).await;
    let host = installation.host_app("acme").unwrap();
    let text = fs::read_to_string(installation.tenant_file("acme")).unwrap();
    // The host app's badge is the login of its JWT.
    let declared = text.replace(
        "audience = \"ownhand\"",
        "audience = \"ownhand\", claims = { badge = \"login\" }",
    );
    assert_ne!(declared, text);

    map(&installation, &declared, JANE.login, OMAR.email).await;
    let refused = finished(host, &Browser::open().unwrap()).await;
    assert_eq!(refused.code(), "link_email_differs", "{}", refused.text());

    // An entry for somebody else leaves Jane to the rule of the same e-mail address.
    map(&installation, &declared, OMAR.login, OMAR.email).await;
    finished(host, &Browser::open().unwrap())
        .await
        .expect(200)
        .unwrap();
    installation.stop().await.unwrap();
}

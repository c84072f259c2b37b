//! Tenants are read anew on SIGHUP; a bad edit changes nothing.

use std::{fs, time::Duration};

use xtask::world::{Browser, Form, Installation, people::JANE, time::until};

use crate::support::installation;

/// The name of the tenant that its pages show.
async fn shown(installation: &Installation) -> String {
    let start = installation
        .host_app("acme")
        .unwrap()
        .start_link(&JANE)
        .await
        .unwrap();
    let page = Browser::open().unwrap().get(&start).await.unwrap();
    page.expect(200).unwrap().text()
}

async fn logged(installation: &Installation, words: &str) {
    until(words, Duration::from_secs(10), async || {
        Ok(installation.server_log().contains(words).then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_good_edit_counts_and_a_bad_one_changes_nothing() {
    let (_folder, installation) = installation(Form::Libraries).await;
    let file = installation.tenant_file("acme");
    let text = fs::read_to_string(&file).unwrap();
    let named = |name: &str| {
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        let line = lines
            .iter_mut()
            .find(|line| line.starts_with("name = "))
            .unwrap();
        *line = format!("name = \"{name}\"");
        lines.join("\n")
    };
    fs::write(&file, named("Acme & Daughters")).unwrap();
    installation.ask_server_to_reload().unwrap();
    logged(&installation, "the tenants' files were read anew").await;
    assert!(shown(&installation).await.contains("Acme &#38; Daughters"));
    fs::write(&file, named("Nobody") + "\nrequire_same_emial = true\n").unwrap();
    installation.ask_server_to_reload().unwrap();
    logged(&installation, "the present one stays in force").await;
    logged(&installation, "require_same_emial").await;
    assert!(shown(&installation).await.contains("Acme &#38; Daughters"));
    installation.stop().await.unwrap();
}

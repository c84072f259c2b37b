//! The configuration is read anew on SIGHUP and when it is edited; a bad edit changes nothing, and nobody notices the exchange.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::Method;
use xtask::world::{Browser, Form, Installation, people::JANE, time::until};

use crate::{program::PATIENCE, support::installation};

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

/// Waits until the tenant's pages show a name.
async fn shows(installation: &Installation, name: &str) {
    until(name, PATIENCE, async || {
        Ok(shown(installation).await.contains(name).then_some(()))
    })
    .await
    .unwrap();
}

async fn logged(installation: &Installation, words: &str) {
    until(words, Duration::from_secs(10), async || {
        Ok(installation.server_log().contains(words).then_some(()))
    })
    .await
    .unwrap();
}

/// A tenant's file with another name.
fn named(text: &str, name: &str) -> String {
    let line = |line: &str| {
        if line.starts_with("name = \"{stem}") || !line.starts_with("name = ") {
            line.to_owned()
        } else {
            format!("name = \"{name}\"")
        }
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n") + "\n"
}

#[tokio::test]
async fn a_good_edit_counts_and_a_bad_one_changes_nothing() {
    let (_folder, installation) = installation(Form::Libraries).await;
    let file = installation.tenant_file("acme");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, named(&text, "Acme & Daughters")).unwrap();
    installation.ask_server_to_reload().unwrap();
    logged(&installation, "the tenants' files were read anew").await;
    assert!(shown(&installation).await.contains("Acme &#38; Daughters"));
    fs::write(
        &file,
        named(&text, "Nobody") + "\nrequire_same_emial = true\n",
    )
    .unwrap();
    installation.ask_server_to_reload().unwrap();
    logged(&installation, "the present one stays in force").await;
    logged(&installation, "require_same_emial").await;
    assert!(shown(&installation).await.contains("Acme &#38; Daughters"));
    installation.stop().await.unwrap();
}

#[tokio::test]
async fn good_and_bad_edits_under_load_disturb_nobody() {
    let (_folder, installation) = installation(Form::Libraries).await;
    let installation = Arc::new(installation);
    let session = installation
        .host_app("acme")
        .unwrap()
        .session(&JANE)
        .await
        .unwrap();
    let over = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicUsize::new(0));
    let callers: Vec<_> = (0..4)
        .map(|_| {
            let installation = Arc::clone(&installation);
            let (session, over) = (session.clone(), Arc::clone(&over));
            let answered = Arc::clone(&answered);
            tokio::spawn(async move {
                let host = installation.host_app("acme").unwrap();
                while !over.load(Ordering::Relaxed) {
                    let me = host.call(Method::GET, "me", &session, None).await.unwrap();
                    me.expect(200).unwrap();
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let file = installation.tenant_file("acme");
    let text = fs::read_to_string(&file).unwrap();
    for round in 0..4 {
        let before = answered.load(Ordering::Relaxed);
        // Nobody asks for it: the edit is enough.
        let good = format!("Acme, edition {round}");
        let beside = file.with_extension("toml.new");
        fs::write(&beside, named(&text, &good)).unwrap();
        fs::rename(&beside, &file).unwrap();
        shows(&installation, &good).await;
        let slip = format!("colour_{round} = \"red\"\n");
        let bad = match round % 2 {
            0 => named(&text, "Nobody") + &slip,
            // Only the plugin can tell.
            _ => named(&text, "Nobody").replace(
                "audience = \"ownhand\"",
                &format!("audience = \"ownhand\", colour_{round} = \"red\""),
            ),
        };
        fs::write(&file, bad).unwrap();
        logged(&installation, &format!("colour_{round}")).await;
        assert!(shown(&installation).await.contains(&good), "round {round}");
        assert!(answered.load(Ordering::Relaxed) > before);
    }
    over.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.await.unwrap();
    }
    let log = installation.server_log();
    assert!(!log.contains("panicked"), "{log}");
    let installation = Arc::into_inner(installation).expect("all callers have ended");
    installation.stop().await.unwrap();
}

#[tokio::test]
async fn what_counts_from_the_next_start_only_is_named() {
    let (_folder, installation) = installation(Form::BuiltIn).await;
    let operator = installation.configuration();
    let text = fs::read_to_string(&operator).unwrap();
    let edited = text.replace(
        "connect_keys = [{ file = \"secrets/connect-key\" }]",
        "connect_keys = []",
    ) + "\n[limits]\nsession_minutes = 5\n";
    assert_ne!(edited.len(), text.len());
    fs::write(&operator, edited).unwrap();
    logged(
        &installation,
        "have changed and count from the next start keys=\"docusign.connect_keys, limits\"",
    )
    .await;
    // A key that can't be used is refused like everything else, and the tenants stay as they are.
    let key = installation.folder.join("secrets/seal-k1.key");
    fs::write(&key, "no key\n").unwrap();
    logged(&installation, "sealing key `k1` is not 32 bytes in base64").await;
    logged(&installation, "the present one stays in force").await;
    assert!(shown(&installation).await.contains("Acme Legal"));
    installation.stop().await.unwrap();
}

#[tokio::test]
async fn folders_that_are_exchanged_are_followed() {
    let (_folder, installation) = installation(Form::BuiltIn).await;
    let file = installation.tenant_file("acme");
    let text = fs::read_to_string(&file).unwrap();
    let folder = file.parent().unwrap();
    // All files at once, as a deployment exchanges them.
    let new = installation.folder.join("tenants.new");
    fs::create_dir(&new).unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), new.join(entry.file_name())).unwrap();
    }
    fs::write(new.join("acme.toml"), named(&text, "Acme, deployed")).unwrap();
    fs::rename(folder, installation.folder.join("tenants.old")).unwrap();
    fs::rename(&new, folder).unwrap();
    shows(&installation, "Acme, deployed").await;
    // The folder that is there now is the one that is watched.
    fs::write(&file, named(&text, "Acme, edited")).unwrap();
    shows(&installation, "Acme, edited").await;

    // A tenant comes and goes without a restart.
    let globex = installation.tenant_file("globex");
    let other = fs::read_to_string(&globex).unwrap();
    let session = installation
        .host_app("globex")
        .unwrap()
        .session(&JANE)
        .await
        .unwrap();
    fs::remove_file(&globex).unwrap();
    let answers = async |status: u16| {
        until("the other tenant", PATIENCE, async || {
            let host = installation.host_app("globex").unwrap();
            let me = host.call(Method::GET, "me", &session, None).await.unwrap();
            Ok((me.status == status).then_some(()))
        })
        .await
        .unwrap();
    };
    answers(404).await;
    fs::write(&globex, other).unwrap();
    answers(200).await;
    installation.stop().await.unwrap();
}

//! Two people link, send, and get their signed documents back: with the adapters in both forms.

use std::collections::BTreeSet;

use reqwest::Method;
use url::Url;
use xtask::world::{
    Browser, Form,
    host_app::address,
    people::{ADMIN, JANE, OMAR},
    story, walk,
};

use crate::support::installation;

/// How every token of the simulator begins: `{"typ":"MT",` in base64.
const TOKEN: &str = "eyJ0eXAiOiJNVCIs";

async fn everybody_sends_under_their_own_hand(form: Form) {
    let (_folder, installation) = installation(form).await;
    let host = installation.host_app("acme").unwrap();
    let mut sent = Vec::new();
    for person in [&JANE, &OMAR] {
        let envelope = story::link_send_sign(&installation, host, person)
            .await
            .unwrap();
        assert_eq!(envelope.sender_email, person.email);
        assert_eq!(envelope.account_id, person.account);
        sent.push((person, envelope));
    }
    let accounts: BTreeSet<_> = sent.iter().map(|(_, sent)| &sent.account_id).collect();
    assert_eq!(accounts.len(), 2);
    let pairs: Vec<_> = sent
        .iter()
        .map(|(person, envelope)| (*person, envelope.id.as_str()))
        .collect();
    story::nobody_else_sent(&installation, &pairs)
        .await
        .unwrap();
    for (person, envelope) in &sent {
        let before = installation.document("acme", person.document);
        let signed = std::fs::read(&envelope.signed_copy).unwrap();
        assert!(signed.starts_with(b"%PDF"));
        assert_ne!(signed, std::fs::read(before).unwrap());
    }
    // Nobody sees another's envelope, and the administrator has no part in any.
    let session = host.session(&OMAR).await.unwrap();
    let janes = format!("envelopes/{}", sent[0].1.id);
    let answer = host
        .call(Method::GET, &janes, &session, None)
        .await
        .unwrap();
    assert_eq!(answer.code(), "envelope_unknown", "{}", answer.text());
    let journal = installation.simulator.journal().await.unwrap();
    assert!(
        journal
            .iter()
            .all(|call| call["user_id"] != ADMIN.docusign_user)
    );
    assert!(installation.stop().await.unwrap().success());
}

#[tokio::test]
async fn with_adapters_as_libraries() {
    everybody_sends_under_their_own_hand(Form::Libraries).await;
}

#[tokio::test]
async fn with_built_in_adapters() {
    everybody_sends_under_their_own_hand(Form::BuiltIn).await;
}

#[tokio::test]
async fn the_same_idempotency_key_sends_once() {
    let (_folder, installation) = installation(Form::BuiltIn).await;
    let host = installation.host_app("acme").unwrap();
    let browser = Browser::open().unwrap();
    walk::link(host, &browser, &JANE).await.unwrap();
    let session = host.session(&JANE).await.unwrap();
    let first = host
        .send(&JANE, &session, "one")
        .await
        .unwrap()
        .expect(201)
        .unwrap();
    let second = host.send(&JANE, &session, "one").await.unwrap();
    assert_eq!(second.json()["envelope_id"], first.json()["envelope_id"]);
    assert_eq!(installation.simulator.envelopes().await.unwrap().len(), 1);
}

#[tokio::test]
async fn nothing_secret_is_logged_or_stored_readably() {
    let (_folder, installation) = installation(Form::Libraries).await;
    let host = installation.host_app("acme").unwrap();
    let browser = Browser::open().unwrap();
    let start = host.start_link(&JANE).await.unwrap();
    let docusign = walk::begin(&browser, &start, &JANE).await.unwrap();
    let callback = walk::sign_in(&browser, &docusign, &JANE).await.unwrap();
    let handle = walk::come_back(&browser, &callback).await.unwrap();
    let finished = host.finish_link(&JANE, &handle).await.unwrap();
    let confirm = address(&finished, "confirm_url").unwrap();
    walk::confirm(&browser, &confirm, &JANE).await.unwrap();
    story::send_sign(&installation, host, &JANE).await.unwrap();

    let last = |url: &Url| url.path_segments().unwrap().next_back().unwrap().to_owned();
    let parameter = |name: &str| {
        let mut pairs = callback.query_pairs();
        pairs.find(|(key, _)| key == name).unwrap().1.into_owned()
    };
    let mut secrets = vec![
        last(&start),
        last(&confirm),
        handle,
        parameter("code"),
        parameter("state"),
    ];
    secrets.push(host.session(&JANE).await.unwrap());
    for file in ["client-secret", "connect-key", "seal-k1.key"] {
        let path = installation.folder.join("secrets").join(file);
        secrets.push(std::fs::read_to_string(path).unwrap());
    }
    let folder = installation.folder.clone();
    let log = installation.server_log();
    assert!(installation.stop().await.unwrap().success());
    assert!(log.contains("request answered"));
    let mut kept = vec![("the log".to_owned(), log.into_bytes())];
    for file in std::fs::read_dir(folder.join("data")).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            kept.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    assert!(kept.len() > 2, "a log and two databases");
    for (place, bytes) in kept {
        let text = String::from_utf8_lossy(&bytes);
        for (index, secret) in secrets.iter().enumerate() {
            assert!(
                secret.len() > 16 && !text.contains(secret),
                "secret {index} lies in {place}"
            );
        }
        assert!(!text.contains(TOKEN), "a token lies in {place}");
    }
}

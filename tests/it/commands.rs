//! The commands beside `serve`: what they print, where, and how they end.

use std::{
    fs::{self, OpenOptions},
    path::Path,
    process::Command,
};

use reqwest::Method;
use serde_json::Value;
use xtask::world::{Browser, Form, Installation, people::JANE, walk};

use crate::support::{installation, programs, said};

/// Runs `ownhand` without anything of this machine's environment.
fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(programs().ownhand)
        .args(arguments)
        .env_clear()
        .output()
        .unwrap();
    said(&output)
}

fn links(command: &[&str], tenant: &str, operator: &Path) -> (i32, String, String) {
    let config = operator.to_str().unwrap();
    run(&[
        &["links"],
        command,
        &["--tenant", tenant, "--config", config],
    ]
    .concat())
}

/// Files of databases below a folder.
fn databases(installation: &Installation) -> Vec<String> {
    let folder = installation.folder.join("data");
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains(".db"))
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn links_are_listed_and_revoked() {
    let (_folder, installation) = installation(Form::BuiltIn).await;
    let operator = installation.configuration();
    let acme = installation.host_app("acme").unwrap();
    walk::link(acme, &Browser::open().unwrap(), &JANE)
        .await
        .unwrap();

    let (code, out, err) = links(&["list"], "acme", &operator);
    assert_eq!(code, 0, "{err}");
    assert_eq!(out.lines().count(), 1, "{out}");
    let link: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(link["subject"], JANE.subject);
    assert_eq!(link["docusign_email"], JANE.email);
    assert_eq!(link["state"], "active");
    let id = link["id"].as_str().unwrap().to_owned();

    // A tenant without links has an empty list; one that is not there is a slip.
    assert_eq!(links(&["list"], "globex", &operator).0, 0);
    assert_eq!(links(&["list"], "globex", &operator).1, "");
    for command in [&["list"][..], &["revoke", &id]] {
        let (code, out, err) = links(command, "acmee", &operator);
        assert_eq!((code, out.as_str()), (1, ""));
        assert_eq!(
            err,
            "error: there is no tenant `acmee`; did you mean `acme`?\n"
        );
        let (code, out, err) = links(command, "zebra", &operator);
        assert_eq!((code, out.as_str()), (1, ""));
        assert!(err.starts_with("error: there is no tenant `zebra`; each tenant has a file in "));
        let (code, _, err) = links(command, "../acme", &operator);
        assert_eq!(code, 1);
        assert!(err.contains("--tenant"), "{err}");
    }

    // Another tenant's link is none of this tenant's.
    let (code, out, err) = links(&["revoke", &id], "globex", &operator);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("tenant `globex` has no link"), "{err}");
    assert_eq!(links(&["list"], "acme", &operator).1.lines().count(), 1);

    let (code, out, err) = links(&["revoke", &id], "acme", &operator);
    assert_eq!(code, 0, "{err}");
    let gone: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(gone["was_linked"], true);
    assert_eq!(links(&["list"], "acme", &operator).1, "");
    let session = acme.session(&JANE).await.unwrap();
    let me = acme.call(Method::GET, "me", &session, None).await.unwrap();
    assert!(me.expect(200).unwrap().json()["link"].is_null());

    let (code, out, err) = links(&["revoke", &id], "acme", &operator);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(
        err.contains("`ownhand links list --tenant acme` shows them"),
        "{err}"
    );
    let (code, _, err) = links(&["revoke", "no-link"], "acme", &operator);
    assert_eq!(code, 1);
    assert!(err.contains("no-link"), "{err}");
    installation.stop().await.unwrap();
}

#[tokio::test]
async fn commands_that_look_make_no_database() {
    let (_folder, installation) = installation(Form::Libraries).await;
    let operator = installation.configuration();
    let text = fs::read_to_string(&operator).unwrap();
    let elsewhere = text
        .replace("data/ledger.db", "data/other.db")
        .replace("data/tokens.db", "data/more.db");
    assert_ne!(elsewhere, text);
    let other = installation.folder.join("other.toml");
    fs::write(&other, elsewhere).unwrap();
    let before = databases(&installation);
    let config = other.to_str().unwrap();
    let (code, _, err) = run(&["config", "check", "--config", config]);
    assert_eq!(code, 0, "{err}");
    let (code, out, err) = links(&["list"], "acme", &other);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(
        err.contains("there is no ledger at") && err.contains("other.toml:"),
        "{err}"
    );
    let (code, _, err) = links(&["list"], "acmee", &other);
    assert_eq!(code, 1);
    assert!(err.contains("did you mean `acme`?"), "{err}");
    assert_eq!(databases(&installation), before);
    installation.stop().await.unwrap();
}

#[test]
fn a_key_is_printed_alone_and_never_twice() {
    let (code, first, err) = run(&["keys", "generate"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(first.len(), 45, "44 characters of base64 and a line feed");
    assert_ne!(run(&["keys", "generate"]).1, first);
}

#[test]
fn data_that_can_not_be_written_is_an_error() {
    for arguments in [&["keys", "generate"][..], &["config", "schema"]] {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = Command::new(programs().ownhand)
            .args(arguments)
            .env_clear()
            .stdout(full)
            .output()
            .unwrap();
        let (code, _, err) = said(&output);
        assert_eq!(code, 2, "{arguments:?}");
        assert!(err.contains("standard output can't be written"), "{err}");
    }
}

#[test]
fn the_schemas_that_are_printed_are_the_shipped_ones() {
    for (of, shipped) in [
        ("operator", include_str!("../../config/schema.json")),
        ("tenant", include_str!("../../config/tenant.schema.json")),
    ] {
        let (code, printed, err) = run(&["config", "schema", of]);
        assert_eq!((code, err.as_str()), (0, ""));
        assert_eq!(printed, shipped, "{of}");
    }
}

#[test]
fn a_wrong_command_line_is_its_writers_fault() {
    for arguments in [
        &["confg"][..],
        &["links", "list"],
        &["serve", "--prot", "80"],
    ] {
        let (code, out, err) = run(arguments);
        assert_eq!((code, out.as_str()), (1, ""), "{arguments:?}");
        assert!(err.contains("error: ") && err.contains("Usage: "), "{err}");
    }
    let (code, out, err) = run(&["--help"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("Usage: ownhand"));
    let (code, out, _) = run(&["--version"]);
    assert_eq!(code, 0);
    assert!(out.starts_with("ownhand "), "{out}");
}

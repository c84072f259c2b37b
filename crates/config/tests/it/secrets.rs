//! Secrets: where they come from, and that they are shown nowhere.

use std::{fs, os::unix::net::UnixListener};

use ownhand_config::Style;
use secrecy::ExposeSecret;

use crate::scratch::Scratch;

fn message(scratch: &Scratch) -> String {
    scratch
        .load()
        .expect_err("the secret is no good")
        .to_string()
}

#[test]
fn files_that_others_can_read_or_change_are_refused() {
    let scratch = Scratch::new();
    for mode in [0o604, 0o602, 0o644, 0o666, 0o660, 0o610, 0o777] {
        scratch.secret("secrets/seal.key", "key", mode);
        let message = message(&scratch);
        assert!(
            message.contains(&format!("has mode {mode:04o}")),
            "{message}"
        );
    }
    for mode in [0o600, 0o400, 0o640, 0o440] {
        fs::remove_file(scratch.path("secrets/seal.key")).unwrap();
        scratch.secret("secrets/seal.key", "key", mode);
        scratch.load().unwrap();
    }
}

#[test]
fn line_ends_are_taken_off_and_nothing_else() {
    let scratch = Scratch::new();
    scratch.secret("secrets/seal.key", " first\nsecond \r\n\n", 0o600);
    let installation = scratch.load().unwrap();
    assert_eq!(
        installation.operator.keys.ring[0].key.expose_secret(),
        " first\nsecond "
    );
}

#[test]
fn empty_and_unreadable_secrets_are_refused() {
    let mut scratch = Scratch::new();
    for text in ["", "\n", " \n"] {
        scratch.secret("secrets/seal.key", text, 0o600);
        assert!(message(&scratch).ends_with("the file \"secrets/seal.key\" is empty"));
    }
    fs::write(scratch.path("secrets/seal.key"), [0xff, 0xfe]).unwrap();
    assert!(message(&scratch).ends_with("is not text"));
    fs::write(scratch.path("secrets/seal.key"), vec![b'x'; 64 * 1024 + 1]).unwrap();
    assert!(message(&scratch).ends_with("is too large for a secret"));
    fs::remove_file(scratch.path("secrets/seal.key")).unwrap();
    assert!(message(&scratch).ends_with("there is no file \"secrets/seal.key\""));
    fs::create_dir(scratch.path("secrets/seal.key")).unwrap();
    assert!(message(&scratch).ends_with("is not a regular file"));
    fs::remove_dir(scratch.path("secrets/seal.key")).unwrap();
    let _socket = UnixListener::bind(scratch.path("secrets/seal.key")).unwrap();
    assert!(message(&scratch).ends_with("is not a regular file"));

    scratch = Scratch::new();
    scratch
        .environment
        .insert("CLIENT_SECRET".into(), "\n".into());
    assert!(message(&scratch).ends_with("the environment variable CLIENT_SECRET is empty"));
    scratch.environment.clear();
    assert!(message(&scratch).ends_with("the environment variable CLIENT_SECRET is not set"));
}

#[test]
fn a_secret_that_stands_in_a_file_is_shown_in_no_message() {
    const SECRET: &str = "hunter2-hunter2";
    let places = [
        (
            "ownhand.toml",
            r#"{ env = "CLIENT_SECRET" }"#,
            r#""hunter2-hunter2""#,
        ),
        (
            "ownhand.toml",
            r#"{ env = "CLIENT_SECRET" }"#,
            r#"{ value = "hunter2-hunter2" }"#,
        ),
        (
            "ownhand.toml",
            r#"{ env = "CLIENT_SECRET" }"#,
            r#"{ env = "A", file = "hunter2-hunter2" }"#,
        ),
        (
            "ownhand.toml",
            "client_secrets = [",
            "client_secret = \"hunter2-hunter2\"\nclient_secrets = [",
        ),
        (
            "ownhand.toml",
            "sqlite://ledger.db",
            "postgres://me:hunter2-hunter2@db/ledger",
        ),
        (
            "ownhand.toml",
            "sqlite://tokens.db",
            "postgres://me:hunter2-hunter2@db/tokens",
        ),
        (
            "ownhand.toml",
            "sqlite://tokens.db\"",
            "sqlite://t.db\", api-key = \"hunter2-hunter2\"",
        ),
        (
            "tenants/acme.toml",
            r#"public_key = { file = "dms.pem" }"#,
            r#"hmac_secret = "hunter2-hunter2""#,
        ),
        // Not TOML any more, on the line of the secret.
        (
            "ownhand.toml",
            r#"{ env = "CLIENT_SECRET" }]"#,
            r#""hunter2-hunter2" client"#,
        ),
    ];
    for (file, old, new) in places {
        let scratch = Scratch::new();
        scratch.edit(file, old, new);
        let report = scratch.load().expect_err("a secret stands in the file");
        for shown in [
            report.to_string(),
            format!("{report:?}"),
            report.render(Style::Plain),
            report.render(Style::Fancy),
        ] {
            assert!(!shown.contains(SECRET), "{shown}");
        }
    }
}

#[test]
fn a_plugins_complaint_shows_no_text_of_its_settings() {
    let scratch = Scratch::new();
    scratch.edit(
        "tenants/acme.toml",
        r#"settings = { root = "acme" }"#,
        r#"settings = { root = "hunter2-hunter2" }"#,
    );
    let installation = scratch.load().unwrap();
    let tenant = &installation.tenants["acme"];
    let complaint = tenant.diagnostic(ownhand_config::Section::Host, "root", "no such folder");
    let shown = ownhand_config::Report::new(vec![complaint]).render(Style::Plain);
    assert!(
        shown.contains("no such folder") && !shown.contains("hunter2"),
        "{shown}"
    );
}

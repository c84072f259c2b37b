//! What a running program does not take up from an edited file.

use crate::scratch::Scratch;

const OPERATOR: &str = "ownhand.toml";

/// The keys that count from the next start only, after some edits of the operator's file.
fn after(edits: &[(&str, &str)]) -> Vec<&'static str> {
    let mut scratch = Scratch::new();
    scratch.environment.insert("NEW".into(), "another".into());
    let before = scratch.load().unwrap();
    for (old, new) in edits {
        scratch.edit(OPERATOR, old, new);
    }
    let after = scratch.load().unwrap();
    before.operator.only_from_the_next_start(&after.operator)
}

#[test]
fn every_key_that_is_not_taken_up_is_named() {
    for (key, old, new) in [
        ("server.listen", "127.0.0.1:8080", "127.0.0.1:8081"),
        ("server.public_url", "sign.example", "other.example"),
        ("docusign.environment", "\"demo\"", "\"production\""),
        ("docusign.integration_key", "7c2b8a6e", "7c2b8a6f"),
        ("docusign.client_secrets", "CLIENT_SECRET", "NEW"),
        (
            "docusign.connect_keys",
            "[ledger]",
            "connect_keys = [{ env = \"NEW\" }]\n[ledger]",
        ),
        ("ledger.url", "ledger.db", "other.db"),
        ("tokens", "tokens.db", "other.db"),
        (
            "keys.ring",
            "{ file = \"secrets/seal.key\" }",
            "{ env = \"NEW\" }",
        ),
        (
            "limits",
            "[ledger]",
            "[limits]\nsession_minutes = 5\n[ledger]",
        ),
        ("log", "[ledger]", "[log]\nfilter = \"debug\"\n[ledger]"),
        (
            "tokens",
            "[[plugin]]\nname = \"tokens-sql\"\n",
            "[[plugin]]\nname = \"tokens-sql\"\ntimeout_seconds = 5\n",
        ),
    ] {
        assert_eq!(after(&[(old, new)]), [key], "{new}");
    }
    let library = "path = \"lib/jwt.so\"\nsha256 = \"0000000000000000000000000000000000000000000000000000000000000000\"\n";
    let scratch = Scratch::new();
    let name = "name = \"identity-jwt\"\n";
    scratch.edit(OPERATOR, name, &format!("{name}{library}"));
    let before = scratch.load().unwrap();
    scratch.edit(OPERATOR, library, &format!("{library}worker_threads = 8\n"));
    let after_threads = scratch.load().unwrap();
    assert_eq!(
        before
            .operator
            .only_from_the_next_start(&after_threads.operator),
        ["plugin.worker_threads"]
    );
    assert_eq!(
        after(&[("127.0.0.1:8080", "127.0.0.1:8081"), ("ledger.db", "l.db")]),
        ["server.listen", "ledger.url"]
    );
}

#[test]
fn what_is_taken_up_is_not_named() {
    assert_eq!(
        after(&[
            ("root = \"documents\"", "root = \"papers\""),
            ("beta = [\"https://dms.beta.example\"]", "beta = []"),
        ]),
        [""; 0]
    );
}

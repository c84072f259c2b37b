//! `ownhand config check`: exit codes, and where things are said.

use std::fs;

use xtask::world::Form;

use crate::support::{installation, ownhand, said};

const CHECK: [&str; 3] = ["config", "check", "--config"];

#[tokio::test]
async fn says_what_is_wrong_and_where() {
    let (_folder, installation) = installation(Form::Libraries).await;
    let operator = installation.configuration();
    let (code, out, err) = said(&ownhand(&CHECK, &operator));
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("ok, 2 tenant(s)"), "{out}");

    let tenant = installation.folder.join("tenants/acme.toml");
    let good = fs::read_to_string(&tenant).unwrap();
    for (from, to, expected) in [
        ("finish_url", "finish_ulr", "finish_url"),
        ("audience = ", "audeince = ", "audience"),
        ("root = \"acme\"", "root = \"../globex\"", "root"),
        ("\"dms.pem\"", "\"../globex/dms.pem\"", "dms.pem"),
        ("[tenant]", "[tenant", "acme.toml"),
    ] {
        assert!(good.contains(from));
        fs::write(&tenant, good.replacen(from, to, 1)).unwrap();
        let (code, out, err) = said(&ownhand(&CHECK, &operator));
        assert_eq!(code, 1, "{to}: {out}{err}");
        assert_eq!(out, "", "{to}");
        assert!(
            err.contains("acme.toml") && err.contains(expected),
            "{to}: {err}"
        );
    }
    fs::write(&tenant, &good).unwrap();

    // Another library than the pinned one is not opened.
    let text = fs::read_to_string(&operator).unwrap();
    let pinned = &installation.libraries[0].sha256;
    fs::write(&operator, text.replace(pinned, &"0".repeat(64))).unwrap();
    let (code, _, err) = said(&ownhand(&CHECK, &operator));
    assert_eq!(code, 1, "{err}");
    assert!(
        err.contains("ownhand.toml:") && err.contains("the configuration pins"),
        "{err}"
    );

    let missing = installation.folder.join("nowhere.toml");
    let (code, _, err) = said(&ownhand(&CHECK, &missing));
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("nowhere.toml"), "{err}");
}

//! A tenant's file reaches no secret but the tenant's own.

use std::{fs, os::unix::fs::symlink};

use crate::scratch::{Scratch, TENANT};

const REFERENCE: &str = r#"{ file = "dms.pem" }"#;

/// What is said about a tenant's file with this reference, without the drawing.
fn refusal(scratch: &Scratch, reference: &str) -> String {
    scratch.write("tenants/acme.toml", &TENANT.replace(REFERENCE, reference));
    let report = scratch
        .load()
        .expect_err("this reference leads out of the namespace");
    let [diagnostic] = report.diagnostics() else {
        panic!("one thing is wrong, not: {report}");
    };
    assert_eq!(diagnostic.position.map(|position| position.line), Some(11));
    diagnostic.message.clone()
}

fn file_refusal(scratch: &Scratch, path: &str) -> String {
    refusal(scratch, &format!("{{ file = {path:?} }}"))
}

fn env_refusal(scratch: &Scratch, name: &str) -> String {
    refusal(scratch, &format!("{{ env = {name:?} }}"))
}

#[test]
fn variables_of_the_operator_and_of_other_tenants_stay_out_of_reach() {
    let mut scratch = Scratch::new();
    for name in [
        "CLIENT_SECRET",
        "OWNHAND_SEAL_KEY",
        "OWNHAND_T_OTHER_KEY",
        "OWNHAND_T_ACME_",
        "OWNHAND_T_ACME",
        "OWNHAND_T_ACMEX_KEY",
        "ownhand_t_acme_key",
        "OWNHAND_T_ACME_EU_KEY",
    ] {
        scratch
            .environment
            .insert(name.to_owned(), "not yours".to_owned());
    }
    for name in [
        "CLIENT_SECRET",
        "OWNHAND_SEAL_KEY",
        "OWNHAND_T_OTHER_KEY",
        "OWNHAND_T_ACME_",
        "OWNHAND_T_ACME",
        "OWNHAND_T_ACMEX_KEY",
        "ownhand_t_acme_key",
    ] {
        let message = env_refusal(&scratch, name);
        assert!(
            message.ends_with("is not this tenant's"),
            "{name}: {message}"
        );
    }
    for name in [
        "",
        "OWNHAND_T_ACME_=X",
        "OWNHAND_T_ACME_\0",
        "OWNHAND_T_ACME_ KEY",
    ] {
        let toml = format!("{{ env = \"{}\" }}", name.replace('\0', "\\u0000"));
        assert!(!refusal(&scratch, &toml).is_empty());
    }
}

#[test]
fn a_variable_belongs_to_the_longest_prefix() {
    let mut scratch = Scratch::new();
    scratch
        .environment
        .insert("OWNHAND_T_ACME_EU_KEY".into(), "of acme-eu".into());
    let theirs = TENANT.replace(REFERENCE, r#"{ env = "OWNHAND_T_ACME_EU_KEY" }"#);

    // Alone, acme may have a variable of this name.
    scratch.write("tenants/acme.toml", &theirs);
    scratch.load().unwrap();

    // Beside acme-eu it is acme-eu's.
    scratch.write("tenants/acme-eu.toml", &theirs);
    let message = env_refusal(&scratch, "OWNHAND_T_ACME_EU_KEY");
    assert!(message.ends_with("is another tenant's"), "{message}");

    // So it is while acme-eu's file is away but its secrets are still there.
    fs::remove_file(scratch.path("tenants/acme-eu.toml")).unwrap();
    fs::create_dir(scratch.path("secrets/acme-eu")).unwrap();
    let message = env_refusal(&scratch, "OWNHAND_T_ACME_EU_KEY");
    assert!(message.ends_with("is another tenant's"), "{message}");
}

#[test]
fn paths_out_of_the_tenants_folder_are_refused() {
    let scratch = Scratch::new();
    scratch.secret("secrets/other/key", "not yours", 0o600);
    let absolute = scratch.path("secrets/acme/dms.pem");
    for path in [
        "../seal.key",
        "../other/key",
        "sub/../../other/key",
        "..",
        "/etc/passwd",
        "./dms.pem",
        absolute.to_str().unwrap(),
    ] {
        let message = file_refusal(&scratch, path);
        assert!(
            message.ends_with("leads out of this tenant's folder"),
            "{path}: {message}"
        );
    }
}

#[test]
fn symbolic_links_out_of_the_tenants_folder_are_refused() {
    let scratch = Scratch::new();
    scratch.secret("secrets/other/key", "not yours", 0o600);
    let home = scratch.path("secrets/acme");
    symlink("../seal.key", home.join("relative")).unwrap();
    symlink(scratch.path("secrets/seal.key"), home.join("absolute")).unwrap();
    symlink("../other", home.join("folder")).unwrap();
    symlink("relative", home.join("chain")).unwrap();
    for path in ["relative", "absolute", "folder/key", "chain"] {
        let message = file_refusal(&scratch, path);
        assert!(
            message.ends_with("leads out of this tenant's folder"),
            "{path}: {message}"
        );
    }
    symlink("itself", home.join("itself")).unwrap();
    let message = file_refusal(&scratch, "itself");
    assert!(message.contains("can't be read"), "{message}");
}

#[test]
fn symbolic_links_inside_the_tenants_folder_are_followed() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.path("secrets/acme/v1")).unwrap();
    scratch.secret("secrets/acme/v1/dms.pem", "first", 0o600);
    symlink("v1", scratch.path("secrets/acme/current")).unwrap();
    scratch.edit(
        "tenants/acme.toml",
        REFERENCE,
        r#"{ file = "current/dms.pem" }"#,
    );
    scratch.load().unwrap();
}

#[test]
fn a_tenants_folder_that_is_a_link_is_refused() {
    let scratch = Scratch::new();
    fs::rename(scratch.path("secrets/acme"), scratch.path("secrets/other")).unwrap();
    symlink("other", scratch.path("secrets/acme")).unwrap();
    let message = file_refusal(&scratch, "dms.pem");
    assert!(message.ends_with("is not a folder itself"), "{message}");
}

#[test]
fn a_tenants_file_that_is_wrong_shows_nothing_of_anothers() {
    let scratch = Scratch::new();
    let message = file_refusal(&scratch, "missing.pem");
    assert!(
        message.ends_with("there is no file \"missing.pem\""),
        "{message}"
    );
}

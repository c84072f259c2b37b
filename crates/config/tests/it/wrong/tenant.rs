//! The tenants' files, and secrets.

use std::fs;

use super::{OPERATOR, TENANT, check};
use crate::scratch::Scratch;

#[test]
fn tenants() {
    check(&[
        (
            "tenant_foreign_finish_url",
            TENANT,
            "https://dms.acme.example/finish",
            "https://evil.example/finish",
        ),
        (
            "tenant_foreign_port",
            TENANT,
            "https://dms.acme.example/finish",
            "https://dms.acme.example:8443/finish",
        ),
        (
            "tenant_foreign_return_url",
            TENANT,
            "[host]",
            "return_urls = [\"https://dms.acme.example/a\", \"https://dms.acme.example.evil.example/\"]\n[host]",
        ),
        (
            "tenant_user_in_url",
            TENANT,
            "https://dms.acme.example/finish",
            "https://dms.acme.example@evil.example/finish",
        ),
        (
            "tenant_script_url",
            TENANT,
            "https://dms.acme.example/finish",
            "javascript:alert(1)",
        ),
        (
            "tenant_account_number",
            TENANT,
            "ac000000-0001-4000-8000-000000000001",
            "10000001",
        ),
        (
            "tenant_no_account",
            TENANT,
            "[\"ac000000-0001-4000-8000-000000000001\"]",
            "[]",
        ),
        (
            "tenant_all_accounts",
            TENANT,
            "[\"ac000000-0001-4000-8000-000000000001\"]",
            "\"all\"",
        ),
        ("tenant_empty_name", TENANT, "\"Acme Legal\"", "\"\""),
        (
            "tenant_users",
            TENANT,
            "[docusign]",
            "[[users]]\ndocusign_email = \"jane\"\n[[users]]\nlogin = \"sam\"\n[[users]]\nlogin = \"sam\"\ndefault_account = \"ac000000-0002-4000-8000-000000000002\"\n[docusign]",
        ),
        (
            "tenant_write_back",
            TENANT,
            "[docusign]",
            "[write_back]\nname = \"signed/contract.pdf\"\n[docusign]",
        ),
        (
            "tenant_write_back_braces",
            TENANT,
            "[docusign]",
            "[write_back]\nname = \"{stem} {date}.pdf\"\n[docusign]",
        ),
    ]);
}

#[test]
fn secrets() {
    check(&[
        (
            "secret_literal",
            OPERATOR,
            "{ env = \"CLIENT_SECRET\" }",
            "\"s3cret\"",
        ),
        (
            "secret_literal_in_settings",
            TENANT,
            "public_key = { file = \"dms.pem\" }",
            "hmac_secret = \"s3cret\"",
        ),
        (
            "secret_reference_mistyped",
            OPERATOR,
            "{ file = \"secrets/seal.key\" }",
            "{ fil = \"secrets/seal.key\" }",
        ),
        (
            "secret_two_references",
            OPERATOR,
            "{ env = \"CLIENT_SECRET\" }",
            "{ env = \"A\", file = \"b\" }",
        ),
        (
            "secret_variable_missing",
            OPERATOR,
            "{ env = \"CLIENT_SECRET\" }",
            "{ env = \"CLIENT_SECERT\" }",
        ),
        (
            "secret_file_missing",
            OPERATOR,
            "secrets/seal.key",
            "secrets/sael.key",
        ),
        (
            "secret_of_the_operator",
            TENANT,
            "{ file = \"dms.pem\" }",
            "{ env = \"CLIENT_SECRET\" }",
        ),
        (
            "secret_outside",
            TENANT,
            "{ file = \"dms.pem\" }",
            "{ file = \"../seal.key\" }",
        ),
    ]);
    let scratch = Scratch::new();
    scratch.secret("secrets/seal.key", "key", 0o644);
    super::snapshot("secret_file_open_to_others", &scratch.complaint());
}

#[test]
fn a_tenants_file_is_named_by_its_id() {
    for name in ["Acme", "-acme", "acme-", "a_b", "", "x.y"] {
        let scratch = Scratch::new();
        scratch.write(&format!("tenants/x{name}x.toml.bak"), "not read");
        scratch.write(&format!("tenants/.{name}.toml"), "not read");
        scratch.load().unwrap();
        if name.is_empty() {
            continue;
        }
        fs::rename(
            scratch.path(TENANT),
            scratch.path(&format!("tenants/{name}.toml")),
        )
        .unwrap();
        let complaint = scratch.complaint();
        assert!(
            complaint.contains(&format!("\"{name}\" is no tenant's id")),
            "{complaint}"
        );
    }
    let scratch = Scratch::new();
    fs::rename(
        scratch.path(TENANT),
        scratch.path("tenants/Acme Legal.toml"),
    )
    .unwrap();
    super::snapshot("tenant_file_name", &scratch.complaint());
}

#[test]
fn a_tenants_file_holds_nobody_up() {
    let told = |scratch: &Scratch| {
        let report = scratch.load().unwrap_err();
        let [diagnostic] = report.diagnostics() else {
            panic!("one thing is wrong, not: {report}");
        };
        assert!(diagnostic.file.ends_with("tenants/beta.toml"));
        diagnostic.message.clone()
    };
    let scratch = Scratch::new();
    let pipe = scratch.path("tenants/beta.toml");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    assert_eq!(told(&scratch), "this is not a regular file");
    fs::remove_file(&pipe).unwrap();
    fs::create_dir(&pipe).unwrap();
    assert_eq!(told(&scratch), "this is not a regular file");
    fs::remove_dir(&pipe).unwrap();
    fs::File::create(&pipe).unwrap().set_len(1 << 40).unwrap();
    assert_eq!(told(&scratch), "the file has more than 1048576 bytes");
}

//! Configurations that load.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use ownhand_config::{
    AllowedAccounts, DocusignEnvironment, LogFormat, PluginLocation, Section, Style, load,
};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::scratch::{Scratch, copy};

fn shipped() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../config"))
}

#[test]
fn the_shipped_configuration_loads_as_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    copy(shipped(), folder.path());
    let environment: BTreeMap<String, String> = [
        ("OWNHAND_CLIENT_SECRET", "simulator-secret"),
        ("OWNHAND_CONNECT_KEY", "simulator-hmac-key"),
        ("OWNHAND_SEAL_KEY", "a sealing key"),
        (
            "OWNHAND_T_ACME_HOST_SECRET",
            "a secret of at least thirty-two bytes",
        ),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();

    let installation = load(&folder.path().join("ownhand.toml"), &environment)
        .unwrap_or_else(|report| panic!("{}", report.render(Style::Plain)));

    let operator = &installation.operator;
    assert!(matches!(
        operator.docusign.environment,
        DocusignEnvironment::Custom { .. }
    ));
    assert_eq!(
        operator.docusign.client_secrets[0].expose_secret(),
        "simulator-secret"
    );
    assert_eq!(operator.keys.ring[0].id, "k1");
    let database = folder.path().join("data/ledger.db");
    assert_eq!(
        operator.ledger.url,
        format!("sqlite://{}", database.display())
    );
    // The written limits are the defaults, so that the file documents them.
    assert_eq!(operator.limits, ownhand_config::Limits::default());
    assert!(
        operator
            .plugins
            .values()
            .all(|plugin| plugin.location == PluginLocation::BuiltIn)
    );

    let tenant = &installation.tenants["acme"];
    assert_eq!(tenant.identity_section(), Section::Identity);
    assert_eq!(tenant.documents_section(), Section::Host);
    let identity = tenant.identity.as_ref().unwrap();
    assert_eq!(
        identity.settings.value["hmac_secret"],
        json!({ "$secret": "hmac_secret" })
    );
    assert_eq!(
        identity.settings.secrets["hmac_secret"].expose_secret(),
        "a secret of at least thirty-two bytes"
    );
}

#[test]
fn every_toml_file_that_is_shipped_is_part_of_that_configuration() {
    let mut found = Vec::new();
    for folder in ["", "tenants"] {
        for entry in fs::read_dir(shipped().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                let name = path.file_name().unwrap().to_str().unwrap();
                found.push(format!("{folder}/{name}"));
            }
        }
    }
    found.sort();
    assert_eq!(found, ["/ownhand.toml", "tenants/acme.toml"]);
}

#[test]
fn all_that_may_be_left_out_has_a_value() {
    let installation = Scratch::new().load().unwrap();
    let operator = &installation.operator;
    assert_eq!(operator.docusign.environment, DocusignEnvironment::Demo);
    assert!(operator.docusign.connect_keys.is_empty());
    assert_eq!(operator.log.format, LogFormat::Text);
    assert_eq!(operator.log.filter, "info");
    assert_eq!(operator.limits.session(), Duration::from_mins(15));
    let plugin = &operator.plugins["identity-jwt"];
    assert_eq!(
        (plugin.timeout, plugin.worker_threads),
        (Duration::from_secs(30), 2)
    );
    assert!(plugin.operator.value.is_null());
    let tenant = &installation.tenants["acme"];
    assert!(tenant.docusign.require_same_email);
    assert!(tenant.docusign.one_host_user_per_docusign_user);
    assert_eq!(tenant.write_back.name, "{stem} (signed).pdf");
    assert!(tenant.write_back.certificate);
    assert_eq!(tenant.plugin_uses().count(), 2);
}

#[test]
fn any_account_is_allowed_when_it_is_spelled_out() {
    let scratch = Scratch::new();
    scratch.edit(
        "tenants/acme.toml",
        r#"["ac000000-0001-4000-8000-000000000001"]"#,
        r#""any""#,
    );
    let installation = scratch.load().unwrap();
    let rule = &installation.tenants["acme"].docusign.allowed_accounts;
    assert_eq!(*rule, AllowedAccounts::Any);
}

#[test]
fn people_are_mapped_by_login_subject_or_claims() {
    let scratch = Scratch::new();
    scratch.edit(
        "tenants/acme.toml",
        "[docusign]",
        "[[users]]\nsubject = \"u-1\"\nclaims = { employee = \"4711\", site = \"Oslo\" }\n\
         docusign_email = \"jane@acme.example\"\n[docusign]",
    );
    let installation = scratch.load().unwrap();
    let [user] = installation.tenants["acme"].users.as_slice() else {
        panic!("one entry");
    };
    assert_eq!(user.login, None);
    assert_eq!(user.subject.as_deref(), Some("u-1"));
    let claims: Vec<_> = user
        .claims
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(claims, [("employee", "4711"), ("site", "Oslo")]);
}

#[test]
fn a_library_has_an_absolute_path_and_a_lower_case_digest() {
    let scratch = Scratch::new();
    let digest = "AB".repeat(32);
    scratch.edit(
        "ownhand.toml",
        "name = \"identity-jwt\"\n",
        &format!("name = \"identity-jwt\"\npath = \"lib/jwt.so\"\nsha256 = \"{digest}\"\nworker_threads = 4\n"),
    );
    let installation = scratch.load().unwrap();
    let plugin = &installation.operator.plugins["identity-jwt"];
    assert_eq!(plugin.worker_threads, 4);
    assert_eq!(
        plugin.location,
        PluginLocation::Library {
            path: scratch.path("lib/jwt.so"),
            sha256: "ab".repeat(32),
        }
    );
}

#[test]
fn settings_become_json_and_their_secrets_stand_apart() {
    let mut scratch = Scratch::new();
    scratch
        .environment
        .insert("OWNHAND_T_ACME_SECOND".into(), "two\r\n".into());
    scratch
        .environment
        .insert("BOUND".into(), "of the operator".into());
    scratch.edit(
        "tenants/acme.toml",
        r#"settings = { root = "acme" }"#,
        "[host.settings]\nroot = \"{folder}\"\ndepth = 0x10\nratio = 0.5\nsince = 2026-01-31\n\
         keys = [{ id = 1, value = { env = \"OWNHAND_T_ACME_SECOND\" } }, { file = \"dms.pem\" }]\n\
         [host.settings.rules.\"a.b\"]\nread = true",
    );
    scratch.edit(
        "ownhand.toml",
        r#"operator = { root = "documents" }"#,
        r#"operator = { root = "{folder}/documents", keys = { env = "BOUND" } }"#,
    );
    let installation = scratch.load().unwrap();
    let host = installation.tenants["acme"].host.as_ref().unwrap();
    assert_eq!(
        host.settings.value,
        json!({
            "root": "{folder}", "depth": 16, "ratio": 0.5, "since": "2026-01-31",
            "keys": [{ "id": 1, "value": { "$secret": "keys[0].value" } }, { "$secret": "keys[1]" }],
            "rules": { "a.b": { "read": true } },
        })
    );
    let secrets = &host.settings.secrets;
    assert_eq!(secrets["keys[0].value"].expose_secret(), "two");
    assert_eq!(secrets["keys[1]"].expose_secret(), "public key of the DMS");
    let bound = &installation.operator.plugins["documents-files"].operator;
    let root = scratch.path("documents");
    assert_eq!(bound.value["root"], json!(root.to_str().unwrap()));
    assert_eq!(bound.value["keys"], json!({ "$secret": "operator:keys" }));
    assert_eq!(
        bound.secrets["operator:keys"].expose_secret(),
        "of the operator"
    );
}

#[test]
fn settings_that_only_sound_like_secrets_are_taken() {
    let scratch = Scratch::new();
    scratch.edit(
        "tenants/acme.toml",
        r#"settings = { root = "acme" }"#,
        "[host.settings]\nroot = \"acme\"\nmax_tokens = 5\ntoken_url = \"https://login.example/token\"\n\
         compass = \"north\"\npassport_folder = \"x\"\npass = true\nkey = \"name\"\nbypass = \"no\"\n\
         basic = \"Basically open\"\ntoken = { ttl = 5, file = \"a\" }\nsecret_folders = [\"a\", \"b\"]",
    );
    let installation = scratch.load().unwrap();
    let host = installation.tenants["acme"].host.as_ref().unwrap();
    assert_eq!(host.settings.value["max_tokens"], 5);
    assert!(host.settings.secrets.is_empty());
}

#[test]
fn a_plugins_complaint_finds_its_line() {
    let scratch = Scratch::new();
    scratch.edit(
        "tenants/acme.toml",
        r#"settings = { root = "acme" }"#,
        "[host.settings]\nroot = \"acme\"\nrules = [\n  { group = \"legal\" },\n  { group = \"sales\", raed = true },\n]",
    );
    let installation = scratch.load().unwrap();
    let tenant = &installation.tenants["acme"];
    let place = |path: &str| {
        let complaint = tenant.diagnostic(Section::Host, path, "wrong");
        let position = complaint.position.unwrap();
        (position.line, position.column)
    };
    assert_eq!(place("rules[1].raed"), (11, 29));
    assert_eq!(place("rules[1].missing"), (11, 3));
    assert_eq!(place("nowhere"), place(""));
    let report = ownhand_config::Report::new(vec![
        tenant.diagnostic(Section::Host, "rules[1].raed", "unknown key `raed`"),
        installation.operator.plugin_diagnostic(
            "documents-files",
            "root",
            "there is no such folder",
        ),
        installation
            .operator
            .tokens_diagnostic("url", "the store does not answer"),
    ]);
    insta::assert_snapshot!(scratch.shown(&report));
}

#[test]
fn no_secret_is_printed_by_debug() {
    let installation = Scratch::new().load().unwrap();
    let printed = format!("{installation:?}");
    for secret in [
        "s3cret-of-the-client",
        "sealing-key",
        "public key of the DMS",
    ] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

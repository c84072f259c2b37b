//! What keeps tenants apart beyond their secrets: origins and issuers.

use crate::scratch::{Scratch, TENANT};

const OPERATOR: &str = "ownhand.toml";
const BY_TENANT: &str = "[tenants.origins]\nacme = [\"https://dms.acme.example\"]\n\
                         acme-eu = [\"https://dms.acme.example\"]\nbeta = [\"https://dms.beta.example\"]\n";

/// The configuration with a second tenant, which is right.
fn two() -> Scratch {
    let scratch = Scratch::new();
    scratch.write(
        "tenants/beta.toml",
        &TENANT.replace("dms.acme.example", "dms.beta.example"),
    );
    scratch.secret(
        "secrets/beta/dms.pem",
        "public key of the other DMS\n",
        0o600,
    );
    scratch
}

/// Both tenants accept one issuer for the same audience, or for one each.
fn issuers(audiences: [&str; 2]) -> Scratch {
    let scratch = two();
    for (tenant, audience) in ["acme", "beta"].into_iter().zip(audiences) {
        scratch.edit(
            &format!("tenants/{tenant}.toml"),
            &format!("issuer = \"https://dms.{tenant}.example\""),
            &format!("issuer = \"https://login.example\", audience = \"{audience}\""),
        );
    }
    scratch
}

#[test]
fn each_tenant_names_its_own_origins_only() {
    let installation = two().load().unwrap();
    let bounds = &installation.operator.tenants;
    for (tenant, allowed, refused) in [
        (
            "acme",
            "https://dms.acme.example/x",
            "https://dms.beta.example/x",
        ),
        (
            "beta",
            "https://dms.beta.example/x",
            "https://dms.acme.example/x",
        ),
    ] {
        assert!(bounds.allows(tenant, &allowed.parse().unwrap()));
        assert!(!bounds.allows(tenant, &refused.parse().unwrap()));
        assert!(!bounds.allows("nobody", &allowed.parse().unwrap()));
    }
    let scratch = two();
    scratch.edit(
        "tenants/beta.toml",
        "https://dms.beta.example/finish",
        "https://dms.acme.example/finish",
    );
    let complaint = scratch.load().unwrap_err().to_string();
    assert!(complaint.contains("tenants/beta.toml:3:14"), "{complaint}");
    assert!(
        complaint.contains("does not allow this tenant"),
        "{complaint}"
    );
}

#[test]
fn one_list_of_origins_is_for_one_tenant() {
    let list = "[tenants.origins]";
    let scratch = Scratch::new();
    let plain = |scratch: &Scratch| {
        scratch.edit(OPERATOR, BY_TENANT, "");
        scratch.edit(
            OPERATOR,
            "[tenants]\n",
            "[tenants]\norigins = [\"https://dms.acme.example\", \"https://dms.beta.example\"]\n",
        );
    };
    plain(&scratch);
    scratch.load().unwrap();

    let scratch = two();
    plain(&scratch);
    let report = scratch.load().unwrap_err();
    let [diagnostic] = report.diagnostics() else {
        panic!("one thing is wrong, not: {report}");
    };
    assert!(
        diagnostic
            .message
            .starts_with("`tenants.origins` is one list")
    );
    assert_eq!(
        diagnostic.help.as_deref(),
        Some("write origins = { acme = [\"…\"], beta = [\"…\"] }")
    );

    let scratch = Scratch::new();
    scratch.edit(OPERATOR, list, "[tenants.origins]\n\"../acme\" = []");
    let complaint = scratch.load().unwrap_err().to_string();
    assert!(
        complaint.contains("\"../acme\" is no tenant's id"),
        "{complaint}"
    );
}

#[test]
fn two_tenants_accept_one_issuer_only_for_audiences_of_their_own() {
    issuers(["ownhand-acme", "ownhand-beta"]).load().unwrap();

    let scratch = issuers(["ownhand", "ownhand"]);
    insta::assert_snapshot!("issuer_of_two_tenants", scratch.complaint());

    scratch.edit(
        OPERATOR,
        "[tenants]\n",
        "[tenants]\nshared_issuers = [\"https://login.example\"]\n",
    );
    scratch.load().unwrap();
}

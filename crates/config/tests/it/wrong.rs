//! Configurations that are wrong, and what people read about each.

mod operator;
mod shape;
mod tenant;

use std::fs;

use crate::scratch::Scratch;

const OPERATOR: &str = "ownhand.toml";
const TENANT: &str = "tenants/acme.toml";

/// Names of a case and its file, what stands there when it is right, and what stands there in this case.
type Case = (&'static str, &'static str, &'static str, &'static str);

fn check(cases: &[Case]) {
    for (name, file, old, new) in cases {
        let scratch = Scratch::new();
        scratch.edit(file, old, new);
        snapshot(name, &scratch.complaint());
    }
}

fn snapshot(name: &str, complaint: &str) {
    insta::assert_snapshot!(name, complaint);
}

#[test]
fn files_that_can_not_be_read() {
    let scratch = Scratch::new();
    fs::remove_file(scratch.path(OPERATOR)).unwrap();
    insta::assert_snapshot!("file_missing", scratch.complaint());

    let scratch = Scratch::new();
    fs::write(scratch.path(TENANT), [0xff, 0xfe, 0x00]).unwrap();
    insta::assert_snapshot!("file_not_text", scratch.complaint());
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let scratch = Scratch::new();
    scratch.edit(
        OPERATOR,
        "{ env = \"CLIENT_SECRET\" }",
        "{ env = \"A\" }, { env = \"B\" }",
    );
    scratch.edit(OPERATOR, "sqlite://ledger.db", "mysql://db");
    scratch.edit(TENANT, "[docusign]", "[docusing]");
    scratch.write(
        "tenants/beta.toml",
        "[tenant]\nname = 1\ncolour = \"red\"\n",
    );
    let report = scratch.load().unwrap_err();
    insta::assert_snapshot!("all_at_once", scratch.shown(&report));
    assert_eq!(
        report.diagnostics().len(),
        report.to_string().lines().count()
    );
}

//! A check leaves the machine as it was.

use crate::scratch::Scratch;

#[tokio::test]
async fn a_check_makes_and_changes_nothing() {
    let scratch = Scratch::new();
    // What a crashed program leaves behind is cleaned up by the next one that serves, not by one that looks.
    scratch.write("documents/acme/.ownhand/incoming/1-1", "left behind");
    let before = scratch.traces();
    let checked = scratch.check().await;
    checked.unwrap_or_else(|report| panic!("{report}"));
    assert_eq!(scratch.traces(), before);
    // Also where there is something wrong at the end.
    scratch.edit("tenants/beta.toml", "root = \"beta\"", "root = \"acme\"");
    let before = scratch.traces();
    scratch.complaint().await;
    assert_eq!(scratch.traces(), before);
}

#[tokio::test]
async fn a_tenants_token_store_is_refused_before_it_opens_anything() {
    let scratch = Scratch::new();
    // Even an operator who opens it to tenants does not get it.
    scratch.edit(
        "ownhand.toml",
        "\"documents-files\"]",
        "\"documents-files\", \"tokens-sql\"]",
    );
    let taken = format!("sqlite://{}", scratch.path("taken.db").display());
    scratch.edit(
        "tenants/acme.toml",
        "plugin = \"documents-files\"\nsettings = { root = \"acme\" }",
        &format!("plugin = \"tokens-sql\"\nsettings = {{ url = \"{taken}\" }}"),
    );
    let before = scratch.traces();
    let complaint = scratch.complaint().await;
    for said in [
        "opens the token store `tokens-sql` to tenants",
        "plugin `tokens-sql` is a token store, and no tenant may use one",
        "tenants/acme.toml:7:10",
    ] {
        assert!(complaint.contains(said), "{complaint}");
    }
    assert_eq!(scratch.traces(), before);
}

//! Which folder is whose.

use ownhand_plugin_sdk::ErrorKind;
use serde_json::{Value, json};

use crate::forms::{Place, actor, build, context, forms, reference};

#[tokio::test]
async fn the_tenants_folder_is_its_own() {
    for form in forms() {
        let place = Place::new();
        place.write("inner/a.pdf", b"%PDF");
        std::fs::create_dir(place.bound().join("globex")).unwrap();
        std::os::unix::fs::symlink("../globex", place.acme().join("link")).unwrap();
        for (settings, path) in [
            (json!({ "root": "globex" }), "root"),
            (json!({ "root": "acme/../globex" }), "root"),
            (json!({ "root": "acme/link" }), "root"),
            (json!({ "root": "acme/missing" }), "root"),
            (json!({ "root": "" }), "root"),
            (json!({ "root": "." }), "root"),
            (json!({ "root": "/etc" }), "root"),
            (json!({ "rot": "acme" }), "rot"),
            (json!({ "max_bytes": 0 }), "max_bytes"),
            (json!({ "rules": [{ "paht": "x" }] }), "rules[0].paht"),
            (json!({ "rules": [{ "groups": [] }] }), "rules[0].groups"),
        ] {
            let error = place.build(&form, settings.clone()).await.err();
            let error = error.unwrap_or_else(|| panic!("accepted {settings}"));
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert_eq!(error.path(), Some(path), "{error}");
        }
        for (settings, path) in [
            (json!({ "root": "acme/inner" }), "a.pdf"),
            (json!({ "root": "acme" }), "inner/a.pdf"),
            (Value::Null, "inner/a.pdf"),
        ] {
            let source = place.build(&form, settings).await.unwrap();
            source
                .open(&context("acme"), &actor("u", &[]), &reference(path))
                .await
                .unwrap();
        }
    }
}

#[tokio::test]
async fn the_operator_bounds_and_may_open_other_folders() {
    for form in forms() {
        let place = Place::new();
        std::fs::create_dir(place.bound().join("shared")).unwrap();
        let shared = json!({ "root": "shared" });
        let open = json!({ "root": place.bound(), "any_folder": true });
        build(&form, open, shared.clone()).await.unwrap();
        for (operator, path) in [
            (json!({ "root": place.bound() }), "root"),
            (
                json!({ "root": "relative", "any_folder": true }),
                "operator:root",
            ),
            (
                json!({ "root": place.bound().join("missing"), "any_folder": true }),
                "operator:root",
            ),
        ] {
            let error = build(&form, operator.clone(), shared.clone()).await.err();
            let error = error.unwrap_or_else(|| panic!("accepted {operator}"));
            assert_eq!(error.path(), Some(path), "{error}");
        }
        for operator in [
            json!({}),
            json!({ "root": place.bound(), "ayn_folder": true }),
        ] {
            let error = build(&form, operator.clone(), json!({})).await.err();
            let error = error.unwrap_or_else(|| panic!("accepted {operator}"));
            assert!(error.path().unwrap().starts_with("operator"), "{error}");
        }
    }
}

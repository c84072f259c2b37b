//! The checks that every document source must pass.

use ownhand_conformance::{DocumentFixture, check_document_source};
use serde_json::json;

use crate::forms::{Place, actor, context, forms, reference};

#[tokio::test(flavor = "multi_thread")]
async fn keeps_every_promise() {
    for form in forms() {
        let place = Place::new();
        place.write("board/minutes.pdf", b"%PDF-minutes");
        std::fs::write(place.bound().join("outside.pdf"), b"%PDF-outside").unwrap();
        let link = |target: &str, name: &str| {
            std::os::unix::fs::symlink(target, place.acme().join(name)).unwrap();
        };
        link("../outside.pdf", "link-out.pdf");
        link("board/minutes.pdf", "link-in.pdf");
        link("board", "link-to-folder");
        link("..", "link-up");
        link("nowhere", "link-dangling.pdf");
        let source = place
            .build(
                &form,
                json!({ "rules": [
                    { "path": "board", "groups": ["board"], "read": true, "write": true },
                    { "groups": ["legal"], "read": true, "write": true },
                ] }),
            )
            .await
            .unwrap();
        let escapes = [
            "../outside.pdf",
            "/etc/passwd",
            "board/../../outside.pdf",
            "link-out.pdf",
            "link-in.pdf",
            "link-to-folder/minutes.pdf",
            "link-up/outside.pdf",
            "link-dangling.pdf",
            "board",
            "",
            ".",
            "a//b.pdf",
            "a\0b.pdf",
            ".ownhand/deposits/note",
            "new/.hidden.pdf",
        ];
        let fixture = DocumentFixture {
            context: context("acme"),
            actor: actor("u-1", &["legal"]),
            new_reference: Box::new(|name| reference(&format!("signed/2026/{name}"))),
            run: "run".into(),
            denied: Some((actor("u-1", &["legal"]), reference("board/minutes.pdf"))),
            escapes: escapes.map(reference).to_vec(),
        };
        let report = check_document_source(source, &fixture).await;
        assert!(report.is_passed(), "{report}");
        assert_eq!(report.checks.len(), 12);
        let outside = std::fs::read(place.bound().join("outside.pdf")).unwrap();
        assert_eq!(outside, b"%PDF-outside");
        assert_eq!(std::fs::read_dir(place.bound()).unwrap().count(), 2);
        assert!(!place.acme().join("nowhere").exists());
    }
}

//! The checks that every token store must pass.

use ownhand_conformance::{TokenFixture, check_token_store};

use crate::forms::{at, build, context, forms};

#[tokio::test(flavor = "multi_thread")]
async fn keeps_every_promise() {
    for form in forms() {
        let folder = tempfile::tempdir().unwrap();
        let settings = at(&folder.path().join("tokens.db"));
        let fixture = TokenFixture {
            open: Box::new(move || {
                let (form, settings) = (form.clone(), settings.clone());
                Box::pin(async move { build(&form, settings).await })
            }),
            context: context("acme"),
            other_context: context("globex"),
            run: "run".into(),
        };
        let report = check_token_store(&fixture).await;
        assert!(report.is_passed(), "{report}");
        assert_eq!(report.checks.len(), 9);
    }
}

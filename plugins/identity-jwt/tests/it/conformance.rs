//! The checks that every identity mapper must pass.

use ownhand_conformance::{Accepted, IdentityFixture, Rejected, check_identity_mapper};
use serde_json::json;

use crate::{
    forms::{NOW, bearer, build, context, forms},
    issuer::{ISSUER, Issuer, claims, claims_with, settings},
};

#[tokio::test(flavor = "multi_thread")]
async fn keeps_every_promise() {
    for form in forms() {
        for issuer in [Issuer::ed(), Issuer::ec(), Issuer::rsa(), Issuer::hmac()] {
            let (name, key) = issuer.setting();
            let mapper = build(&form, &settings(), &[(name, &key)]).await.unwrap();
            let rejected = |label: &str, token: String| Rejected {
                label: label.into(),
                credential: bearer(&token),
            };
            let fixture = IdentityFixture {
                context: context("acme"),
                accepted: vec![Accepted {
                    label: "a good JWT".into(),
                    credential: bearer(&issuer.sign(&claims())),
                    issuer: ISSUER.into(),
                    subject: "u-17".into(),
                }],
                rejected: vec![
                    rejected(
                        "an expired JWT",
                        issuer.sign(&claims_with(&json!({ "iat": NOW - 90, "exp": NOW - 31 }))),
                    ),
                    rejected("a JWT of another key", Issuer::ed().sign(&claims())),
                ],
            };
            let report = check_identity_mapper(mapper, &fixture).await;
            assert!(report.is_passed(), "{report}");
            assert_eq!(report.checks.len(), 7);
        }
    }
}

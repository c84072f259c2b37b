//! What is refused, and how it is told.

use ownhand_plugin_sdk::{Credential, ErrorKind, SecretString};
use serde_json::{Value, json};

use crate::{
    forms::{NOW, build, context, forms, resolve},
    issuer::{Issuer, claims, claims_with, part, settings},
};

/// Changes to good claims, and the refusal.
fn wrong_claims() -> Vec<(Value, &'static str)> {
    let long = "x".repeat(400);
    vec![
        (
            json!({ "iss": "https://evil.example" }),
            "the JWT comes from another issuer",
        ),
        (json!({ "iss": null }), "the JWT lacks the claim `iss`"),
        (
            json!({ "aud": "other" }),
            "the JWT is meant for another audience",
        ),
        (
            json!({ "aud": ["other"] }),
            "the JWT is meant for another audience",
        ),
        (json!({ "aud": null }), "the JWT lacks the claim `aud`"),
        (
            json!({ "aud": 1 }),
            "the JWT's claim `aud` has the wrong type",
        ),
        (
            json!({ "iat": NOW - 130, "exp": NOW - 30 }),
            "the JWT has expired",
        ),
        (json!({ "exp": null }), "the JWT lacks the claim `exp`"),
        (
            json!({ "exp": "never" }),
            "the JWT's claim `exp` has the wrong type",
        ),
        (
            json!({ "iat": NOW + 31 }),
            "the JWT was issued in the future",
        ),
        (json!({ "iat": null }), "the JWT lacks the claim `iat`"),
        (json!({ "nbf": NOW + 31 }), "the JWT is not valid yet"),
        (
            json!({ "exp": NOW + 301 }),
            "the JWT lives longer than 300 seconds",
        ),
        (json!({ "sub": null }), "the JWT lacks the claim `sub`"),
        (json!({ "sub": "" }), "the JWT lacks the claim `sub`"),
        (
            json!({ "sub": 17 }),
            "the JWT's claim `sub` has the wrong type",
        ),
        (
            json!({ "sub": long }),
            "the JWT's claim `sub` is too long, or holds control characters",
        ),
        (json!({ "jti": null }), "the JWT lacks the claim `jti`"),
        (
            json!({ "jti": "x".repeat(129) }),
            "the JWT's claim `jti` is too long, or holds control characters",
        ),
        (
            json!({ "email": "a\nb" }),
            "the JWT's claim `email` is too long, or holds control characters",
        ),
        (
            json!({ "email_verified": "true" }),
            "the JWT's claim `email_verified` has the wrong type",
        ),
        (
            json!({ "groups": vec!["g"; 201] }),
            "the JWT's claim `groups` is too long, or holds control characters",
        ),
        (
            json!({ "groups": [1] }),
            "the JWT's claim `groups` has the wrong type",
        ),
    ]
}

#[tokio::test]
async fn wrong_claims_are_refused_each_with_its_reason() {
    for form in forms() {
        let issuer = Issuer::ed();
        let (name, key) = issuer.setting();
        let mapper = build(&form, &settings(), &[(name, &key)]).await.unwrap();
        for (changes, reason) in wrong_claims() {
            let token = issuer.sign(&claims_with(&changes));
            let error = resolve(&mapper, &token).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::CredentialRejected, "{changes}");
            assert_eq!(error.to_string(), reason, "{changes}");
        }
    }
}

#[tokio::test]
async fn clocks_may_differ_by_the_leeway_and_no_more() {
    for form in forms() {
        let issuer = Issuer::ed();
        let (name, key) = issuer.setting();
        let mapper = build(&form, &settings(), &[(name, &key)]).await.unwrap();
        for holds in [
            json!({ "iat": NOW - 60, "exp": NOW - 29 }),
            json!({ "iat": NOW + 30, "nbf": NOW + 30, "exp": NOW + 60 }),
            json!({ "exp": NOW + 300 }),
        ] {
            let token = issuer.sign(&claims_with(&holds));
            assert!(resolve(&mapper, &token).await.is_ok(), "{holds}");
        }
    }
}

#[tokio::test]
async fn the_algorithm_comes_from_the_settings() {
    for form in forms() {
        let issuer = Issuer::rsa();
        let (name, pem) = issuer.setting();
        let mapper = build(&form, &settings(), &[(name, &pem)]).await.unwrap();
        // The public key, known to everybody, used as a shared secret.
        let confused = Issuer::Hmac(pem.clone()).sign(&claims());
        let unsigned = format!("{}.{}.", part(&json!({ "alg": "none" })), part(&claims()));
        let other_key = Issuer::rsa().sign(&claims());
        let mislabelled = Issuer::ed().sign_as(&json!({ "alg": "RS256" }), &claims());
        let critical = issuer.sign_as(
            &json!({ "alg": "RS256", "crit": ["b64"], "b64": true }),
            &claims(),
        );
        for (token, reason) in [
            (
                confused,
                "the JWT is signed with another algorithm than `RS256`",
            ),
            (unsigned, "the credential is no signed JWT"),
            (
                other_key,
                "the JWT's signature does not fit the issuer's key",
            ),
            (
                mislabelled,
                "the JWT's signature does not fit the issuer's key",
            ),
            (
                critical,
                "the JWT demands an extension (`crit`) that is not understood",
            ),
        ] {
            let error = resolve(&mapper, &token).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::CredentialRejected);
            assert_eq!(error.to_string(), reason);
        }
    }
}

#[tokio::test]
async fn size_and_scheme_are_bounded() {
    for form in forms() {
        let issuer = Issuer::ed();
        let (name, key) = issuer.setting();
        let mapper = build(&form, &settings(), &[(name, &key)]).await.unwrap();
        let long = issuer.sign(&claims_with(&json!({ "padding": "x".repeat(16 * 1024) })));
        let error = resolve(&mapper, &long).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "the credential is longer than 16384 bytes"
        );
        let basic = Credential {
            scheme: "basic".into(),
            value: SecretString::from(issuer.sign(&claims())),
        };
        let error = mapper.resolve(&context("acme"), basic).await.unwrap_err();
        assert_eq!(error.to_string(), "the credential must come as a bearer");
    }
}

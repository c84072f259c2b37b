//! Settings that can't be right.

use aws_lc_rs::{
    encoding::AsDer,
    signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use ownhand_plugin_sdk::ErrorKind;
use serde_json::{Value, json};

use crate::{
    forms::{build, forms},
    issuer::{Issuer, SECRET, pem, settings},
};

/// Builds with these settings, which must fail; the path and the message.
async fn refused(changes: Value, secrets: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut wrong = settings();
    for (name, value) in changes.as_object().unwrap() {
        wrong[name] = value.clone();
    }
    let mut told = Vec::new();
    for form in forms() {
        let Err(error) = build(&form, &wrong, secrets).await else {
            panic!("accepted {wrong}");
        };
        assert_eq!(error.kind(), ErrorKind::Configuration);
        told.push((
            error.path().unwrap_or_default().to_owned(),
            error.to_string(),
        ));
    }
    told
}

#[tokio::test]
async fn one_type_of_key_an_issuer() {
    let (_, ed) = Issuer::ed().setting();
    for (secrets, path) in [
        (vec![], "public_key"),
        (
            vec![("public_key", &*ed), ("hmac_secret", SECRET)],
            "hmac_secret",
        ),
        (vec![("hmac_secret", "too short")], "hmac_secret"),
    ] {
        for (found, _) in refused(json!({}), &secrets).await {
            assert_eq!(found, path);
        }
    }
}

#[tokio::test]
async fn the_algorithm_must_fit_the_key() {
    for issuer in [Issuer::ed(), Issuer::ec(), Issuer::rsa(), Issuer::hmac()] {
        let (name, key) = issuer.setting();
        for algorithm in ["EdDSA", "ES256", "RS256", "HS256"] {
            if algorithm == issuer.algorithm() {
                continue;
            }
            for (path, message) in refused(json!({ "algorithm": algorithm }), &[(name, &key)]).await
            {
                assert_eq!(path, "algorithm");
                assert_eq!(
                    message,
                    format!(
                        "`{algorithm}` does not fit `{name}`, which is a key for `{}`",
                        issuer.algorithm()
                    )
                );
            }
        }
    }
}

#[tokio::test]
async fn keys_that_cannot_serve_are_refused_and_not_repeated() {
    let p384 = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
    let p384 = pem("PUBLIC KEY", p384.public_key().as_der().unwrap().as_ref());
    let private = pem("PRIVATE KEY", b"not really, but nobody looks inside");
    for wrong in [
        &*p384,
        &private,
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        SECRET,
        "",
    ] {
        for (path, message) in refused(json!({}), &[("public_key", wrong)]).await {
            assert_eq!(path, "public_key");
            assert!(wrong.is_empty() || !message.contains(wrong), "{message}");
        }
    }
}

#[tokio::test]
async fn wrong_settings_are_told_with_their_place() {
    let (_, key) = Issuer::ed().setting();
    for (changes, path) in [
        (json!({ "issuer": "" }), "issuer"),
        (json!({ "audience": "" }), "audience"),
        (json!({ "leeway_seconds": 121 }), "leeway_seconds"),
        (json!({ "max_age_seconds": 0 }), "max_age_seconds"),
        (json!({ "max_age_seconds": 3601 }), "max_age_seconds"),
        (json!({ "claims": { "subject": "email" } }), "claims"),
        (json!({ "claims": { "login": "" } }), "claims"),
        (json!({ "algorithm": "none" }), "algorithm"),
        (json!({ "isuer": "x" }), "isuer"),
    ] {
        for (found, message) in refused(changes.clone(), &[("public_key", &key)]).await {
            assert_eq!(found, path, "{changes}: {message}");
        }
    }
}

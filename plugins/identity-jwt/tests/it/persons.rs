//! Who is named, by which key.

use std::collections::BTreeMap;

use ownhand_plugin_sdk::{CredentialUse, HostUser};
use serde_json::json;

use crate::{
    forms::{NOW, build, context, forms, resolve},
    issuer::{ISSUER, Issuer, claims, claims_with, settings},
};

fn jane() -> HostUser {
    HostUser {
        issuer: ISSUER.into(),
        subject: "u-17".into(),
        login: Some("j.doe".into()),
        email: Some("jane.doe@acme.example".into()),
        email_verified: true,
        name: Some("Jane Doe".into()),
        groups: vec!["legal".into(), "sales".into()],
        claims: BTreeMap::new(),
    }
}

#[tokio::test]
async fn every_kind_of_key_names_the_person() {
    for form in forms() {
        for issuer in [Issuer::ed(), Issuer::ec(), Issuer::rsa(), Issuer::hmac()] {
            let (name, key) = issuer.setting();
            let mut explicit = settings();
            explicit["algorithm"] = issuer.algorithm().into();
            for settings in [settings(), explicit] {
                let mapper = build(&form, &settings, &[(name, &key)]).await.unwrap();
                let answer = resolve(&mapper, &issuer.sign(&claims())).await.unwrap();
                assert_eq!(answer.user, jane(), "{}", issuer.algorithm());
                assert_eq!(
                    answer.credential_use,
                    CredentialUse::Single {
                        id: "5f2c".into(),
                        expires_unix_ms: (NOW + 60 + 30) * 1000
                    }
                );
            }
        }
    }
}

#[tokio::test]
async fn a_secret_may_end_with_a_line_feed() {
    for form in forms() {
        let issuer = Issuer::hmac();
        let (name, key) = issuer.setting();
        let key = format!("{key}\r\n");
        let mapper = build(&form, &settings(), &[(name, &key)]).await.unwrap();
        resolve(&mapper, &issuer.sign(&claims())).await.unwrap();
    }
}

#[tokio::test]
async fn only_the_subject_is_needed_of_a_person() {
    for form in forms() {
        let issuer = Issuer::ed();
        let (name, key) = issuer.setting();
        let mapper = build(&form, &settings(), &[(name, &key)]).await.unwrap();
        let bare = claims_with(&json!({
            "login": null, "email": "", "email_verified": null, "name": null, "groups": null,
            "aud": ["other", "ownhand"]
        }));
        let user = resolve(&mapper, &issuer.sign(&bare)).await.unwrap().user;
        let expected = HostUser {
            login: None,
            email: None,
            email_verified: false,
            name: None,
            groups: vec![],
            ..jane()
        };
        assert_eq!(user, expected);
    }
}

#[tokio::test]
async fn claims_have_the_names_that_the_settings_give() {
    for form in forms() {
        let issuer = Issuer::ed();
        let (name, key) = issuer.setting();
        let mut settings = settings();
        settings["claims"] =
            json!({ "login": "preferred_username", "department": "dept", "absent": "nowhere" });
        let mapper = build(&form, &settings, &[(name, &key)]).await.unwrap();
        let token = issuer.sign(&claims_with(
            &json!({ "preferred_username": "jdoe", "dept": "Legal" }),
        ));
        let user = resolve(&mapper, &token).await.unwrap().user;
        let expected = HostUser {
            login: Some("jdoe".into()),
            claims: BTreeMap::from([("department".into(), "Legal".into())]),
            ..jane()
        };
        assert_eq!(user, expected);
    }
}

#[tokio::test]
async fn an_address_of_another_claim_is_verified_only_by_a_claim_of_its_own() {
    for form in forms() {
        let issuer = Issuer::ed();
        let (name, key) = issuer.setting();
        for (claims, verified) in [
            (json!({ "email": "work_mail" }), false),
            (
                json!({ "email": "work_mail", "email_verified": "work_ok" }),
                true,
            ),
            (
                json!({ "email": "work_mail", "email_verified": "nowhere" }),
                false,
            ),
            (json!({ "email": "email" }), true),
        ] {
            let mut settings = settings();
            settings["claims"] = claims;
            let mapper = build(&form, &settings, &[(name, &key)]).await.unwrap();
            // The standard claim says yes, of the standard address.
            let token = issuer.sign(&claims_with(&json!({
                "email_verified": true, "work_mail": "jane.doe@acme.example", "work_ok": true
            })));
            let user = resolve(&mapper, &token).await.unwrap().user;
            assert_eq!(user.email.as_deref(), Some("jane.doe@acme.example"));
            assert_eq!(user.email_verified, verified, "{settings}");
        }
        for claims in [
            json!({ "email_verified": "work_ok" }),
            json!({ "email": "email", "email_verified": "work_ok" }),
        ] {
            let mut settings = settings();
            settings["claims"] = claims;
            let refused = build(&form, &settings, &[(name, &key)])
                .await
                .err()
                .unwrap();
            assert_eq!(refused.path(), Some("claims"));
        }
    }
}

#[tokio::test]
async fn an_instance_serves_its_own_tenant_only() {
    for form in forms() {
        let issuer = Issuer::ed();
        let (name, key) = issuer.setting();
        let mapper = build(&form, &settings(), &[(name, &key)]).await.unwrap();
        let credential = crate::forms::bearer(&issuer.sign(&claims()));
        let other = mapper.resolve(&context("globex"), credential).await;
        assert_eq!(
            other.unwrap_err().to_string(),
            "the credential is for another tenant"
        );
    }
}

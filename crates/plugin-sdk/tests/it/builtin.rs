//! Settings, secrets and roles of a built-in adapter.

use std::{collections::BTreeMap, time::Duration};

use futures_util::FutureExt;
use ownhand_plugin_sdk::{
    Adapter, AdapterError, AdapterInstance, BuildContext, CallContext, Credential, CredentialUse,
    ErrorKind, HostUser, IdentityMapper, InstanceArgs, ResolvedIdentity, Role, Secret,
    SecretString, TenantId, adapter, builtin, serde::Deserialize,
};
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, crate = "ownhand_plugin_sdk::serde")]
struct Settings {
    issuer: String,
    key: Option<Secret>,
    #[serde(default)]
    rules: Vec<Rule>,
    #[serde(default)]
    limits: Option<Limits>,
    #[serde(default)]
    folders: BTreeMap<String, Limits>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, crate = "ownhand_plugin_sdk::serde")]
struct Rule {
    path: String,
}

/// Written by somebody who did not ask for unknown keys to be refused.
#[derive(Deserialize)]
#[serde(crate = "ownhand_plugin_sdk::serde")]
struct Limits {
    #[serde(default)]
    longest: u32,
    #[serde(default)]
    inner: Vec<Inner>,
}

#[derive(Deserialize)]
#[serde(crate = "ownhand_plugin_sdk::serde")]
struct Inner {
    depth: u32,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default, crate = "ownhand_plugin_sdk::serde")]
struct Operator {
    bound: Option<u32>,
}

struct Sample(HostUser);

impl Adapter for Sample {
    const NAME: &'static str = "sample";
    const VERSION: &'static str = "1.2.3";
    type Settings = Settings;
    type Operator = Operator;

    async fn build(
        context: BuildContext,
        operator: Operator,
        settings: Settings,
    ) -> Result<Self, AdapterError> {
        let mut claims = BTreeMap::new();
        if let Some(key) = &settings.key {
            claims.insert("key".to_owned(), key.expose().to_owned());
        }
        if let Some(bound) = operator.bound {
            claims.insert("bound".to_owned(), bound.to_string());
        }
        let limits = settings.limits.iter().chain(settings.folders.values());
        let depths =
            limits.flat_map(|l| l.inner.iter().map(|inner| inner.depth).chain([l.longest]));
        claims.insert("limits".to_owned(), depths.sum::<u32>().to_string());
        Ok(Self(HostUser {
            issuer: settings.issuer,
            subject: context.instance,
            login: None,
            email: None,
            email_verified: false,
            name: context.tenant,
            groups: settings.rules.into_iter().map(|rule| rule.path).collect(),
            claims,
        }))
    }
}

impl IdentityMapper for Sample {
    async fn resolve(
        &self,
        _: &CallContext,
        _: Credential,
    ) -> Result<ResolvedIdentity, AdapterError> {
        Ok(ResolvedIdentity {
            user: self.0.clone(),
            credential_use: CredentialUse::Reusable,
        })
    }
}

adapter!(Sample: identity_mapper);

fn build(operator: Value, settings: Value) -> Result<AdapterInstance, AdapterError> {
    let args = InstanceArgs {
        instance: "acme/identity".into(),
        tenant: Some("acme".into()),
        operator,
        settings,
        secrets: [("key".to_owned(), SecretString::from("s3cret"))].into(),
    };
    builtin::<Sample>().build(args).now_or_never().unwrap()
}

fn refused(operator: Value, settings: Value) -> (String, String) {
    let error = build(operator, settings).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    (
        error.path().unwrap_or_default().to_owned(),
        error.to_string(),
    )
}

#[test]
fn settings_and_secrets_reach_the_adapter() {
    let settings = json!({
        "issuer": "i", "key": {"$secret": "key"}, "rules": [{"path": "p"}],
    });
    let instance = build(json!({"bound": 7}), settings).unwrap();
    assert!(instance.document_source.is_none() && instance.token_store.is_none());
    let cx = CallContext {
        tenant: TenantId::new("acme").unwrap(),
        request_id: "r".into(),
        now_unix_ms: 0,
        budget: Duration::from_secs(1),
    };
    let credential = Credential {
        scheme: "bearer".into(),
        value: "x".into(),
    };
    let mapper = instance.identity_mapper.unwrap();
    let user = mapper.resolve(&cx, credential).now_or_never().unwrap();
    let user = user.unwrap().user;
    assert_eq!(
        (user.issuer, user.subject, user.name.unwrap()),
        ("i".into(), "acme/identity".into(), "acme".into())
    );
    assert_eq!(user.groups, ["p"]);
    assert_eq!(user.claims["key"], "s3cret");
    assert_eq!(user.claims["bound"], "7");
}

#[test]
fn manifest_says_what_the_adapter_declares() {
    let factory = builtin::<Sample>();
    let manifest = factory.manifest();
    assert_eq!(
        (manifest.name.as_str(), manifest.version.as_str()),
        ("sample", "1.2.3")
    );
    assert_eq!(manifest.roles, [Role::IdentityMapper]);
}

#[test]
fn wrong_settings_are_named_by_path() {
    let null = Value::Null;
    let (path, message) = refused(null.clone(), json!({"isuer": "i"}));
    assert_eq!(path, "isuer");
    assert!(message.ends_with("did you mean `issuer`?"), "{message}");

    let rules = json!({"issuer": "i", "rules": [{"path": "a"}, {"paht": "b"}]});
    let (path, message) = refused(null.clone(), rules);
    assert_eq!(path, "rules[1].paht");
    assert!(message.ends_with("did you mean `path`?"), "{message}");

    let (path, message) = refused(null.clone(), json!({"issuer": 5}));
    assert_eq!(path, "issuer");
    assert!(message.contains("expected a string"), "{message}");

    let (path, message) = refused(null.clone(), null.clone());
    assert_eq!(
        (path.as_str(), message.as_str()),
        ("", "missing field `issuer`")
    );

    let (path, message) = refused(json!({"buond": 1}), json!({"issuer": "i"}));
    assert_eq!(path, "operator:buond");
    assert!(message.ends_with("did you mean `bound`?"), "{message}");
}

#[test]
fn unknown_keys_are_refused_even_where_the_author_did_not_ask_for_it() {
    for (limits, folders, place, message) in [
        (
            json!({"longset": 1}),
            json!({}),
            "limits.longset",
            "unknown field `longset`, expected one of `longest`, `inner`; did you mean `longest`?",
        ),
        (
            json!({"longest": 1, "inner": [{"depth": 1}, {"depth": 2, "dpeth": 3}]}),
            json!({}),
            "limits.inner[1].dpeth",
            "unknown field `dpeth`, expected `depth`; did you mean `depth`?",
        ),
        (
            json!(null),
            json!({"a": {"longest": 1}, "b": {"colour": "red"}}),
            "folders.b.colour",
            "unknown field `colour`, expected one of `longest`, `inner`",
        ),
    ] {
        let settings = json!({"issuer": "i", "limits": limits, "folders": folders});
        let told = refused(Value::Null, settings);
        assert_eq!(told, (place.to_owned(), message.to_owned()));
    }
    let good = json!({
        "issuer": "i", "limits": {"longest": 1, "inner": [{"depth": 2}]}, "folders": {"a": {}},
    });
    build(Value::Null, good).unwrap();
}

#[test]
fn a_literal_secret_is_refused_and_not_repeated() {
    for literal in [json!("hunter2"), json!(9_876_543)] {
        let settings = json!({"issuer": "i", "key": literal});
        let (path, message) = refused(Value::Null, settings);
        assert_eq!(path, "key");
        assert!(message.contains("{ env = "), "{message}");
        assert!(
            !message.contains("hunter2") && !message.contains("9876543"),
            "{message}"
        );
    }
    let (_, message) = refused(
        Value::Null,
        json!({"issuer": "i", "key": {"$secret": "other"}}),
    );
    assert_eq!(message, "this secret was not supplied");
    assert_eq!(
        format!("{:?}", Secret::new("hunter2")),
        "Secret([redacted])"
    );
}

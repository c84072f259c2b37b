//! The JWT that a host app vouches with.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
    time::Duration,
};

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ownhand_identity_jwt::JwtIdentity;
use ownhand_plugin_sdk::builtin;
use ownhand_spi::{
    CallContext, Credential, DynIdentityMapper, InstanceArgs, ResolvedIdentity, TenantId,
};
use serde_json::{Value, json};

use super::RUNTIME;

const NOW: u64 = 1_800_000_000;
const KEY: &str = "a shared key of at least 32 bytes";
const HEAD: &[u8] = br#"{"alg":"HS256","typ":"JWT"}"#;
const ISSUER: &str = "https://dms.example";

static MAPPER: LazyLock<Arc<dyn DynIdentityMapper>> = LazyLock::new(|| {
    let args = InstanceArgs {
        instance: "acme/identity".to_owned(),
        tenant: Some("acme".to_owned()),
        operator: Value::Null,
        settings: json!({ "issuer": ISSUER, "audience": "ownhand", "hmac_secret": { "$secret": "key" } }),
        secrets: BTreeMap::from([("key".to_owned(), KEY.into())]),
    };
    let built = RUNTIME.block_on(builtin::<JwtIdentity>().build(args));
    built.unwrap().identity_mapper.unwrap()
});

fn resolve(token: &str) -> Option<ResolvedIdentity> {
    let context = CallContext {
        tenant: TenantId::new("acme").unwrap(),
        request_id: "fuzz".to_owned(),
        now_unix_ms: NOW * 1000,
        budget: Duration::from_secs(10),
    };
    let credential = Credential {
        scheme: "bearer".to_owned(),
        value: token.into(),
    };
    match RUNTIME.block_on(MAPPER.resolve(&context, credential)) {
        Ok(identity) => Some(identity),
        Err(error) => {
            let told = format!("{error} {error:?}");
            assert!(
                token.len() < 16 || !told.contains(token),
                "a refusal repeats the credential"
            );
            None
        }
    }
}

/// A JWT under the host app's own signature.
fn signed(head: &[u8], body: &[u8]) -> String {
    let (head, body) = (URL_SAFE_NO_PAD.encode(head), URL_SAFE_NO_PAD.encode(body));
    let signed = format!("{head}.{body}");
    let key = hmac::Key::new(hmac::HMAC_SHA256, KEY.as_bytes());
    let tag = URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes()));
    format!("{signed}.{tag}")
}

/// Nobody is believed without the key; with it, only who is named by the issuer, for us, now.
pub(super) fn jwt(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    assert!(
        resolve(&text).is_none(),
        "nobody but the host app makes a good credential"
    );
    // The bytes under the host app's own signature: as claims, and as a header.
    let claims = json!({ "iss": ISSUER, "aud": "ownhand", "sub": "u", "iat": NOW, "exp": NOW + 60, "jti": "j" });
    let claims = claims.to_string();
    for (head, body) in [(HEAD, input), (input, claims.as_bytes())] {
        if let Some(identity) = resolve(&signed(head, body)) {
            assert_eq!(identity.user.issuer, ISSUER);
            assert!(!identity.user.subject.is_empty());
            let said: Value = serde_json::from_slice(body).unwrap();
            let audience = &said["aud"];
            assert!(
                audience == "ownhand"
                    || audience
                        .as_array()
                        .is_some_and(|all| all.contains(&json!("ownhand"))),
                "it is for us"
            );
            assert!(
                said["exp"].as_f64().is_some_and(|end| end + 60.0 > 1.8e9),
                "it ends"
            );
        }
    }
}

pub(super) fn examples() -> Vec<Vec<u8>> {
    let good = json!({
        "iss": ISSUER, "aud": "ownhand", "sub": "u-1", "iat": NOW, "exp": NOW + 60, "jti": "j",
        "login": "j.doe", "name": "Jane Doe", "email": "jane@acme.example", "email_verified": true, "groups": ["staff"],
    });
    // What the disturbed ones come from is believed.
    resolve(&signed(HEAD, good.to_string().as_bytes())).unwrap();
    [
        good.to_string(),
        r#"{"alg":"HS256","typ":"JWT","kid":"x","crit":["b64"]}"#.to_owned(),
        r#"{"alg":"none"}"#.to_owned(),
        format!(
            "{}.{}.",
            URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#),
            URL_SAFE_NO_PAD.encode(good.to_string())
        ),
    ]
    .map(String::into_bytes)
    .to_vec()
}

//! Tenants whose plugins have secrets of their own, and show or drop what they can.

use std::{fs, os::unix::fs::PermissionsExt as _, time::Duration};

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};
use xtask::world::{
    host_app::random,
    people::JANE,
    time::{now, until},
    walk,
};

use super::story::Life;

impl Life {
    /// Tenants whose plugins have secrets of their own: one that panics, one that shows all it has.
    pub(super) async fn plugins(&mut self) {
        let keys = ["globex", "initech", "umbrella"].map(|tenant| {
            let key = format!("plugin-secret-{tenant}-{}", random());
            let file = self
                .installation
                .folder
                .join(format!("secrets/{tenant}/plugin-key"));
            fs::write(&file, &key).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
            key
        });
        let secret = "{ file = \"plugin-key\" }";
        self.edit(
            "globex",
            "public_key = { file = \"dms.pem\" }",
            &format!("hmac_secret = {secret}"),
        );
        let misbehaving =
            format!("plugin = \"misbehaving\"\nsettings = {{ label = \"x\", secret = {secret} }}");
        for tenant in ["initech", "umbrella"] {
            let files =
                format!("plugin = \"documents-files\"\nsettings = {{ root = \"{tenant}\" }}");
            self.edit(tenant, &files, &misbehaving);
        }
        let text = self.file("tenants/umbrella.toml");
        let identity = text
            .split("\n\n")
            .find(|part| part.starts_with("[identity]"))
            .unwrap()
            .to_owned();
        self.edit("umbrella", &identity, "");
        self.reload().await;

        let origin = self.host("globex").origin.clone();
        let shared = shared_key_assertion(&origin, &keys[0]);
        self.call("globex", Method::POST, "me/session", &shared, None)
            .await
            .expect(201)
            .unwrap();
        let forged = format!("{}x", &shared[..shared.len() - 1]);
        self.call("globex", Method::GET, "me", &forged, None)
            .await
            .expect(401)
            .unwrap();

        let browser = self.installation.browser().unwrap();
        walk::link(self.host("initech"), &browser, &JANE)
            .await
            .unwrap();
        let session = self.host("initech").session(&JANE).await.unwrap();
        for (key, document) in [
            ("1", "panic"),
            ("2", "panic later"),
            ("3", "panic with a number"),
        ] {
            let definition = json!({
                "emailSubject": key,
                "documents": [{ "documentId": "1", "hostDocument": document, "name": "x.pdf" }],
                "recipients": { "signers": [{ "recipientId": "1", "routingOrder": "1", "name": "N", "email": "n@x.example" }] },
            });
            let host = self.host("initech");
            let headers = [("idempotency-key", key)];
            let answer = host
                .call_with(
                    Method::POST,
                    "envelopes",
                    &session,
                    Some(&definition),
                    &headers,
                )
                .await
                .unwrap();
            self.places.answer(
                "POST envelopes, a plugin panics",
                &answer.expect(424).unwrap(),
            );
        }
        let credential = format!("opaque-{}", random());
        let shown = self
            .call("umbrella", Method::GET, "me", &credential, None)
            .await
            .expect(200)
            .unwrap();
        assert!(shown.text().contains("setting_length"), "{}", shown.text());
        self.secrets.add("plugin secret", keys, &[]);
        let shared = shared.rsplit('.').next().unwrap().to_owned();
        self.secrets.add(
            "credential shown to a plugin",
            [credential, shared, session],
            &[],
        );
        self.databases();
    }

    fn edit(&self, tenant: &str, from: &str, to: &str) {
        let file = self.installation.tenant_file(tenant);
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(&file, text.replacen(from, to, 1)).unwrap();
    }

    async fn reload(&self) {
        self.installation.ask_server_to_reload().unwrap();
        until(
            "the tenants to be read anew",
            Duration::from_secs(30),
            async || {
                let log = self.installation.server_log();
                assert!(
                    !log.contains("the present one stays in force"),
                    "the edited files are wrong"
                );
                Ok(log
                    .contains("the tenants' files were read anew")
                    .then_some(()))
            },
        )
        .await
        .unwrap();
    }
}

/// An assertion under a key that host app and plugin share.
fn shared_key_assertion(origin: &str, key: &str) -> String {
    let now = now();
    let claims = json!({
        "iss": origin, "aud": "ownhand", "iat": now, "exp": now + 120, "jti": random(),
        "sub": JANE.subject, "login": JANE.login, "name": JANE.name, "email": JANE.email, "email_verified": true,
    });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!(
        "{}.{}",
        part(&json!({ "alg": "HS256", "typ": "JWT" })),
        part(&claims)
    );
    let tag = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()),
        signed.as_bytes(),
    );
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
}

//! Refusals whose requests are full of secrets, renewed tokens, and a link that dies.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use xtask::world::{
    Answer,
    host_app::address,
    people::JANE,
    time::{now, until},
};

use super::story::{Life, last};

impl Life {
    /// Refusals whose requests are full of secrets.
    pub(super) async fn refusals(&mut self) {
        let past = json!({ "iat": now() - 1000, "exp": now() - 600 });
        let expired = self.host("acme").assertion_with(&JANE, &past);
        let burnt = self.host("acme").assertion(&JANE);
        self.call("acme", Method::POST, "me/session", &burnt, None)
            .await
            .expect(201)
            .unwrap();
        self.call("acme", Method::POST, "me/session", &burnt, None)
            .await
            .expect(401)
            .unwrap();
        let foreign = self.host("globex").assertion(&JANE);
        for credential in [&expired, &foreign] {
            for (method, path) in [
                (Method::GET, "me"),
                (Method::POST, "me/link"),
                (Method::GET, "envelopes"),
            ] {
                self.call("acme", method, path, credential, None)
                    .await
                    .expect(401)
                    .unwrap();
            }
        }
        let assertion = self.host("acme").assertion(&JANE);
        let misplaced = json!({ "handle": 17, "tokne": "misplaced-secret-3f9a1c77b2" });
        self.call(
            "acme",
            Method::POST,
            "me/link/finish",
            &assertion,
            Some(misplaced),
        )
        .await
        .expect(400)
        .unwrap();
        let shown = [expired, burnt, foreign, assertion];
        let signatures = shown
            .iter()
            .map(|assertion| assertion.rsplit('.').next().unwrap().to_owned());
        self.secrets.add("refused credential", signatures, &[]);
        // Tokens are renewed; then the consent is withdrawn, and the user must link again.
        self.renewed().await;
        // The consent's end makes DocuSign forget what it gave out.
        self.issued().await;
        let revoked = json!({ "user": JANE.email });
        self.installation
            .simulator
            .set("consent/revoke", &revoked)
            .await
            .unwrap()
            .expect(204)
            .unwrap();
        let dead = until(
            "the link to be known as dead",
            Duration::from_secs(30),
            async || {
                let answer = self.send("dead").await;
                Ok((answer.code() == "link_needs_relink").then_some(answer))
            },
        );
        let dead = dead.await.unwrap();
        let start = address(&dead, "start_url").unwrap();
        self.secrets.add(
            "ticket of a dead link",
            [last(&start)],
            &["POST envelopes: body"],
        );
        self.databases();
    }

    /// Sends until DocuSign has given out another pair of tokens.
    async fn renewed(&mut self) {
        let count = async |life: &Self| {
            life.installation.simulator.secrets().await.unwrap()["access_tokens"]
                .as_array()
                .unwrap()
                .len()
        };
        let before = count(self).await;
        until(
            "tokens to be renewed",
            Duration::from_secs(30),
            async || {
                self.send("another").await;
                Ok((count(self).await > before).then_some(()))
            },
        )
        .await
        .unwrap();
    }

    async fn send(&mut self, document: &str) -> Answer {
        let session = self.host("acme").session(&JANE).await.unwrap();
        let definition = json!({
            "emailSubject": document,
            "documents": [{ "documentId": "1", "hostDocument": JANE.document }],
            "recipients": { "signers": [{ "recipientId": "1", "routingOrder": "1", "name": "N", "email": "n@x.example" }] },
        });
        self.call(
            "acme",
            Method::POST,
            "envelopes",
            &session,
            Some(definition),
        )
        .await
    }
}

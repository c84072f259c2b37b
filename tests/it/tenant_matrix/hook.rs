//! DocuSign's events: believed when signed, and only where they belong.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Method;
use serde_json::json;
use xtask::world::{Answer, people::JANE, time::until};

use super::{jane::Jane, routes::Known};
use crate::table::Table;

impl Jane<'_> {
    /// A body that DocuSign might send about Jane's envelope.
    fn event(&self, status: &str, nonce: &str) -> Vec<u8> {
        let body = json!({
            "event": format!("envelope-{status}"), "apiVersion": "v2.1", "uri": "", "retryCount": 0, "configurationId": 1,
            "generatedDateTime": nonce,
            "data": {
                "accountId": JANE.account, "userId": JANE.docusign_user, "envelopeId": self.envelope["envelope_id"],
            },
        });
        body.to_string().into_bytes()
    }

    async fn deliver(&self, tenant: &str, body: &[u8], key: Option<&str>) -> Answer {
        let url = self
            .scene
            .installation
            .at(&format!("/hooks/docusign?tenant={tenant}"))
            .unwrap();
        let mut request = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .body(body.to_vec());
        if let Some(key) = key {
            let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
            let signature = STANDARD.encode(hmac::sign(&key, body));
            request = request.header("x-docusign-signature-1", signature);
        }
        Answer::read(request.send().await.unwrap()).await.unwrap()
    }

    fn connect_key(&self) -> String {
        let file = self.scene.installation.folder.join("secrets/connect-key");
        std::fs::read_to_string(file).unwrap()
    }

    pub(super) async fn hook(&self, known: &Known, table: &mut Table) {
        let name = format!("{} {}", known.method, known.path);
        let key = self.connect_key();
        let body = self.event("delivered", "2026-11-25T10:00:00Z");
        let altered = self.event("voided", "2026-11-25T10:00:00Z");
        let tries = [
            ("without a signature", "acme", None, "401 event_refused"),
            (
                "signed by another key",
                "acme",
                Some("another"),
                "401 event_refused",
            ),
            (
                "well signed, for globex",
                "globex",
                Some(key.as_str()),
                "200",
            ),
            (
                "well signed, for no tenant",
                "nobody",
                Some(&key),
                "404 unknown_tenant",
            ),
        ];
        for (how, tenant, key, expected) in tries {
            let answer = self.deliver(tenant, &body, key).await;
            table.row(format!("{name}: {how}"), expected, self.told(&answer));
        }
        let url = self
            .scene
            .installation
            .at("/hooks/docusign?tenant=acme")
            .unwrap();
        let signature = STANDARD.encode(hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()),
            &body,
        ));
        let request = self
            .client
            .post(url)
            .header("x-docusign-signature-1", signature)
            .body(altered);
        let answer = Answer::read(request.send().await.unwrap()).await.unwrap();
        table.row(
            format!("{name}: the signature of another body"),
            "401 event_refused",
            self.told(&answer),
        );
    }

    /// The same event is believed where it belongs, and it comes after those that were not.
    pub(super) async fn hook_control(&self, table: &mut Table) {
        let body = self.event("delivered", "2026-11-25T10:00:01Z");
        let key = self.connect_key();
        self.deliver("acme", &body, Some(&key))
            .await
            .expect(200)
            .unwrap();
        let host = self.scene.host();
        let session = host.session(&JANE).await.unwrap();
        let path = format!(
            "envelopes/{}",
            self.envelope["envelope_id"].as_str().unwrap()
        );
        let moved = until(
            "the event to be worked off",
            Duration::from_secs(20),
            async || {
                let answer = host.call(Method::GET, &path, &session, None).await?.json();
                Ok((answer["status"] == "delivered").then_some(()))
            },
        );
        let moved = moved.await.is_ok();
        table.row(
            "POST /hooks/docusign: well signed, for acme",
            "believed: true",
            format!("believed: {moved}"),
        );
    }
}

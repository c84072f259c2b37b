//! The user whose belongings everybody reaches for.

use reqwest::{Client, Method};
use serde_json::{Value, json};
use url::Url;
use xtask::world::{
    Answer, Person,
    people::{JANE, OMAR},
    walk,
};

use super::routes::Known;
use crate::scene::{Scene, User, handle, me};

/// The idempotency key of Jane's send; others use it too.
pub(super) const KEY: &str = "contract-17";

/// Somebody at globex whom the host app there knows by the subject that Jane has at acme.
static NAMESAKE: Person = Person {
    subject: JANE.subject,
    login: JANE.login,
    ..OMAR
};

/// The one whose belongings are reached for: linked at acme, with an envelope that is out.
pub(super) struct Jane<'a> {
    pub(super) scene: &'a Scene,
    pub(super) envelope: Value,
    /// What must stand in no answer to anybody else.
    traces: Vec<String>,
    pub(super) client: Client,
}

impl<'a> Jane<'a> {
    pub(super) async fn sits_down(scene: &'a Scene) -> Self {
        let user = scene.user(&JANE).await;
        user.link().await;
        // The others are no strangers to DocuSign either: what stops them is not that they have nothing of their own.
        scene.user(&OMAR).await.link().await;
        let browser = scene.installation.browser().unwrap();
        walk::link(scene.elsewhere(), &browser, &NAMESAKE)
            .await
            .unwrap();
        let session = scene.host().session(&JANE).await.unwrap();
        let sent = scene.host().send(&JANE, &session, KEY).await.unwrap();
        let envelope = sent.expect(201).unwrap().json();
        let link = me(scene.host(), &JANE).await["link"]["id"].clone();
        let traces = [&link, &envelope["id"], &envelope["envelope_id"]];
        let traces = traces.map(|value| value.as_str().unwrap().to_owned());
        let named = [JANE.docusign_user, JANE.account, JANE.account_name];
        Self {
            scene,
            envelope,
            traces: traces.into_iter().chain(named.map(str::to_owned)).collect(),
            client: scene.installation.trust.client().unwrap(),
        }
    }

    /// Her link and her envelopes; only when she linked last changes, since she walks in this test.
    pub(super) async fn everything(&self) -> [Value; 2] {
        let host = self.scene.host();
        let session = host.session(&JANE).await.unwrap();
        let list = host.call(Method::GET, "envelopes", &session, None).await;
        let mut own = me(host, &JANE).await;
        own["link"]["updated_at"] = Value::Null;
        [own, list.unwrap().expect(200).unwrap().json()]
    }

    /// An address of a route at a tenant, with Jane's own values in it.
    pub(super) fn address(&self, path: &str, tenant: &str) -> Url {
        let id = self.envelope["envelope_id"].as_str().unwrap();
        let path = path.replace("{tenant}", tenant).replace("{id}", id);
        assert!(!path.contains('{'), "{path} has a value that nobody knows");
        self.scene.installation.at(&path).unwrap()
    }

    /// Calls a route of the API, with a body that would do if Jane were the caller.
    pub(super) async fn call(
        &self,
        known: &Known,
        tenant: &str,
        bearer: Option<&str>,
        key: &str,
    ) -> Answer {
        let url = self.address(known.path, tenant);
        let body = if known.path.ends_with("/finish") {
            let walk = self.scene.user(&JANE).await;
            json!({ "handle": handle(&walk.returned().await) })
        } else if known.path.ends_with("/default") {
            json!({ "account_id": JANE.account })
        } else if known.path.ends_with("/envelopes") {
            json!({
                "emailSubject": "not by me",
                "documents": [{ "documentId": "1", "hostDocument": JANE.document }],
                "recipients": { "signers": [{ "recipientId": "1", "routingOrder": "1", "name": "N", "email": "n@x.example" }] },
            })
        } else {
            json!({})
        };
        let method = Method::from_bytes(known.method.as_bytes()).unwrap();
        let mut request = self.client.request(method.clone(), url);
        if let Some(bearer) = bearer {
            request = request.bearer_auth(bearer);
        }
        if method != Method::GET {
            request = request.header("idempotency-key", key).json(&body);
        }
        Answer::read(request.send().await.unwrap()).await.unwrap()
    }

    /// What an answer says, and whether it lets anything of Jane's out.
    pub(super) fn told(&self, answer: &Answer) -> String {
        let text = answer.text();
        let (status, code) = (answer.status, answer.code());
        // A refusal may repeat the account that the call asked for.
        let echo = (code == "account_not_allowed").then_some(JANE.account);
        let traces: Vec<_> = self
            .traces
            .iter()
            .filter(|trace| text.contains(*trace) && Some(trace.as_str()) != echo)
            .collect();
        if traces.is_empty() {
            format!("{status} {code}").trim().to_owned()
        } else {
            format!("{status} {code} with {traces:?}")
        }
    }

    /// A fresh walk of Jane's, as far as the address of a page.
    pub(super) async fn walk(&self, path: &str) -> (User, Url) {
        let walker = self.scene.user(&JANE).await;
        let url = if path.contains("/start/") {
            walker.start().await
        } else if path.ends_with("/callback") {
            walker.called_back().await
        } else if path.contains("/again/") {
            let finish = walker.returned().await;
            let later = json!({ "advance_seconds": 600 });
            let clock = self.scene.installation.simulator.set("clock", &later);
            clock.await.unwrap().expect(200).unwrap();
            walker.finish(&finish).await
        } else {
            let confirm = walker.pending().await;
            if path.contains("/done/") {
                walker.decide(&confirm, "confirm").await.location().unwrap()
            } else {
                confirm
            }
        };
        (walker, url)
    }
}

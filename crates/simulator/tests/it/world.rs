//! A running simulator and the hands to use it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use lopdf::{Dictionary, Document, Object, Stream, dictionary};
use ownhand_simulator::{Options, Running, Seed, start};
use reqwest::{Client, RequestBuilder, Response, header};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use url::Url;

pub(crate) const KEY: &str = "7c2b8a6e-4f1d-4c57-9a2b-0d5e1f3a9b10";
pub(crate) const SECRET: &str = "simulator-secret";
pub(crate) const REDIRECT: &str = "http://127.0.0.1:8080/oauth/callback";
pub(crate) const JANE: (&str, &str) = ("jane.doe@acme.example", "jane");
pub(crate) const SAM: (&str, &str) = ("sam.okafor@acme.example", "sam");
pub(crate) const ALEX: (&str, &str) = ("alex.admin@acme.example", "alex");
pub(crate) const JANES: &str = "ac000000-0001-4000-8000-000000000001";
pub(crate) const SAMS: &str = "ac000000-0002-4000-8000-000000000002";

/// A browser, or any client: with cookies, following nothing.
#[expect(clippy::disallowed_methods, reason = "the one client of these tests")]
pub(crate) fn client() -> Client {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .cookie_store(true)
        .build()
        .unwrap()
}

pub(crate) struct World {
    pub(crate) running: Running,
    pub(crate) client: Client,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn seeded(seed: &str) -> Self {
        Self::with(Options {
            seed: Some(Seed::parse(seed).unwrap()),
            ..Options::default()
        })
        .await
    }

    pub(crate) async fn with(options: Options) -> Self {
        Self {
            running: start(options).await.unwrap(),
            client: client(),
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        self.running.http.join(path).unwrap().into()
    }

    /// The address for an authorization request; later pairs are added to the usual ones.
    pub(crate) fn authorize_url(&self, more: &[(&str, &str)]) -> Url {
        let mut url = self.running.http.join("/oauth/auth").unwrap();
        url.query_pairs_mut()
            .extend_pairs([
                ("response_type", "code"),
                ("client_id", KEY),
                ("redirect_uri", REDIRECT),
            ])
            .extend_pairs(more);
        url
    }

    /// Walks login and consent with a browser and gives where the last redirect leads.
    pub(crate) async fn walk(
        &self,
        browser: &Client,
        who: (&str, &str),
        more: &[(&str, &str)],
        decision: &str,
    ) -> Url {
        let mut answer = browser.get(self.authorize_url(more)).send().await.unwrap();
        for _ in 0..2 {
            if answer.status().is_redirection() {
                break;
            }
            let page = answer.text().await.unwrap();
            let request = hidden(&page, "request");
            let (path, fields) = if page.contains("action=\"/oauth/login\"") {
                (
                    "/oauth/login",
                    vec![
                        ("request", request),
                        ("email", who.0.into()),
                        ("password", who.1.into()),
                    ],
                )
            } else {
                (
                    "/oauth/consent",
                    vec![("request", request), ("decision", decision.into())],
                )
            };
            answer = browser
                .post(self.url(path))
                .form(&fields)
                .send()
                .await
                .unwrap();
        }
        assert_eq!(answer.status(), 303);
        location(&answer)
    }

    pub(crate) async fn token_call(&self, fields: &[(&str, &str)]) -> (u16, Value) {
        let call = self
            .client
            .post(self.url("/oauth/token"))
            .basic_auth(KEY, Some(SECRET))
            .form(fields);
        read(call).await
    }

    /// A user's fresh tokens, scopes `signature extended`.
    pub(crate) async fn tokens(&self, who: (&str, &str)) -> Value {
        self.tokens_with(who, "signature extended").await
    }

    pub(crate) async fn tokens_with(&self, who: (&str, &str), scope: &str) -> Value {
        let back = self
            .walk(&client(), who, &[("scope", scope)], "accept")
            .await;
        let code = parameter(&back, "code").unwrap();
        let (status, body) = self
            .token_call(&[("grant_type", "authorization_code"), ("code", &code)])
            .await;
        assert_eq!(status, 200, "{body}");
        body
    }

    pub(crate) async fn access(&self, who: (&str, &str)) -> String {
        self.tokens(who).await["access_token"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub(crate) fn rest(
        &self,
        method: reqwest::Method,
        account: &str,
        path: &str,
        token: &str,
    ) -> RequestBuilder {
        let url = self.url(&format!("/restapi/v2.1/accounts/{account}{path}"));
        self.client.request(method, url).bearer_auth(token)
    }

    pub(crate) async fn get(&self, account: &str, path: &str, token: &str) -> (u16, Value) {
        read(self.rest(reqwest::Method::GET, account, path, token)).await
    }

    pub(crate) async fn put(
        &self,
        account: &str,
        path: &str,
        token: &str,
        body: &Value,
    ) -> (u16, Value) {
        read(
            self.rest(reqwest::Method::PUT, account, path, token)
                .json(body),
        )
        .await
    }

    pub(crate) async fn post(
        &self,
        account: &str,
        path: &str,
        token: &str,
        body: &Value,
    ) -> (u16, Value) {
        read(
            self.rest(reqwest::Method::POST, account, path, token)
                .json(body),
        )
        .await
    }

    /// Creates an envelope and gives its id.
    pub(crate) async fn create(&self, account: &str, token: &str, definition: &Value) -> String {
        let (status, body) = self.post(account, "/envelopes", token, definition).await;
        assert_eq!(status, 201, "{body}");
        body["envelopeId"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn look(&self, what: &str) -> Vec<Value> {
        let key = self.running.control_key.expose_secret();
        let (status, body) = read(
            self.client
                .get(self.url(&format!("/_simulator/{what}")))
                .bearer_auth(key),
        )
        .await;
        assert_eq!(status, 200);
        body.as_array().unwrap().clone()
    }

    pub(crate) async fn control(&self, method: reqwest::Method, what: &str, body: &Value) -> u16 {
        let key = self.running.control_key.expose_secret();
        let call = self
            .client
            .request(method, self.url(&format!("/_simulator/{what}")))
            .bearer_auth(key)
            .json(body);
        read(call).await.0
    }

    /// The signing addresses mailed to somebody, oldest first.
    pub(crate) async fn signing_urls(&self, to: &str) -> Vec<String> {
        let mails = self.look("outbox").await;
        let own = mails.iter().filter(|mail| mail["to"] == to);
        own.filter_map(|mail| Some(mail["signing_url"].as_str()?.to_owned()))
            .collect()
    }

    /// Opens a signing address and signs.
    pub(crate) async fn sign(&self, url: &str, name: &str) -> Response {
        assert_eq!(self.client.get(url).send().await.unwrap().status(), 200);
        let fields = [("action", "sign"), ("signature_name", name)];
        self.client.post(url).form(&fields).send().await.unwrap()
    }
}

/// Sends; gives the status and the JSON, or null for other bodies.
pub(crate) async fn read(call: RequestBuilder) -> (u16, Value) {
    let answer = call.send().await.unwrap();
    let status = answer.status().as_u16();
    (
        status,
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or(Value::Null),
    )
}

pub(crate) fn location(answer: &Response) -> Url {
    Url::parse(answer.headers()[header::LOCATION].to_str().unwrap()).unwrap()
}

pub(crate) fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
}

/// The value of a hidden field.
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let after = page
        .split_once(&start)
        .unwrap_or_else(|| panic!("no field {name} in {page}"))
        .1;
    after.split_once('"').unwrap().0.to_owned()
}

/// A verifier and its S256 challenge.
pub(crate) fn pkce() -> (String, String) {
    let verifier = "a-verifier-that-is-long-enough-to-be-one-0123456789".to_owned();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes());
    (verifier, URL_SAFE_NO_PAD.encode(digest))
}

/// A one-page PDF whose resources are inherited from the page tree, as many real ones are.
pub(crate) fn pdf(text: &str) -> Vec<u8> {
    let mut pdf = Document::with_version("1.5");
    let tree = pdf.new_object_id();
    let font = pdf.add_object(
        dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Courier" },
    );
    let content = format!("BT /F1 24 Tf 100 600 Td ({text}) Tj ET");
    let content = pdf.add_object(Stream::new(Dictionary::new(), content.into_bytes()));
    let page =
        pdf.add_object(dictionary! { "Type" => "Page", "Parent" => tree, "Contents" => content });
    pdf.objects.insert(
        tree,
        Object::Dictionary(dictionary! {
            "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1,
            "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
        }),
    );
    let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    pdf.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).unwrap();
    bytes
}

pub(crate) fn signer(id: u32, name: &str, order: u32) -> Value {
    json!({ "recipientId": id, "name": name, "email": format!("{}@signer.example", name.to_lowercase()), "routingOrder": order })
}

/// A definition with one document and the signers.
pub(crate) fn definition(status: &str, signers: &[Value]) -> Value {
    json!({
        "status": status,
        "emailSubject": "Please sign the lease",
        "documents": [{ "documentId": "1", "name": "Lease.pdf", "documentBase64": STANDARD.encode(pdf("Lease")) }],
        "recipients": { "signers": signers },
    })
}

//! The backend of a host app: vouches for its users by signed assertions, and calls Ownhand's API.

use std::net::TcpListener;

use aws_lc_rs::{
    encoding::{AsDer as _, PublicKeyX509Der},
    rand,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio_rustls::TlsAcceptor;
use url::Url;

use super::{Answer, Person, Trust, browser, site::Place, time};
use crate::{Result, error, error::wrong};

/// The host app of one tenant.
pub struct HostApp {
    /// The tenant.
    pub tenant: String,
    /// Its origin: issuer of the assertions, and where its pages are.
    pub origin: String,
    /// Held open, so that nobody else takes the origin's port.
    pub(crate) listener: TcpListener,
    /// What its pages serve with, if they speak TLS.
    pub(crate) tls: Option<TlsAcceptor>,
    key: Ed25519KeyPair,
    ownhand: Url,
    client: Client,
}

impl HostApp {
    /// A host app with a fresh key, beside the Ownhand at `ownhand`.
    pub(super) fn new(tenant: &str, ownhand: &Url, place: &Place, trust: &Trust) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").map_err(error::io("a free port"))?;
        let address = listener.local_addr().map_err(error::io("a free port"))?;
        Ok(Self {
            tenant: tenant.to_owned(),
            origin: place.dms(address.port())?.origin().ascii_serialization(),
            listener,
            tls: place.dms_tls()?,
            key: Ed25519KeyPair::generate().map_err(|_| wrong("no key can be made"))?,
            ownhand: ownhand.clone(),
            client: browser::client(false, trust)?,
        })
    }

    /// The tenant's name for people.
    pub fn name(&self) -> String {
        let (first, rest) = self.tenant.split_at(1);
        format!("{}{rest} Legal", first.to_uppercase())
    }

    /// The public key by which Ownhand checks the assertions.
    pub(super) fn public_key_pem(&self) -> String {
        let der: std::result::Result<PublicKeyX509Der<'_>, _> = self.key.public_key().as_der();
        let text = der.map(|der| STANDARD.encode(der.as_ref()));
        format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            text.unwrap_or_default()
        )
    }

    /// An assertion for a user who is signed in. Good once.
    pub fn assertion(&self, person: &Person) -> String {
        self.assertion_with(person, &json!({}))
    }

    /// An assertion with some claims of another value.
    pub fn assertion_with(&self, person: &Person, changes: &Value) -> String {
        let now = time::now();
        let head = json!({ "alg": "EdDSA", "typ": "JWT" });
        let mut claims = json!({
            "iss": self.origin, "aud": "ownhand", "iat": now, "exp": now + 120, "jti": random(),
            "sub": person.subject, "login": person.login, "name": person.name,
            "email": person.email, "email_verified": true, "groups": ["staff"],
        });
        for (name, value) in changes.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&head), part(&claims));
        let signature = self.key.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// Calls Ownhand's API below the tenant, e.g. `me/link`.
    ///
    /// # Errors
    /// When nobody answers; every answer is handed back.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        bearer: &str,
        body: Option<&Value>,
    ) -> Result<Answer> {
        self.call_with(method, path, bearer, body, &[]).await
    }

    /// The same with further headers.
    ///
    /// # Errors
    /// See [`HostApp::call`].
    pub async fn call_with(
        &self,
        method: Method,
        path: &str,
        bearer: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Result<Answer> {
        let url = self
            .ownhand
            .join(&format!("v1/tenants/{}/{path}", self.tenant))
            .map_err(|error| wrong(error.to_string()))?;
        let mut request = self.client.request(method, url.clone()).bearer_auth(bearer);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        browser::ask(request, &url).await
    }

    /// Starts a link for a user; answers where to send their browser.
    ///
    /// # Errors
    /// When Ownhand refuses.
    pub async fn start_link(&self, person: &Person) -> Result<Url> {
        let body = json!({ "return_url": format!("{}/signatures", self.origin) });
        let assertion = self.assertion(person);
        let answer = self
            .call(Method::POST, "me/link", &assertion, Some(&body))
            .await?;
        address(&answer.expect(201)?, "start_url")
    }

    /// Finishes the link of the user who is signed in here, with the handle that their browser brought.
    ///
    /// # Errors
    /// When Ownhand refuses.
    pub async fn finish_link(&self, person: &Person, handle: &str) -> Result<Answer> {
        let body = json!({ "handle": handle });
        let assertion = self.assertion(person);
        self.call(Method::POST, "me/link/finish", &assertion, Some(&body))
            .await
    }

    /// A session of a user: a bearer for everything but linking.
    ///
    /// # Errors
    /// When Ownhand refuses.
    pub async fn session(&self, person: &Person) -> Result<String> {
        let assertion = self.assertion(person);
        let answer = self
            .call(Method::POST, "me/session", &assertion, None)
            .await?
            .expect(201)?;
        answer.json()["access_token"]
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| wrong("the session has no access_token"))
    }

    /// Sends a user's document for signature.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn send(&self, person: &Person, session: &str, key: &str) -> Result<Answer> {
        let (name, email) = person.signer;
        let definition = json!({
            "emailSubject": person.email_subject,
            "documents": [{ "documentId": "1", "hostDocument": person.document }],
            "recipients": { "signers": [{ "recipientId": "1", "routingOrder": "1", "name": name, "email": email }] },
        });
        let headers = [("idempotency-key", key)];
        self.call_with(
            Method::POST,
            "envelopes",
            session,
            Some(&definition),
            &headers,
        )
        .await
    }
}

/// An address in an answer of the API.
///
/// # Errors
/// When it is not there.
pub fn address(answer: &Answer, name: &str) -> Result<Url> {
    answer.json()[name]
        .as_str()
        .and_then(|url| Url::parse(url).ok())
        .ok_or_else(|| wrong(format!("the answer has no `{name}`: {}", answer.text())))
}

fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if rand::fill(&mut bytes).is_err() {
        // Without unpredictable bytes every key and one-time value would be worthless.
        std::process::abort();
    }
    bytes
}

/// 128 random bits as text.
pub fn random() -> String {
    hex::encode(bytes::<16>())
}

/// A sealing key.
pub(super) fn sealing_key() -> String {
    STANDARD.encode(bytes::<32>())
}

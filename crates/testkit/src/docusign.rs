//! DocuSign, played by the simulator in process, and a browser that signs in there.

use std::time::Duration;

use http::{HeaderName, HeaderValue, header};
use ownhand_egress::{AllowedHost, Client, EgressPolicy, Response};
use ownhand_simulator::{Options, Running, Seed, start};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use url::Url;

use crate::PUBLIC;

/// A person with a DocuSign login.
#[derive(Clone, Copy, Debug)]
pub struct User {
    /// Their e-mail.
    pub email: &'static str,
    /// Their password.
    pub password: &'static str,
    /// Their default account.
    pub account: &'static str,
}

/// Jane, of one account.
pub const JANE: User = User {
    email: "jane.doe@acme.example",
    password: "jane",
    account: "ac000000-0001-4000-8000-000000000001",
};

/// Sam, of one account.
pub const SAM: User = User {
    email: "sam.okafor@acme.example",
    password: "sam",
    account: "ac000000-0002-4000-8000-000000000002",
};

/// The simulator, and the way to it.
pub struct Docusign {
    running: Running,
    http: Client,
}

impl std::fmt::Debug for Docusign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Docusign")
            .field("url", &self.url().as_str())
            .finish_non_exhaustive()
    }
}

impl Docusign {
    /// Starts one with the built-in seed, whose redirect URI is the world's.
    pub async fn start() -> Self {
        let mut seed = Seed::built_in().unwrap();
        for integration in &mut seed.integrations {
            integration.redirect_uris = vec![format!("{PUBLIC}/oauth/callback")];
        }
        let running = start(Options {
            seed: Some(seed),
            ..Options::default()
        })
        .await
        .unwrap();
        let host = AllowedHost::origin(&running.http, true).unwrap();
        let http = Client::new(EgressPolicy::new(vec![host])).unwrap();
        Self { running, http }
    }

    /// Its address, for OAuth and REST.
    pub fn url(&self) -> &Url {
        &self.running.http
    }

    async fn send(
        &self,
        method: http::Method,
        url: &Url,
        cookie: &str,
        form: Option<&[(&str, &str)]>,
    ) -> Response {
        let mut request = self.http.request(method, url).unwrap();
        if !cookie.is_empty() {
            request = request.header(header::COOKIE, HeaderValue::from_str(cookie).unwrap());
        }
        if let Some(form) = form {
            let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
            request = request.body(kind, serde_urlencoded::to_string(form).unwrap());
        }
        request.send().await.unwrap()
    }

    /// Signs a user in at the address that the link walk sent the browser to, consents, and answers where the browser is
    /// sent back to.
    pub async fn sign_in(&self, authorize: &str, user: User) -> Url {
        let page = self
            .send(http::Method::GET, &Url::parse(authorize).unwrap(), "", None)
            .await;
        let request = hidden_request(page).await;
        let form = [
            ("request", request.as_str()),
            ("email", user.email),
            ("password", user.password),
        ];
        let after = self
            .send(
                http::Method::POST,
                &self.at("/oauth/login"),
                "",
                Some(&form),
            )
            .await;
        let cookie = cookie_of(&after);
        let mut after = after;
        if let Some(location) = location_of(&after) {
            let location = self.at(&location);
            if location.origin() != self.url().origin() {
                return location;
            }
            after = self.send(http::Method::GET, &location, &cookie, None).await;
            if let Some(location) = location_of(&after) {
                return self.at(&location);
            }
        }
        let request = hidden_request(after).await;
        let form = [("request", request.as_str()), ("decision", "accept")];
        let back = self
            .send(
                http::Method::POST,
                &self.at("/oauth/consent"),
                &cookie,
                Some(&form),
            )
            .await;
        self.at(&location_of(&back).unwrap())
    }

    fn at(&self, location: &str) -> Url {
        self.url().join(location).unwrap()
    }

    /// Reads from the control API.
    pub async fn look(&self, what: &str) -> Value {
        self.control(http::Method::GET, what, None).await
    }

    /// Sets the simulator's switches.
    pub async fn switches(&self, switches: Value) {
        self.control(http::Method::PUT, "switches", Some(switches))
            .await;
    }

    /// Replaces its faults.
    pub async fn faults(&self, faults: Value) {
        self.control(http::Method::POST, "faults", Some(faults))
            .await;
    }

    /// Withdraws a user's consent.
    pub async fn revoke_consent(&self, user: User) {
        self.control(
            http::Method::POST,
            "consent/revoke",
            Some(json!({ "user": user.email })),
        )
        .await;
    }

    async fn control(&self, method: http::Method, what: &str, body: Option<Value>) -> Value {
        let url = self.at(&format!("/_simulator/{what}"));
        let bearer = format!("Bearer {}", self.running.control_key.expose_secret());
        let mut request = self
            .http
            .request(method, &url)
            .unwrap()
            .authorization(&bearer)
            .unwrap();
        if let Some(body) = body {
            request = request.body(
                HeaderValue::from_static("application/json"),
                body.to_string(),
            );
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let body = answer.into_bytes(64 * 1024 * 1024).await.unwrap();
        assert!(
            status.is_success(),
            "{what}: {status} {}",
            String::from_utf8_lossy(&body)
        );
        if body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&body).unwrap()
        }
    }

    /// A list of the control API: the journal, the outbox, the envelopes.
    pub async fn list(&self, what: &str) -> Vec<Value> {
        match self.look(what).await {
            Value::Array(list) => list,
            other => panic!("{what} is no list: {other}"),
        }
    }

    /// Moves DocuSign's time forward; ours stays.
    pub async fn advance(&self, by: Duration) {
        self.control(
            http::Method::POST,
            "clock",
            Some(json!({ "advance_seconds": by.as_secs() })),
        )
        .await;
    }

    /// The calls that were made to a path, oldest first.
    pub async fn calls(&self, method: &str, path_ends: &str) -> Vec<Value> {
        self.list("journal")
            .await
            .into_iter()
            .filter(|call| {
                call["method"] == method
                    && call["path"]
                        .as_str()
                        .is_some_and(|path| path.ends_with(path_ends))
            })
            .collect()
    }

    /// Signs as the recipient of the newest signing request to `email`.
    pub async fn sign(&self, email: &str) {
        let mails = self.list("outbox").await;
        let mail = mails
            .iter()
            .rev()
            .find(|mail| mail["to"] == email && mail["kind"] == "signing_request")
            .unwrap_or_else(|| panic!("no signing request to {email}: {mails:?}"));
        let page = Url::parse(mail["signing_url"].as_str().unwrap()).unwrap();
        self.send(http::Method::GET, &page, "", None).await;
        let form = [("action", "sign"), ("signature_name", "A Signer")];
        let done = self.send(http::Method::POST, &page, "", Some(&form)).await;
        assert!(
            done.status().is_success() || done.status().is_redirection(),
            "signing: {}",
            done.status()
        );
    }
}

fn location_of(answer: &Response) -> Option<String> {
    header_of(answer, &header::LOCATION)
}

fn header_of(answer: &Response, name: &HeaderName) -> Option<String> {
    answer
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned)
}

fn cookie_of(answer: &Response) -> String {
    header_of(answer, &header::SET_COOKIE)
        .and_then(|cookie| cookie.split(';').next().map(str::to_owned))
        .unwrap_or_default()
}

/// The hidden field `request` of a page's form.
async fn hidden_request(page: Response) -> String {
    let status = page.status();
    let text = String::from_utf8(page.into_bytes(1024 * 1024).await.unwrap().to_vec()).unwrap();
    let field = text
        .split("name=\"request\"")
        .nth(1)
        .unwrap_or_else(|| panic!("{status} without a form: {text}"));
    field
        .split("value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap()
        .to_owned()
}

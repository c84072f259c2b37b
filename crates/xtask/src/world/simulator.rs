//! The local DocuSign: its control API, and what signers do.

use std::path::PathBuf;

use reqwest::Client;
use serde_json::Value;
use url::Url;

use super::{Answer, Browser, Trust, browser, site};
use crate::{
    Result,
    error::{self, wrong},
};

/// The way into a running simulator.
pub struct Simulator {
    /// Its plain address.
    pub http: Url,
    /// Where browsers and Ownhand reach it: over TLS if that was wanted.
    pub public: Url,
    /// The certificate of its authority, if it speaks TLS.
    pub(super) authority: Option<PathBuf>,
    key: String,
    client: Client,
}

impl Simulator {
    /// From the simulator's ready file.
    pub(super) fn from_ready(ready: &Value) -> Result<Self> {
        let text = |name: &str| {
            ready[name]
                .as_str()
                .ok_or_else(|| wrong(format!("the simulator's ready file has no `{name}`")))
        };
        let http = Url::parse(text("http")?)
            .map_err(|error| wrong(format!("the simulator's address: {error}")))?;
        let public = match ready["https"].as_str() {
            Some(https) => site::docusign(https)?,
            None => http.clone(),
        };
        Ok(Self {
            http,
            public,
            authority: ready["ca_file"].as_str().map(PathBuf::from),
            key: text("control_key")?.to_owned(),
            client: browser::client(false, &Trust::default())?,
        })
    }

    /// The page for people, with the journal.
    pub fn overview(&self) -> String {
        format!("{}_simulator/?key={}", self.http, self.key)
    }

    /// The key of the control API.
    pub fn control_key(&self) -> &str {
        &self.key
    }

    async fn look(&self, what: &str) -> Result<Vec<Value>> {
        let url = self.address(what)?;
        let request = self.client.get(url.clone()).bearer_auth(&self.key);
        let answer = browser::ask(request, &url).await?.expect(200)?;
        match answer.json() {
            Value::Array(list) => Ok(list),
            other => Err(wrong(format!("the simulator's {what} is no list: {other}"))),
        }
    }

    /// Every call that was made.
    ///
    /// # Errors
    /// When the simulator does not answer as it should; so for all below.
    pub async fn journal(&self) -> Result<Vec<Value>> {
        self.look("journal").await
    }

    /// Every mail that was sent.
    ///
    /// # Errors
    /// See [`Simulator::journal`].
    pub async fn outbox(&self) -> Result<Vec<Value>> {
        self.look("outbox").await
    }

    /// Every envelope, in whatever account.
    ///
    /// # Errors
    /// See [`Simulator::journal`].
    pub async fn envelopes(&self) -> Result<Vec<Value>> {
        self.look("envelopes").await
    }

    /// Sets the scene: `POST` to the control API.
    ///
    /// # Errors
    /// See [`Simulator::journal`].
    pub async fn set(&self, what: &str, body: &Value) -> Result<Answer> {
        let url = self.address(what)?;
        let request = self.client.post(url.clone()).bearer_auth(&self.key);
        browser::ask(request.json(body), &url).await
    }

    /// Every delivery of an event that was tried.
    ///
    /// # Errors
    /// See [`Simulator::journal`].
    pub async fn deliveries(&self) -> Result<Vec<Value>> {
        self.look("deliveries").await
    }

    /// Replaces a setting as a whole: `PUT` to the control API.
    ///
    /// # Errors
    /// See [`Simulator::journal`].
    pub async fn replace(&self, what: &str, body: &Value) -> Result<Answer> {
        let url = self.address(what)?;
        let request = self.client.put(url.clone()).bearer_auth(&self.key);
        browser::ask(request.json(body), &url).await
    }

    /// Every code, token and PKCE verifier that was given out or shown, by kind.
    ///
    /// # Errors
    /// See [`Simulator::journal`].
    pub async fn secrets(&self) -> Result<Value> {
        let url = self.address("secrets")?;
        let request = self.client.get(url.clone()).bearer_auth(&self.key);
        Ok(browser::ask(request, &url).await?.expect(200)?.json())
    }

    fn address(&self, what: &str) -> Result<Url> {
        self.http
            .join(&format!("_simulator/{what}"))
            .map_err(|error| wrong(error.to_string()))
    }

    /// The mail that asks `email` to sign `envelope`.
    ///
    /// # Errors
    /// When there is none.
    pub async fn mail_to_sign(&self, envelope: &str, email: &str) -> Result<Value> {
        let mails = self.outbox().await?;
        mails
            .into_iter()
            .find(|mail| {
                mail["envelope_id"] == envelope
                    && mail["to"] == email
                    && mail["signing_url"].is_string()
            })
            .ok_or_else(|| wrong(format!("no mail asks {email} to sign envelope {envelope}")))
    }

    /// Opens the signing page of a mail, checks whom it names as the sender, and signs.
    ///
    /// # Errors
    /// When the page does not name the mail's sender, or can't be signed.
    pub async fn sign(&self, mail: &Value) -> Result<()> {
        let text = |name: &str| mail[name].as_str().unwrap_or_default();
        let url = Url::parse(text("signing_url")).map_err(|e| error::wrong(e.to_string()))?;
        let browser = Browser::open()?;
        browser
            .get(&url)
            .await?
            .expect(200)?
            .shows(&[text("sender_name"), text("sender_email")])?;
        let form = [("action", "sign"), ("signature_name", text("to_name"))];
        browser.post(&url, &form).await?.expect(200)?;
        Ok(())
    }
}

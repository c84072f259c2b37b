//! A browser without a screen: keeps cookies, follows nothing by itself.

use reqwest::{Client, RequestBuilder, redirect::Policy};
use url::Url;

use super::{Answer, Trust};
use crate::{Result, error};

/// A browser with cookies of its own.
#[derive(Clone, Debug)]
pub struct Browser {
    client: Client,
}

impl Browser {
    /// Opens a browser.
    ///
    /// # Errors
    /// When the system's TLS set-up is unusable.
    pub fn open() -> Result<Self> {
        Self::trusting(&Trust::default())
    }

    /// Opens a browser that trusts the authorities of an installation.
    ///
    /// # Errors
    /// See [`Browser::open`].
    pub fn trusting(trust: &Trust) -> Result<Self> {
        let client = client(true, trust)?;
        Ok(Self { client })
    }

    /// Opens a page.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn get(&self, url: &Url) -> Result<Answer> {
        let request = self.client.get(url.clone()).header("accept", "text/html");
        ask(request, url).await
    }

    /// Asks only for the headers of a page.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn head(&self, url: &Url) -> Result<Answer> {
        ask(self.client.head(url.clone()), url).await
    }

    /// Sends a form.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn post(&self, url: &Url, fields: &[(&str, &str)]) -> Result<Answer> {
        self.post_with(url, fields, &[]).await
    }

    /// The same with further headers, such as browsers add when a form lies on another site.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn post_with(
        &self,
        url: &Url,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Result<Answer> {
        let request = self.client.post(url.clone()).header("accept", "text/html");
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        ask(request.form(fields), url).await
    }
}

/// A client that follows no redirect.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the recipes make clients; egress rules are for the product"
)]
pub(super) fn client(cookies: bool, trust: &Trust) -> Result<Client> {
    let builder = Client::builder()
        .cookie_store(cookies)
        .redirect(Policy::none())
        .no_proxy();
    trust
        .apply(builder)
        .build()
        .map_err(error::http("making an HTTP client"))
}

/// Sends a request and reads the whole answer.
pub(super) async fn ask(request: RequestBuilder, url: &Url) -> Result<Answer> {
    let what = format!("asking {}{}", url.authority(), url.path());
    Answer::read(request.send().await.map_err(error::http(what))?).await
}

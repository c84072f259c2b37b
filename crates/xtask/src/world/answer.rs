//! What a server answered: kept whole, so that every hop can be looked at.

use reqwest::{Response, header::HeaderMap};
use serde_json::Value;
use url::Url;

use crate::{
    Result,
    error::{self, wrong},
};

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// What was asked for.
    pub url: Url,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads an answer to its end.
    ///
    /// # Errors
    /// When its end does not come.
    pub async fn read(response: Response) -> Result<Self> {
        let url = response.url().clone();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = response
            .bytes()
            .await
            .map_err(error::http(format!("the body of {}", place(&url))))?;
        Ok(Self {
            url,
            status,
            headers,
            body: body.to_vec(),
        })
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The `code` of a problem.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// This answer, if it has the status.
    ///
    /// # Errors
    /// What was answered instead.
    pub fn expect(self, status: u16) -> Result<Self> {
        if self.status == status {
            Ok(self)
        } else {
            Err(wrong(format!(
                "{} answered {} instead of {status}: {}",
                place(&self.url),
                self.status,
                self.text()
            )))
        }
    }

    /// Where the answer sends its reader.
    ///
    /// # Errors
    /// When it does not.
    pub fn location(&self) -> Result<Url> {
        self.headers
            .get("location")
            .and_then(|value| value.to_str().ok())
            .and_then(|value| self.url.join(value).ok())
            .ok_or_else(|| {
                wrong(format!(
                    "{} answered {} and leads nowhere: {}",
                    place(&self.url),
                    self.status,
                    self.text()
                ))
            })
    }

    /// The value of the first field of this name in the page's forms.
    ///
    /// # Errors
    /// When no form has it.
    pub fn field(&self, name: &str) -> Result<String> {
        let text = self.text();
        text.split_once(&format!("name=\"{name}\" value=\""))
            .and_then(|(_, rest)| rest.split_once('"'))
            .map(|(value, _)| value.to_owned())
            .ok_or_else(|| {
                wrong(format!(
                    "the page of {} has no field `{name}`: {text}",
                    place(&self.url)
                ))
            })
    }

    /// This page, if it shows all these words.
    ///
    /// # Errors
    /// The page, and the first word that is missing.
    pub fn shows(self, words: &[&str]) -> Result<Self> {
        let text = self.text();
        match words.iter().find(|word| !text.contains(**word)) {
            None => Ok(self),
            Some(word) => Err(wrong(format!(
                "the page of {} does not show `{word}`: {text}",
                place(&self.url)
            ))),
        }
    }
}

/// Host and path of an address: what follows may be secret.
fn place(url: &Url) -> String {
    format!("{}{}", url.authority(), url.path())
}

//! The pages for people, each with its typed context.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};

/// Sign-in form.
#[derive(Template)]
#[template(path = "login.html")]
pub(crate) struct Login<'a> {
    pub(crate) request: &'a str,
    pub(crate) email: &'a str,
    pub(crate) failed: bool,
}

/// Consent form.
#[derive(Template)]
#[template(path = "consent.html")]
pub(crate) struct Consent<'a> {
    pub(crate) request: &'a str,
    pub(crate) user_name: &'a str,
    pub(crate) user_email: &'a str,
    pub(crate) client: &'a str,
    pub(crate) scopes: &'a [&'a str],
}

/// A title and a sentence.
#[derive(Template)]
#[template(path = "message.html")]
pub(crate) struct Message<'a> {
    pub(crate) title: &'a str,
    pub(crate) text: &'a str,
}

/// One document on the signing page.
pub(crate) struct SigningDocument {
    pub(crate) name: String,
    pub(crate) href: String,
}

/// Signing page.
#[derive(Template)]
#[template(path = "signing.html")]
pub(crate) struct Signing<'a> {
    pub(crate) action: &'a str,
    pub(crate) subject: &'a str,
    pub(crate) blurb: &'a str,
    pub(crate) sender_name: &'a str,
    pub(crate) sender_email: &'a str,
    pub(crate) recipient_name: &'a str,
    pub(crate) recipient_email: &'a str,
    pub(crate) documents: Vec<SigningDocument>,
    /// Whether there is something to sign; else the reader just reads.
    pub(crate) may_sign: bool,
}

/// A line of the overview's envelope table.
pub(crate) struct EnvelopeRow {
    pub(crate) id: String,
    pub(crate) subject: String,
    pub(crate) status: &'static str,
    pub(crate) sender: String,
    pub(crate) account: String,
}

/// A line of the overview's account table.
pub(crate) struct AccountRow {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) members: String,
}

/// Overview page.
#[derive(Template)]
#[template(path = "overview.html")]
pub(crate) struct Overview<'a> {
    pub(crate) accounts: Vec<AccountRow>,
    pub(crate) envelopes: Vec<EnvelopeRow>,
    pub(crate) mails: &'a [crate::store::Mail],
    /// Present when the visitor gave the control key.
    pub(crate) journal: Option<&'a [crate::journal::Entry]>,
}

/// Renders a page.
pub(crate) fn page(template: &impl Template) -> Response {
    page_with(StatusCode::OK, template)
}

/// Renders a page under a status.
pub(crate) fn page_with(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => {
            let mut response = (status, Html(html)).into_response();
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

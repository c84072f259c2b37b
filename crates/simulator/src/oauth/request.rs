//! The parameters of `/oauth/auth`, checked in the order in which it is safe to answer.

use serde::Deserialize;
use url::Url;

use super::grants::{Pending, Scopes};
use crate::directory::Directory;

/// The query as it comes in.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Query {
    pub(crate) response_type: Option<String>,
    pub(crate) scope: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) code_challenge: Option<String>,
    pub(crate) code_challenge_method: Option<String>,
    pub(crate) prompt: Option<String>,
    pub(crate) login_hint: Option<String>,
}

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Nobody can be trusted with a redirect: a page of DocuSign's own.
    Page(&'static str),
    /// The redirect URI is a registered one; the error goes there.
    Redirect(String),
}

/// The scopes that the service knows.
const SCOPES: [&str; 7] = [
    "signature",
    "extended",
    "impersonation",
    "cors",
    "openid",
    "email",
    "profile",
];

/// Checks a request.
pub(crate) fn check(query: Query, directory: &Directory) -> Result<Pending, Refused> {
    let integration = query
        .client_id
        .as_deref()
        .and_then(|key| directory.integration(key))
        .ok_or(Refused::Page(
            "The client ID is missing or not registered with Docusign",
        ))?;
    let redirect_uri = query
        .redirect_uri
        .filter(|uri| integration.redirect_uris.contains(uri))
        .ok_or(Refused::Page(
            "The redirect URI is not registered properly with Docusign",
        ))?;
    let back =
        |error: &str| Refused::Redirect(with_error(&redirect_uri, error, query.state.as_deref()));
    match query.response_type.as_deref() {
        Some("code") => {}
        Some(_) => return Err(back("unsupported_response_type")),
        None => return Err(back("invalid_request")),
    }
    let scopes: Scopes = query
        .scope
        .as_deref()
        .unwrap_or_default()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    if scopes.is_empty() || scopes.iter().any(|scope| !SCOPES.contains(&scope.as_str())) {
        return Err(back("invalid_scope"));
    }
    let s256 = query
        .code_challenge_method
        .as_deref()
        .is_some_and(|method| method.eq_ignore_ascii_case("S256"));
    if (query.code_challenge.is_some() && !s256)
        || (integration.public && query.code_challenge.is_none())
    {
        return Err(back("invalid_request"));
    }
    Ok(Pending {
        key: integration.key.clone(),
        scopes,
        challenge: query.code_challenge,
        login_hint: query.login_hint,
        state: query.state,
        redirect_uri,
        user_id: None,
    })
}

/// A redirect URI with a code.
pub(crate) fn with_code(request: &Pending, code: &str) -> String {
    with(
        &request.redirect_uri,
        &[("code", Some(code)), ("state", request.state.as_deref())],
    )
}

/// A redirect URI with an error.
pub(crate) fn with_error(redirect_uri: &str, error: &str, state: Option<&str>) -> String {
    with(redirect_uri, &[("error", Some(error)), ("state", state)])
}

/// Adds parameters to an address; `None` ones are left out.
pub(crate) fn with(address: &str, parameters: &[(&str, Option<&str>)]) -> String {
    let Ok(mut url) = Url::parse(address) else {
        return address.to_owned();
    };
    for (name, value) in parameters {
        if let Some(value) = value {
            url.query_pairs_mut().append_pair(name, value);
        }
    }
    url.into()
}

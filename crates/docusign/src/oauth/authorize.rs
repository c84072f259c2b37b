//! The URL of the consent page.

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::Environment;

/// What the consent page is asked for.
#[derive(Clone, Debug)]
pub struct AuthorizeRequest<'a> {
    /// The integration key.
    pub client_id: &'a str,
    /// Where the browser comes back to; exactly as registered on the key.
    pub redirect_uri: &'a Url,
    /// The one-time value that binds the answer to this request.
    pub state: &'a SecretString,
    /// The PKCE challenge, `S256`.
    pub code_challenge: &'a str,
    /// The scopes, e.g. `signature` and `extended`.
    pub scopes: &'a [&'a str],
    /// Demands a fresh login even where the browser holds a DocuSign session.
    pub prompt_login: bool,
    /// An e-mail address to begin the login with.
    pub login_hint: Option<&'a str>,
}

/// The URL to send the browser to. It holds `state`: redirect to it, and do not log it.
pub fn authorize_url(environment: &Environment, request: &AuthorizeRequest<'_>) -> Url {
    let scope = request.scopes.join(" ");
    let mut fields = vec![
        ("response_type", "code"),
        ("scope", scope.as_str()),
        ("client_id", request.client_id),
        ("redirect_uri", request.redirect_uri.as_str()),
        ("state", request.state.expose_secret()),
        ("code_challenge", request.code_challenge),
        ("code_challenge_method", "S256"),
    ];
    if request.prompt_login {
        fields.push(("prompt", "login"));
    }
    if let Some(hint) = request.login_hint {
        fields.push(("login_hint", hint));
    }
    let mut url = environment.auth_base().clone();
    url.set_path("/oauth/auth");
    url.query_pairs_mut().extend_pairs(fields);
    // Forms write a space as `+`, which DocuSign has taken for a part of the scope; a real `+` is already `%2B`.
    let query = url.query().unwrap_or_default().replace('+', "%20");
    url.set_query(Some(&query));
    url
}

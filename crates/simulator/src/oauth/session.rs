//! DocuSign's own login session, in a cookie of its own.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::sim::Sim;

const COOKIE: &str = "docusign_simulator_session";

/// The session token that the browser sent.
pub(crate) fn token(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// The user who is logged in.
pub(crate) fn user(sim: &Sim, headers: &HeaderMap) -> Option<String> {
    let token = token(headers)?;
    sim.state().grants.sessions.get(token).cloned()
}

/// Adds the cookie to an answer. It is not `Secure`: the plain listener shares it.
pub(crate) fn set(mut response: Response, token: &str) -> Response {
    if let Ok(value) =
        HeaderValue::from_str(&format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax"))
    {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// The parameters of `/logout`.
#[derive(Debug, Deserialize)]
pub(crate) struct Logout {
    client_id: Option<String>,
    redirect_uri: Option<String>,
}

/// `GET /logout`: ends the session; goes on to a registered redirect URI, else to the simulator's page.
pub(crate) async fn logout(
    State(sim): State<Sim>,
    Query(query): Query<Logout>,
    headers: HeaderMap,
) -> Response {
    if let Some(token) = token(&headers) {
        sim.state().grants.sessions.remove(token);
    }
    let integration = query
        .client_id
        .as_deref()
        .and_then(|key| sim.directory().integration(key));
    let target = query
        .redirect_uri
        .filter(|uri| integration.is_some_and(|one| one.redirect_uris.contains(uri)))
        .unwrap_or_else(|| "/_simulator/".to_owned());
    set(Redirect::to(&target).into_response(), "")
}

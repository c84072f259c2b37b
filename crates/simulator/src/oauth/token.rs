//! `POST /oauth/token`: authorization code and refresh token.

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, body};
use serde_json::json;

use super::client;
use super::error::OAuthError;
use super::grants::{Grants, Pair};
use crate::crypto;
use crate::journal::Slip;
use crate::multipart;
use crate::sim::Sim;

/// Far above any real token request.
const MOST_BYTES: usize = 256 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GrantType {
    AuthorizationCode,
    RefreshToken,
}

/// The fields of the form.
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn grant_type(&self) -> Option<GrantType> {
        match self.get("grant_type")? {
            "authorization_code" => Some(GrantType::AuthorizationCode),
            "refresh_token" => Some(GrantType::RefreshToken),
            _ => None,
        }
    }
}

pub(crate) async fn handle(
    State(sim): State<Sim>,
    Extension(slip): Extension<Slip>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let pair = match read_fields(&headers, body).await {
        Ok(fields) => exchange(&sim, &slip, &headers, &fields),
        Err(error) => Err(error),
    };
    match pair {
        Ok(pair) => {
            slip.write(|facts| facts.user_id = Some(pair.user_id.clone()));
            answer(&sim, &pair)
        }
        Err(error) => error.into_response(),
    }
}

fn exchange(
    sim: &Sim,
    slip: &Slip,
    headers: &HeaderMap,
    fields: &Fields,
) -> Result<Pair, OAuthError> {
    let grant_type = match fields.get("grant_type") {
        None => return Err(OAuthError::new("invalid_request")),
        Some(_) => fields
            .grant_type()
            .ok_or(OAuthError::new("unsupported_grant_type"))?,
    };
    let key = client::authenticate(headers, fields, sim.directory())?
        .key
        .clone();
    slip.write(|facts| facts.integration_key = Some(key.clone()));
    let mut state = sim.state();
    let (switches, now) = (state.switches.clone(), sim.clock().now());
    match grant_type {
        GrantType::AuthorizationCode => {
            let code = fields
                .get("code")
                .ok_or(OAuthError::new("invalid_request"))?;
            if let Some(verifier) = fields.get("code_verifier") {
                state.grants.seen_verifier(verifier);
            }
            check_code(&state.grants, code, &key, fields, now)?;
            state
                .grants
                .redeem(code, &switches, now)
                .ok_or(OAuthError::invalid_grant("expired_client_token"))
        }
        GrantType::RefreshToken => {
            let refresh = fields
                .get("refresh_token")
                .ok_or(OAuthError::new("invalid_request"))?;
            state
                .grants
                .rotate(refresh, &key, &switches, now)
                .ok_or(OAuthError::new("invalid_grant"))
        }
    }
}

fn check_code(
    grants: &Grants,
    code: &str,
    key: &str,
    fields: &Fields,
    now: jiff::Timestamp,
) -> Result<(), OAuthError> {
    let code = grants
        .usable_code(code, now)
        .ok_or(OAuthError::invalid_grant("expired_client_token"))?;
    let same_redirect = fields
        .get("redirect_uri")
        .is_none_or(|uri| uri == code.request.redirect_uri);
    if code.request.key != key || !same_redirect {
        return Err(OAuthError::invalid_grant("unauthorized_client"));
    }
    match (&code.request.challenge, fields.get("code_verifier")) {
        (Some(challenge), Some(verifier))
            if crypto::s256(verifier) == challenge.trim_end_matches('=') =>
        {
            Ok(())
        }
        (None, None) => Ok(()),
        _ => Err(OAuthError::new("invalid_grant")),
    }
}

fn answer(sim: &Sim, pair: &Pair) -> Response {
    let expires_in = sim.state().switches.access_token_seconds;
    let scope: Vec<&str> = pair.scopes.iter().map(String::as_str).collect();
    let body = json!({
        "access_token": pair.access,
        "token_type": "Bearer",
        "refresh_token": pair.refresh,
        "expires_in": expires_in,
        "scope": scope.join(" "),
    });
    (
        [
            (header::CACHE_CONTROL, "no-store"),
            (header::PRAGMA, "no-cache"),
        ],
        Json(body),
    )
        .into_response()
}

/// Reads a url-encoded or a multipart form; any other type is `invalid_grant`, as at DocuSign.
async fn read_fields(headers: &HeaderMap, body: Body) -> Result<Fields, OAuthError> {
    let wrong_type = OAuthError::new("invalid_grant");
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if let Some(boundary) = multipart::boundary(content_type) {
        let parts = multipart::read(body, &boundary, MOST_BYTES)
            .await
            .map_err(|_| OAuthError::new("invalid_request"))?;
        let fields = parts.into_iter().filter_map(|part| {
            let value = String::from_utf8(part.body.to_vec()).ok()?;
            Some((part.parameter("name")?.to_owned(), value))
        });
        return Ok(Fields(fields.collect()));
    }
    if !content_type
        .to_ascii_lowercase()
        .starts_with("application/x-www-form-urlencoded")
    {
        return Err(wrong_type);
    }
    let bytes = body::to_bytes(body, MOST_BYTES)
        .await
        .map_err(|_| OAuthError::new("invalid_request"))?;
    serde_urlencoded::from_bytes(&bytes)
        .map(Fields)
        .map_err(|_| OAuthError::new("invalid_request"))
}

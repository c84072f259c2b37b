//! Who calls the token endpoint: Basic header, body credentials, or a public client's id.

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};

use super::error::OAuthError;
use super::token::{Fields, GrantType};
use crate::directory::Directory;
use crate::seed::Integration;

/// Checks the client's credentials and gives the integration.
pub(crate) fn authenticate<'a>(
    headers: &HeaderMap,
    fields: &Fields,
    directory: &'a Directory,
) -> Result<&'a Integration, OAuthError> {
    let basic = basic(headers);
    let in_body = fields.get("client_id").map(|key| {
        (
            key.to_owned(),
            fields.get("client_secret").map(SecretString::from),
        )
    });
    if basic.is_some() && in_body.is_some() && fields.grant_type() == Some(GrantType::RefreshToken)
    {
        // Both at once is a known way to fail a refresh.
        return Err(OAuthError::new("invalid_grant"));
    }
    let Some((key, secret)) = basic.map(|(key, secret)| (key, Some(secret))).or(in_body) else {
        return Err(OAuthError::new("invalid_client"));
    };
    let Some(integration) = directory.integration(&key) else {
        return Err(OAuthError::invalid_grant("unauthorized_client"));
    };
    let proven = match &secret {
        Some(secret) => integration
            .all_secrets()
            .any(|known| known.expose_secret() == secret.expose_secret()),
        None => integration.public,
    };
    if proven {
        return Ok(integration);
    }
    // DocuSign does not tell a wrong secret from a spent code or a dead refresh token.
    Err(match fields.grant_type() {
        Some(GrantType::RefreshToken) => OAuthError::new("invalid_grant"),
        _ => OAuthError::invalid_grant("expired_client_token"),
    })
}

fn basic(headers: &HeaderMap) -> Option<(String, SecretString)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (key, secret) = decoded.split_once(':')?;
    Some((key.to_owned(), SecretString::from(secret)))
}

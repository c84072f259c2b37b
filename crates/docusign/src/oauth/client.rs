//! The calls of OAuth.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, StatusCode};
use ownhand_egress::{BoxError, Client, EgressError};
use serde::Deserialize;
use url::Url;

use super::error::{OAuthError, OAuthErrorClass, TokenCallError};
use super::userinfo::{self, UserInfo};
use crate::error::{CallError, unreadable};
use crate::rate::retry_after;
use crate::{
    AccessToken, AuthorizationCode, ClientSecret, Environment, PkceVerifier, RefreshToken, tolerant,
};

/// The most that an answer may hold, in bytes. Tokens are a few KB; userinfo grows with the accounts.
const ANSWER_LIMIT: usize = 1024 * 1024;

/// Speaks OAuth for one integration key in one environment.
#[derive(Clone, Debug)]
pub struct OAuthClient {
    http: Client,
    environment: Environment,
    client_id: String,
}

/// A new pair of tokens.
#[derive(Clone)]
pub struct TokenSet {
    /// The access token.
    pub access_token: AccessToken,
    /// The new refresh token; without one the old one stays.
    pub refresh_token: Option<RefreshToken>,
    /// How long the access token lives; unknown if the server did not say.
    pub expires_in: Option<Duration>,
}

impl fmt::Debug for TokenSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSet")
            .field("access_token", &self.access_token)
            .field("refresh_token", &self.refresh_token)
            .field("expires_in", &self.expires_in)
            .finish()
    }
}

impl OAuthClient {
    /// A client for this integration key.
    pub fn new(http: Client, environment: Environment, client_id: impl Into<String>) -> Self {
        Self {
            http,
            environment,
            client_id: client_id.into(),
        }
    }

    /// The environment it speaks to.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The integration key.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Trades an authorization code for tokens. `redirect_uri` is the one of the authorize URL.
    ///
    /// # Errors
    /// [`TokenCallError`]; a code is single-use, so only [`TokenCallError::NotSent`] and
    /// [`TokenCallError::ServerBusy`] leave it usable.
    pub async fn redeem(
        &self,
        code: &AuthorizationCode,
        verifier: &PkceVerifier,
        redirect_uri: &Url,
        secret: &ClientSecret,
    ) -> Result<TokenSet, TokenCallError> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("code_verifier", verifier.expose()),
            ("redirect_uri", redirect_uri.as_str()),
        ];
        self.token_call(&fields, secret).await
    }

    /// Trades a refresh token for a new pair.
    ///
    /// # Errors
    /// [`TokenCallError`], by what is known about the refresh token.
    pub async fn refresh(
        &self,
        refresh_token: &RefreshToken,
        secret: &ClientSecret,
    ) -> Result<TokenSet, TokenCallError> {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token.expose()),
        ];
        self.token_call(&fields, secret).await
    }

    /// Asks who the token belongs to.
    ///
    /// # Errors
    /// [`CallError`]; a dead token is [`CallError::is_invalid_token`].
    pub async fn userinfo(&self, access_token: &AccessToken) -> Result<UserInfo, CallError> {
        let response = self
            .http
            .get(&self.endpoint("/oauth/userinfo"))?
            .authorization(&format!("Bearer {}", access_token.expose()))?
            .send()
            .await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.into_bytes(ANSWER_LIMIT).await?;
        if !status.is_success() {
            return Err(userinfo::error(status, &headers, &body));
        }
        serde_json::from_slice(&body).map_err(|error| CallError::Unreadable {
            status,
            trace_token: None,
            source: unreadable(&error),
        })
    }

    fn endpoint(&self, path: &str) -> Url {
        let mut url = self.environment.auth_base().clone();
        url.set_path(path);
        url
    }

    async fn token_call(
        &self,
        fields: &[(&str, &str)],
        secret: &ClientSecret,
    ) -> Result<TokenSet, TokenCallError> {
        let credentials = STANDARD.encode(format!("{}:{}", self.client_id, secret.expose()));
        let form = serde_urlencoded::to_string(fields)
            .map_err(|error| EgressError::InvalidRequest(error.into()))
            .map_err(lost)?;
        let request = self
            .http
            .post(&self.endpoint("/oauth/token"))
            .and_then(|request| request.authorization(&format!("Basic {credentials}")))
            .map_err(lost)?
            .header(
                http::header::ACCEPT,
                HeaderValue::from_static("application/json"),
            )
            .body(
                HeaderValue::from_static("application/x-www-form-urlencoded"),
                form,
            );
        let response = request.send().await.map_err(lost)?;
        let status = response.status();
        let wait = retry_after(response.headers());
        let body = response.into_bytes(ANSWER_LIMIT).await.map_err(lost)?;
        read_answer(status, wait, &body)
    }
}

fn lost(error: EgressError) -> TokenCallError {
    if error.may_have_been_sent() {
        TokenCallError::OutcomeUnknown(error.into())
    } else {
        TokenCallError::NotSent(error)
    }
}

fn read_answer(
    status: StatusCode,
    retry_after: Option<Duration>,
    body: &[u8],
) -> Result<TokenSet, TokenCallError> {
    if status.is_success() {
        return read_tokens(body)
            .map_err(|error| TokenCallError::OutcomeUnknown(unreadable(&error)));
    }
    if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
        return Err(TokenCallError::ServerBusy { retry_after });
    }
    let Ok(refusal) = serde_json::from_slice::<Refusal>(body) else {
        // Written by something before the OAuth server, which may have done its work.
        let unexplained: BoxError = format!("status {status} without an OAuth error").into();
        return Err(TokenCallError::OutcomeUnknown(unexplained));
    };
    let its_own_failure = matches!(
        refusal.error.as_str(),
        "temporarily_unavailable" | "server_error" | "internal_server_error"
    );
    if its_own_failure || status.is_server_error() {
        return Err(TokenCallError::ServerBusy { retry_after });
    }
    Err(TokenCallError::Definitive(OAuthError {
        class: OAuthErrorClass::of(&refusal.error),
        error: refusal.error,
        description: refusal.error_description,
    }))
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
    #[serde(default, deserialize_with = "tolerant::text")]
    error_description: Option<String>,
}

fn read_tokens(body: &[u8]) -> Result<TokenSet, serde_json::Error> {
    // `scope` is not read: DocuSign's answer is known not to show what was granted.
    #[derive(Deserialize)]
    struct Body {
        access_token: String,
        #[serde(default, deserialize_with = "tolerant::text")]
        refresh_token: Option<String>,
        #[serde(default, deserialize_with = "tolerant::number")]
        expires_in: Option<u64>,
    }
    let body: Body = serde_json::from_slice(body)?;
    Ok(TokenSet {
        access_token: AccessToken::new(body.access_token),
        refresh_token: body.refresh_token.map(RefreshToken::new),
        expires_in: body.expires_in.map(Duration::from_secs),
    })
}

//! Who the user is and which accounts they have.

use http::StatusCode;
use serde::Deserialize;
use url::Url;

use crate::error::{CallError, ErrorClass, classify};
use crate::{AccountId, UserId, tolerant};

/// The answer of `/oauth/userinfo`.
#[derive(Clone, Debug, Deserialize)]
pub struct UserInfo {
    /// The user's id, the same in all their accounts.
    pub sub: UserId,
    /// The display name.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub name: Option<String>,
    /// The e-mail address that signers see as the sender's.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub email: Option<String>,
    /// The accounts the user is a member of.
    #[serde(default, deserialize_with = "tolerant::list")]
    pub accounts: Vec<UserAccount>,
}

/// One account of a user.
#[derive(Clone, Debug, Deserialize)]
pub struct UserAccount {
    /// The account's id.
    pub account_id: AccountId,
    /// Whether it is the user's default account.
    #[serde(default, deserialize_with = "tolerant::flag")]
    pub is_default: bool,
    /// The account's name.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub account_name: Option<String>,
    /// Where the account lives. Input: check it with [`crate::Environment::accepts_base_uri`] before storing it; the REST
    /// client checks it again.
    pub base_uri: Url,
}

/// Userinfo has its own error bodies, and answers a dead token with `internal_server_error`.
pub(super) fn error(status: StatusCode, headers: &http::HeaderMap, body: &[u8]) -> CallError {
    #[derive(Deserialize)]
    struct Body {
        error: String,
        #[serde(default, deserialize_with = "tolerant::text")]
        error_description: Option<String>,
        #[serde(default, deserialize_with = "tolerant::text")]
        reference_id: Option<String>,
    }
    let mut api = classify(status, headers, body);
    let oauth: Option<Body> = serde_json::from_slice(body).ok();
    let dead_token = match oauth.as_ref().map(|body| body.error.as_str()) {
        Some("invalid_token" | "invalid_grant") => true,
        Some("internal_server_error") => {
            status.is_client_error()
                || oauth
                    .as_ref()
                    .is_some_and(|body| body.reference_id.is_some())
        }
        _ => status == StatusCode::UNAUTHORIZED,
    };
    if dead_token {
        api.class = ErrorClass::InvalidToken;
    }
    if let Some(body) = oauth {
        api.error_code = Some(body.error);
        api.message = api.message.or(body.error_description);
    }
    CallError::Api(Box::new(api))
}

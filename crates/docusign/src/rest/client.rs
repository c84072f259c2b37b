//! What all REST calls share: the address, the bearer, the reading of answers.

use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, HeaderValue, Method, StatusCode};
use ownhand_egress::{Client, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::error::{CallError, classify, trace_token, unreadable};
use crate::{AccessToken, AccountId, Environment, RateLimits};

/// The most that an answer which is not a document may hold, in bytes.
const ANSWER_LIMIT: usize = 16 * 1024 * 1024;
/// The most that an error answer may hold, in bytes.
const ERROR_LIMIT: usize = 256 * 1024;

/// Who calls, and where: given anew with every call.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    /// Where the account lives, from userinfo: an origin.
    pub base_uri: &'a Url,
    /// The account.
    pub account: &'a AccountId,
    /// The user's token.
    pub token: &'a AccessToken,
}

/// Is told the limits of an account after each answer.
pub type RateObserver = Arc<dyn Fn(&AccountId, &RateLimits) + Send + Sync>;

/// Speaks eSignature REST v2.1. Holds no token and no account.
#[derive(Clone)]
pub struct RestClient {
    http: Client,
    environment: Environment,
    observer: Option<RateObserver>,
}

impl fmt::Debug for RestClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RestClient")
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}

impl RestClient {
    /// A client for this environment.
    pub fn new(http: Client, environment: Environment) -> Self {
        Self {
            http,
            environment,
            observer: None,
        }
    }

    /// Has the limits of each answer told to `observer`.
    #[must_use]
    pub fn with_rate_observer(mut self, observer: RateObserver) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Begins a call to a path below the account, given as segments, so that nothing in them can leave it.
    pub(super) fn call(
        &self,
        caller: Caller<'_>,
        method: Method,
        segments: &[&str],
        query: &[(&str, &str)],
    ) -> Result<RequestBuilder, CallError> {
        if !self.environment.accepts_base_uri(caller.base_uri) {
            let origin = caller.base_uri.origin().ascii_serialization();
            return Err(CallError::ForeignBaseUri(origin));
        }
        let mut url = caller.base_uri.clone();
        let account = caller.account.to_string();
        url.path_segments_mut()
            .map_err(|()| CallError::ForeignBaseUri("a URL without a path".to_owned()))?
            .clear()
            .extend(["restapi", "v2.1", "accounts", &account])
            .extend(segments);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let request = self
            .http
            .request(method, &url)?
            .authorization(&format!("Bearer {}", caller.token.expose()))?;
        Ok(request)
    }

    /// Sends, and gives back an answer of success with its body unread.
    pub(super) async fn send(
        &self,
        caller: Caller<'_>,
        request: RequestBuilder,
    ) -> Result<Response, CallError> {
        let response = request.send().await?;
        if let Some(observer) = &self.observer {
            observer(
                caller.account,
                &RateLimits::from_headers(response.headers()),
            );
        }
        let (status, headers) = (response.status(), response.headers().clone());
        if status.is_success() {
            return Ok(response);
        }
        // An error whose body breaks off is still that error.
        let body = response.into_bytes(ERROR_LIMIT).await.unwrap_or_default();
        Err(CallError::Api(Box::new(classify(status, &headers, &body))))
    }

    /// Sends, and reads the answer as JSON.
    pub(super) async fn json<T: DeserializeOwned>(
        &self,
        caller: Caller<'_>,
        request: RequestBuilder,
    ) -> Result<T, CallError> {
        let request = request.header(
            http::header::ACCEPT,
            HeaderValue::from_static("application/json"),
        );
        let response = self.send(caller, request).await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.into_bytes(ANSWER_LIMIT).await?;
        read(status, &headers, &body)
    }

    /// Sends `body` as JSON, and reads the answer as JSON.
    pub(super) async fn json_with<T: DeserializeOwned>(
        &self,
        caller: Caller<'_>,
        request: RequestBuilder,
        body: &Value,
    ) -> Result<T, CallError> {
        let request = request.body(
            HeaderValue::from_static("application/json"),
            body.to_string(),
        );
        self.json(caller, request).await
    }
}

pub(super) fn read<T: DeserializeOwned>(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<T, CallError> {
    serde_json::from_slice(body).map_err(|error| CallError::Unreadable {
        status,
        trace_token: trace_token(headers),
        source: unreadable(&error),
    })
}

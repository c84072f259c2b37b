//! What handlers take from a request, with our own words where it does not fit.

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE, request::Parts},
    response::IntoResponse as _,
};
use bytes::Bytes;
use ownhand_connector::Error;
use serde::de::DeserializeOwned;

use crate::failure::{Failure, Refusal};

/// A JSON body. An empty one counts as `{}`.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let json = media_type(request.headers()).is_some_and(|kind| {
            kind == "application/json"
                || (kind.starts_with("application/") && kind.ends_with("+json"))
        });
        let body = body(request, state).await?;
        if body.is_empty() {
            return parse(b"{}").map(Self);
        }
        if !json {
            return Err(Refusal::MediaType("application/json").into());
        }
        parse(&body).map(Self)
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." { "body".to_owned() } else { path };
        Error::Invalid {
            place,
            message: error.into_inner().to_string(),
        }
    })?;
    json.end().map_err(|error| Error::Invalid {
        place: "body".into(),
        message: error.to_string(),
    })?;
    Ok(value)
}

/// A form that a browser sent.
pub(crate) struct Form<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        const FORM: &str = "application/x-www-form-urlencoded";
        if media_type(request.headers()).as_deref() != Some(FORM) {
            return Err(Refusal::MediaType(FORM).into());
        }
        let body = body(request, state).await?;
        serde_urlencoded::from_bytes(&body).map(Self).map_err(|_| {
            Refusal::Unreadable("the form's fields are not those of its page".into()).into()
        })
    }
}

/// The raw body, within the route's limit.
pub(crate) async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Failure> {
    Bytes::from_request(request, state)
        .await
        .map_err(|rejection| {
            let refusal = match rejection.into_response().status() {
                StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge,
                _ => Refusal::Unreadable("the body broke off".into()),
            };
            refusal.into()
        })
}

/// The query.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        serde_urlencoded::from_str(parts.uri.query().unwrap_or_default())
            .map(Self)
            // The parser's own words: a name, never a value, except for a number that is none.
            .map_err(|error| {
                Error::Invalid {
                    place: "query".into(),
                    message: error.to_string(),
                }
                .into()
            })
    }
}

/// The `Idempotency-Key` of a call that must happen once.
pub(crate) struct IdempotencyKey(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        const MAX: usize = 200;
        let mut values = parts.headers.get_all("idempotency-key").iter();
        let key = match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().ok().filter(|key| {
                (1..=MAX).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic())
            }),
            _ => None,
        };
        key.map(|key| Self(key.to_owned())).ok_or_else(|| {
            Error::Invalid {
                place: "Idempotency-Key".into(),
                message: "send this header once, with 1 to 200 visible ASCII characters; a repeat of the same send carries the same key".into(),
            }
            .into()
        })
    }
}

fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let kind = value.split(';').next().unwrap_or_default().trim();
    Some(kind.to_ascii_lowercase())
}

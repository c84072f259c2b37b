//! `…/me/link`: starting, finishing and removing the caller's link.

use axum::{Json as Answer, extract::State, http::StatusCode};
use ownhand_connector::Unlinked;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    caller::{Fresh, Known},
    extract::Json,
    failure::Failure,
    settings::App,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Start {
    return_url: Option<String>,
}

/// Answers with the page that the host app sends the user's browser to.
pub(super) async fn start(
    State(app): State<App>,
    Fresh(caller): Fresh,
    Json(body): Json<Start>,
) -> Result<(StatusCode, Answer<Value>), Failure> {
    let started = app
        .connector
        .start_link(&caller, body.return_url.as_deref())
        .await?;
    let body = json!({
        "start_url": started.start_url.expose_secret(),
        "expires_at": started.expires_at.rfc3339(),
    });
    Ok((StatusCode::CREATED, Answer(body)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Finish {
    handle: SecretString,
}

/// The host app vouches that the user who came back is the one who started.
pub(super) async fn finish(
    State(app): State<App>,
    Fresh(caller): Fresh,
    Json(body): Json<Finish>,
) -> Result<Answer<Value>, Failure> {
    let finished = app.connector.finish_link(&caller, &body.handle).await?;
    Ok(Answer(
        json!({ "confirm_url": finished.confirm_url.expose_secret() }),
    ))
}

pub(super) async fn remove(
    State(app): State<App>,
    Known(caller): Known,
) -> Result<Answer<Unlinked>, Failure> {
    Ok(Answer(app.connector.unlink(&caller).await?))
}

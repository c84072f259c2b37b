//! `POST /v1/tenants/{t}/me/session`: the host app's credential for a short Ownhand bearer.

use axum::{Json, extract::State, http::StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::{caller::Fresh, failure::Failure, settings::App};

pub(super) async fn open(
    State(app): State<App>,
    Fresh(caller): Fresh,
) -> Result<(StatusCode, Json<Value>), Failure> {
    let session = app.connector.open_session(&caller)?;
    let body = json!({
        "access_token": session.bearer.expose_secret(),
        "token_type": "Bearer",
        "expires_at": session.expires_at.rfc3339(),
    });
    Ok((StatusCode::CREATED, Json(body)))
}

//! `/v1/tenants/{t}/envelopes`: sending, and what became of it.

use axum::{
    Json as Answer,
    extract::{Path, State},
    http::StatusCode,
};
use ownhand_connector::EnvelopeView;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    caller::Known,
    extract::{IdempotencyKey, Json, Query},
    failure::Failure,
    settings::App,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct From {
    account_id: Option<String>,
}

/// The body is DocuSign's own envelope definition. 201 for a send of this call's, 200 for one that was out already.
pub(super) async fn send(
    State(app): State<App>,
    Known(caller): Known,
    IdempotencyKey(key): IdempotencyKey,
    Query(from): Query<From>,
    Json(definition): Json<Value>,
) -> Result<(StatusCode, Answer<EnvelopeView>), Failure> {
    let account = from.account_id.as_deref();
    match app.connector.send(&caller, &key, account, definition).await {
        Ok(sent) if sent.repeated => Ok((StatusCode::OK, Answer(sent.envelope))),
        Ok(sent) => Ok((StatusCode::CREATED, Answer(sent.envelope))),
        Err(error) => Err(Failure::of(&app, &caller, error).await),
    }
}

pub(super) async fn show(
    State(app): State<App>,
    Known(caller): Known,
    Path((_, id)): Path<(String, String)>,
) -> Result<Answer<EnvelopeView>, Failure> {
    Ok(Answer(app.connector.envelope(&caller, &id).await?))
}

const PAGE: u32 = 50;
const LARGEST_PAGE: u32 = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    before: Option<String>,
    limit: Option<u32>,
}

#[derive(Serialize)]
pub(super) struct Envelopes {
    envelopes: Vec<EnvelopeView>,
}

/// The caller's sends, newest first.
pub(super) async fn list(
    State(app): State<App>,
    Known(caller): Known,
    Query(page): Query<Page>,
) -> Result<Answer<Envelopes>, Failure> {
    let limit = page.limit.unwrap_or(PAGE).clamp(1, LARGEST_PAGE);
    let envelopes = app
        .connector
        .envelopes(&caller, page.before.as_deref(), limit)
        .await?;
    Ok(Answer(Envelopes { envelopes }))
}

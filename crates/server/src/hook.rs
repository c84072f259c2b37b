//! Where DocuSign Connect delivers its events.

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::StatusCode,
    middleware::from_fn,
    routing::post,
};
use ownhand_connector::paths;
use serde::Deserialize;
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    extract::{Query, body},
    failure::{Failure, panicked},
    problem,
    settings::App,
};

const SIGNATURE: &str = "x-docusign-signature-";

pub(crate) fn router(app: &App) -> Router<App> {
    Router::new()
        .route(paths::HOOK, post(receive))
        .layer(DefaultBodyLimit::max(app.settings.limits.event))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(problem::layer))
}

#[derive(Deserialize)]
struct Whose {
    tenant: String,
}

/// Passes the raw bytes and every signature on; answers 200 without a body once the event is safe.
async fn receive(
    State(app): State<App>,
    Query(Whose { tenant }): Query<Whose>,
    request: Request,
) -> Result<StatusCode, Failure> {
    let headers = request.headers().clone();
    let body = body(request, &app).await?;
    let signatures: Vec<&[u8]> = headers
        .iter()
        .filter(|(name, _)| name.as_str().starts_with(SIGNATURE))
        .map(|(_, value)| value.as_bytes())
        .collect();
    app.connector
        .receive_event(&tenant, &body, &signatures)
        .await?;
    Ok(StatusCode::OK)
}

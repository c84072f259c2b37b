//! For those who watch over the process.

use axum::{Json, Router, extract::State, middleware::from_fn, routing::get};
use serde_json::{Value, json};

use crate::{failure::Failure, problem, settings::App};

pub(crate) fn router(_: &App) -> Router<App> {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .layer(from_fn(problem::layer))
}

/// The process answers.
async fn alive() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// The process can do its work.
async fn ready(State(app): State<App>) -> Result<Json<Value>, Failure> {
    app.connector.ready().await?;
    Ok(Json(json!({ "status": "ready" })))
}

//! The whole service, put together from one router for each audience.

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::State,
    http::{HeaderMap, header::ACCEPT},
    middleware::from_fn_with_state,
    response::Response,
};
use ownhand_connector::Connector;
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    api,
    failure::{Refusal, panicked},
    health, hook, pages, problem,
    request_log::{self, RequestId},
    settings::{App, Settings},
};

/// The service: API, pages, event receiver and health.
pub fn router(connector: Connector, settings: Settings) -> Router {
    let app = App {
        connector,
        settings: Arc::new(settings),
    };
    api::router(&app)
        .merge(pages::router(&app))
        .merge(hook::router(&app))
        .merge(health::router(&app))
        .fallback(nowhere)
        // The last wall: the audiences' own layers may break too.
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), request_log::layer))
        .with_state(app)
}

/// An address that no route answers: a page for browsers, a problem for programs.
async fn nowhere(
    State(app): State<App>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
) -> Response {
    let browser = headers
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    let failure = Refusal::NotFound.into();
    if browser {
        pages::failed(&app, &failure, &id)
    } else {
        problem::render(&failure, &id)
    }
}

//! The host app's API: JSON in, JSON or problems out.

mod accounts;
mod envelopes;
mod link;
mod me;
mod session;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::from_fn,
    routing::{get, post, put},
};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{failure::panicked, problem, settings::App};

const ME: &str = "/v1/tenants/{tenant}/me";

pub(crate) fn router(app: &App) -> Router<App> {
    let limits = app.settings.limits;
    let small = Router::new()
        .route(ME, get(me::show))
        .route(&format!("{ME}/session"), post(session::open))
        .route(
            &format!("{ME}/link"),
            post(link::start).delete(link::remove),
        )
        .route(&format!("{ME}/link/finish"), post(link::finish))
        .route(&format!("{ME}/accounts"), get(accounts::list))
        .route(
            &format!("{ME}/accounts/default"),
            put(accounts::set_default),
        )
        .route("/v1/tenants/{tenant}/envelopes/{id}", get(envelopes::show))
        .layer(DefaultBodyLimit::max(limits.small));
    let large = Router::new()
        .route(
            "/v1/tenants/{tenant}/envelopes",
            post(envelopes::send).get(envelopes::list),
        )
        .layer(DefaultBodyLimit::max(limits.definition));
    small
        .merge(large)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(problem::layer))
}

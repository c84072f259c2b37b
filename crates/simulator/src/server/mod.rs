//! Serving: the router, what surrounds every call, the listeners.

mod observe;
mod ready;
mod serve;
mod start;
mod tls;

pub use start::{Options, Running, StartError, start};

use axum::extract::DefaultBodyLimit;
use axum::response::Redirect;
use axum::routing::get;
use axum::{Router, middleware};

use crate::sim::Sim;
use crate::{control, oauth, rest, signing};

/// Everything that the simulator serves, on both listeners.
fn router(sim: &Sim) -> Router {
    let observed = oauth::routes()
        .merge(rest::routes())
        .layer(middleware::from_fn_with_state(sim.clone(), observe::around));
    observed
        .merge(signing::routes())
        .merge(control::routes(sim))
        .route("/", get(|| async { Redirect::to("/_simulator/") }))
        // Uploads have DocuSign's limit, which the handlers apply.
        .layer(DefaultBodyLimit::disable())
        .with_state(sim.clone())
}

//! The control API under `/_simulator`: looking in, and setting the scene.

mod look;
mod overview;
mod scene;

use aws_lc_rs::constant_time;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use secrecy::ExposeSecret as _;

use crate::journal::bearer;
use crate::sim::Sim;

/// The routes; all but the overview need the control key.
pub(crate) fn routes(sim: &Sim) -> Router<Sim> {
    let protected = Router::new()
        .route("/_simulator/journal", get(look::journal))
        .route("/_simulator/outbox", get(look::outbox))
        .route("/_simulator/envelopes", get(look::envelopes))
        .route("/_simulator/deliveries", get(look::deliveries))
        .route("/_simulator/secrets", get(look::secrets))
        .route("/_simulator/reset", post(scene::reset))
        .route(
            "/_simulator/clock",
            get(scene::show_clock).post(scene::advance_clock),
        )
        .route(
            "/_simulator/switches",
            get(scene::show_switches).put(scene::set_switches),
        )
        .route(
            "/_simulator/faults",
            get(scene::show_faults).post(scene::set_faults),
        )
        .route("/_simulator/consent/revoke", post(scene::revoke_consent))
        .route("/_simulator/connect/redeliver", post(scene::redeliver))
        .route_layer(middleware::from_fn_with_state(sim.clone(), need_key));
    Router::new()
        .route("/_simulator", get(overview::handle))
        .route("/_simulator/", get(overview::handle))
        .merge(protected)
}

async fn need_key(State(sim): State<Sim>, request: Request, next: Next) -> Response {
    if bearer(request.headers()).is_some_and(|given| is_key(&sim, given)) {
        return next.run(request).await;
    }
    (
        StatusCode::UNAUTHORIZED,
        "the control key is missing or wrong\n",
    )
        .into_response()
}

fn is_key(sim: &Sim, given: &str) -> bool {
    constant_time::verify_slices_are_equal(
        given.as_bytes(),
        sim.control_key().expose_secret().as_bytes(),
    )
    .is_ok()
}

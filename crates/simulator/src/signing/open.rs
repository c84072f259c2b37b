//! `GET /signing/open/{token}`: the single-use address of an embedded session.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};

use super::nowhere;
use crate::crypto;
use crate::oauth::with_parameters;
use crate::sim::Sim;

pub(crate) async fn handle(State(sim): State<Sim>, Path(token): Path<String>) -> Response {
    let mut state = sim.state();
    // Taking it out is what makes it single-use.
    let Some(mut view) = state.views.remove(&token) else {
        return nowhere();
    };
    if view.opened {
        state.views.insert(token, view);
        return nowhere();
    }
    if sim.clock().now() >= view.expires {
        return Redirect::to(&with_parameters(
            &view.return_url,
            &[("event", Some("ttl_expired"))],
        ))
        .into_response();
    }
    view.opened = true;
    let session = crypto::url_token();
    state.views.insert(session.clone(), view);
    Redirect::to(&format!("/signing/{session}")).into_response()
}

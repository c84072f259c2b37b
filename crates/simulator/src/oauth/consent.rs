//! `POST /oauth/consent`: accept or deny.

use axum::Form;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::{authorize, request, session};
use crate::sim::Sim;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Decision {
    Accept,
    Deny,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Fields {
    request: String,
    decision: Decision,
}

pub(crate) async fn handle(
    State(sim): State<Sim>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    let pending = sim.state().grants.pending.get(&fields.request).cloned();
    // Only the browser that logged in for this request may decide it.
    let user_id = session::user(&sim, &headers);
    let Some(pending) = pending.filter(|pending| user_id.is_some() && pending.user_id == user_id)
    else {
        return authorize::expired();
    };
    if let (Decision::Accept, Some(user_id)) = (fields.decision, user_id) {
        sim.state()
            .grants
            .add_consent(&user_id, &pending.key, &pending.scopes);
        return authorize::proceed(&sim, &fields.request);
    }
    sim.state().grants.pending.remove(&fields.request);
    let target = request::with_error(
        &pending.redirect_uri,
        "access_denied",
        pending.state.as_deref(),
    );
    Redirect::to(&target).into_response()
}

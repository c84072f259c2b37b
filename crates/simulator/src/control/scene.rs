//! Setting the scene: reset, clock, switches, faults, consent, redelivery.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::envelope::render;
use crate::faults::Rule;
use crate::sim::Sim;
use crate::switches::Switches;

/// Forgets everything that happened since the start.
pub(crate) async fn reset(State(sim): State<Sim>) -> StatusCode {
    sim.reset();
    StatusCode::NO_CONTENT
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Advance {
    advance_seconds: u32,
}

/// The simulated time.
pub(crate) async fn show_clock(State(sim): State<Sim>) -> Json<Value> {
    Json(json!({ "now": render::time(sim.clock().now()) }))
}

/// Moves the simulated time forward.
pub(crate) async fn advance_clock(
    State(sim): State<Sim>,
    Json(body): Json<Advance>,
) -> Json<Value> {
    let ahead = sim.clock().advance(body.advance_seconds);
    Json(json!({ "now": render::time(sim.clock().now()), "ahead_seconds": ahead }))
}

pub(crate) async fn show_switches(State(sim): State<Sim>) -> Json<Switches> {
    Json(sim.state().switches.clone())
}

/// Sets all switches; those left out go back to their defaults.
pub(crate) async fn set_switches(
    State(sim): State<Sim>,
    Json(switches): Json<Switches>,
) -> Result<Json<Switches>, StatusCode> {
    if !switches.is_usable() {
        return Err(StatusCode::UNPROCESSABLE_ENTITY);
    }
    sim.connect().pause(switches.connect_paused);
    sim.state().switches = switches.clone();
    Ok(Json(switches))
}

pub(crate) async fn show_faults(State(sim): State<Sim>) -> Json<Vec<Rule>> {
    Json(sim.state().faults.clone())
}

/// Replaces all faults.
pub(crate) async fn set_faults(
    State(sim): State<Sim>,
    Json(rules): Json<Vec<Rule>>,
) -> Json<Vec<Rule>> {
    sim.state().faults.clone_from(&rules);
    Json(rules)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Revoke {
    /// GUID or e-mail address.
    user: String,
}

/// The user takes back every consent.
pub(crate) async fn revoke_consent(State(sim): State<Sim>, Json(body): Json<Revoke>) -> StatusCode {
    let user = sim
        .directory()
        .user(&body.user)
        .or_else(|| sim.directory().user_by_email(&body.user));
    let Some(user) = user else {
        return StatusCode::NOT_FOUND;
    };
    sim.state().grants.revoke(&user.id);
    StatusCode::NO_CONTENT
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Redeliver {
    envelope_id: String,
}

/// Delivers all messages of an envelope once more.
pub(crate) async fn redeliver(State(sim): State<Sim>, Json(body): Json<Redeliver>) -> Json<Value> {
    Json(json!({ "messages": sim.connect().redeliver(&sim, &body.envelope_id) }))
}

//! `GET /envelopes/{id}`.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;

use super::ApiError;
use super::caller::Caller;
use super::query::Query;
use crate::envelope::render::{self, Include};
use crate::sim::Sim;

pub(crate) async fn handle(
    State(sim): State<Sim>,
    caller: Caller,
    Path(path): Path<HashMap<String, String>>,
    query: Query,
) -> Result<Json<Value>, ApiError> {
    let include = Include::parse(query.list("include"));
    let state = sim.state();
    let envelope = caller.readable(&sim, &state, &path["envelope"])?;
    Ok(Json(render::envelope(envelope, sim.directory(), include)))
}

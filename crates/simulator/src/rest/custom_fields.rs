//! `GET /envelopes/{id}/custom_fields`.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;

use super::ApiError;
use super::caller::Caller;
use crate::envelope::render;
use crate::sim::Sim;

pub(crate) async fn handle(
    State(sim): State<Sim>,
    caller: Caller,
    Path(path): Path<HashMap<String, String>>,
) -> Result<Json<Value>, ApiError> {
    let state = sim.state();
    let envelope = caller.readable(&sim, &state, &path["envelope"])?;
    Ok(Json(render::custom_fields(envelope)))
}

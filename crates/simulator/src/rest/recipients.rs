//! `GET /envelopes/{id}/recipients`.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;

use super::ApiError;
use super::caller::Caller;
use super::query::Query;
use crate::envelope::render;
use crate::sim::Sim;

pub(crate) async fn handle(
    State(sim): State<Sim>,
    caller: Caller,
    Path(path): Path<HashMap<String, String>>,
    query: Query,
) -> Result<Json<Value>, ApiError> {
    let state = sim.state();
    let envelope = caller.readable(&sim, &state, &path["envelope"])?;
    Ok(Json(render::recipients(
        envelope,
        query.flag("include_tabs"),
    )))
}

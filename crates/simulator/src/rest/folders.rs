//! `PUT /folders/recyclebin`: away with envelopes.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::ApiError;
use super::body::JsonBody;
use super::caller::Caller;
use crate::loose;
use crate::sim::Sim;

pub(crate) async fn handle(
    State(sim): State<Sim>,
    caller: Caller,
    Path(path): Path<HashMap<String, String>>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, ApiError> {
    if path["folder"] != "recyclebin" {
        let message = "The simulator has one folder to move envelopes to: recyclebin.";
        return Err(ApiError::new(
            StatusCode::NOT_FOUND,
            "FOLDER_DOES_NOT_EXIST",
            message,
        ));
    }
    let ids: Vec<String> = loose::list(&body, "envelopeIds")
        .iter()
        .filter_map(loose::text)
        .collect();
    if ids.is_empty() {
        return Err(ApiError::invalid_body("envelopeIds is missing."));
    }
    let mut state = sim.state();
    for id in &ids {
        caller.own(&mut state, id)?;
    }
    for id in &ids {
        caller.own(&mut state, id)?.recycle(sim.clock().now());
        sim.carry_out(&mut state, id);
    }
    Ok(Json(
        json!({ "resultSetSize": ids.len().to_string(), "totalSetSize": ids.len().to_string() }),
    ))
}

//! `GET /accounts/{id}`.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::ApiError;
use super::caller::Caller;
use crate::sim::Sim;

pub(crate) async fn handle(
    State(sim): State<Sim>,
    caller: Caller,
) -> Result<Json<Value>, ApiError> {
    let account = sim.directory().account(&caller.account_id).ok_or_else(|| {
        ApiError::unauthorized(
            "ACCOUNT_DOES_NOT_EXIST_IN_SYSTEM",
            "The account does not exist.",
        )
    })?;
    Ok(Json(json!({
        "accountIdGuid": account.id,
        "externalAccountId": account.number,
        "accountName": account.name,
        "planName": "Simulator",
        "planClassification": "simulator",
        "seatsInUse": account.members.len().to_string(),
        "suspensionStatus": "",
        "envelopeSendingBlocked": "false",
        "currencyCode": "USD",
    })))
}

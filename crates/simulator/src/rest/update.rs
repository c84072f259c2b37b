//! `PUT /envelopes/{id}`: send a draft, void, resend, change subject and message of a draft.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::body::JsonBody;
use super::caller::Caller;
use super::query::Query;
use super::{ApiError, definition};
use crate::envelope::{Envelope, Refusal, Status};
use crate::loose;
use crate::sim::Sim;

pub(crate) async fn handle(
    State(sim): State<Sim>,
    caller: Caller,
    Path(path): Path<HashMap<String, String>>,
    query: Query,
    JsonBody(change): JsonBody,
) -> Result<Json<Value>, ApiError> {
    let mut state = sim.state();
    let now = sim.clock().now();
    let envelope = caller.own(&mut state, &path["envelope"])?;
    // All or nothing: a refused change must leave no trace.
    let mut changed = envelope.clone();
    apply(
        &mut changed,
        &change,
        query.flag("resend_envelope"),
        &caller,
        now,
    )?;
    *envelope = changed;
    let id = envelope.id.clone();
    sim.carry_out(&mut state, &id);
    Ok(Json(json!({ "envelopeId": id })))
}

fn apply(
    envelope: &mut Envelope,
    change: &Value,
    resend: bool,
    caller: &Caller,
    now: jiff::Timestamp,
) -> Result<(), ApiError> {
    let headings = ["emailSubject", "emailBlurb"]
        .iter()
        .any(|name| change.get(name).is_some());
    if headings {
        if envelope.status != Status::Created {
            return Err(Refusal::NotADraft.into());
        }
        definition::headings(envelope, change)?;
        envelope.changed_at = now;
    }
    match loose::member(change, "status")
        .map(|status| status.to_ascii_lowercase())
        .as_deref()
    {
        None => {}
        Some("created") if envelope.status == Status::Created => {}
        Some("sent") => {
            caller.must_be_sender()?;
            envelope.send(now)?;
        }
        Some("voided") => void(envelope, change, now)?,
        Some(_) => {
            return Err(ApiError::bad(
                "ENVELOPE_INVALID_STATUS",
                "Invalid envelope status. Envelope status is not one of: Sent, Voided",
            ));
        }
    }
    if resend {
        envelope.resend(now)?;
    }
    Ok(())
}

fn void(envelope: &mut Envelope, change: &Value, now: jiff::Timestamp) -> Result<(), ApiError> {
    let reason = loose::member(change, "voidedReason")
        .filter(|reason| !reason.trim().is_empty())
        .ok_or_else(|| ApiError::invalid_parameter("voidedReason is missing."))?;
    envelope.void(&reason, now).map_err(|_| {
        ApiError::bad(
            "ENVELOPE_CANNOT_VOID_INVALID_STATE",
            "Only envelopes in the 'Sent' or 'Delivered' states may be voided.",
        )
    })
}

//! `POST /envelopes`: JSON, or binary multipart.

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::caller::Caller;
use super::error::{ApiError, too_large};
use super::{MOST_BODY_BYTES, body, definition};
use crate::envelope::{Envelope, render};
use crate::loose;
use crate::multipart::{self, Part};
use crate::sim::Sim;

pub(crate) async fn handle(
    State(sim): State<Sim>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    caller.must_be_sender()?;
    let (definition, files) = read(&headers, body).await?;
    let now = sim.clock().now();
    let mut envelope = Envelope::draft(
        caller.account_id.clone(),
        caller.user_id.clone(),
        caller.integration_key.clone(),
        now,
    );
    definition::fill(&mut envelope, &definition, &files)?;
    match loose::member(&definition, "status")
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        "" | "created" => {}
        "sent" => envelope.send(now)?,
        _ => {
            return Err(ApiError::bad(
                "ENVELOPE_INVALID_STATUS",
                "Invalid envelope status. Envelope status is not one of: Created, Sent",
            ));
        }
    }
    let (id, summary) = (envelope.id.clone(), summary(&envelope));
    caller
        .slip
        .write(|facts| facts.envelope_id = Some(id.clone()));
    // A repeated transactionId makes a second envelope: it is no idempotency key.
    let mut state = sim.state();
    state.envelopes.push(envelope);
    sim.carry_out(&mut state, &id);
    Ok((StatusCode::CREATED, Json(summary)).into_response())
}

/// `envelopeSummary`.
fn summary(envelope: &Envelope) -> Value {
    json!({
        "envelopeId": envelope.id,
        "uri": format!("/envelopes/{}", envelope.id),
        "statusDateTime": render::time(envelope.status_changed_at),
        "status": envelope.status.as_str(),
    })
}

async fn read(headers: &HeaderMap, body: Body) -> Result<(Value, Vec<Part>), ApiError> {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let Some(boundary) = multipart::boundary(content_type) else {
        let bytes = to_bytes(body, MOST_BODY_BYTES)
            .await
            .map_err(|_| too_large())?;
        return Ok((body::parse(&bytes)?, Vec::new()));
    };
    let mut parts = multipart::read(body, &boundary, MOST_BODY_BYTES).await?;
    let json = parts
        .iter()
        .position(|part| {
            part.content_type
                .as_deref()
                .is_some_and(|kind| kind.starts_with("application/json"))
        })
        .ok_or_else(|| ApiError::invalid_body("There is no application/json part."))?;
    let definition = body::parse(&parts.remove(json).body)?;
    Ok((definition, parts))
}

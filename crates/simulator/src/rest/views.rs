//! `POST /envelopes/{id}/views/recipient`: an address for embedded signing.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use jiff::SignedDuration;
use serde_json::{Value, json};
use url::Url;

use super::ApiError;
use super::body::JsonBody;
use super::caller::Caller;
use crate::crypto;
use crate::envelope::{Envelope, Refusal};
use crate::loose;
use crate::sim::Sim;
use crate::store::EmbeddedView;

/// How long the single-use address lives.
const LIFETIME: SignedDuration = SignedDuration::from_secs(300);

pub(crate) async fn recipient(
    State(sim): State<Sim>,
    caller: Caller,
    Path(path): Path<HashMap<String, String>>,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let return_url = loose::member(&body, "returnUrl")
        .filter(|url| url.len() <= 470 && Url::parse(url).is_ok())
        .ok_or_else(|| {
            ApiError::invalid_parameter(
                "returnUrl is missing, too long or not an absolute address.",
            )
        })?;
    if loose::member(&body, "authenticationMethod").is_none() {
        return Err(ApiError::invalid_parameter(
            "authenticationMethod is missing.",
        ));
    }
    let mut state = sim.state();
    let envelope = caller.own(&mut state, &path["envelope"])?;
    if !envelope.status.in_process() {
        return Err(Refusal::NotInProcess.into());
    }
    let recipient = find(envelope, &body)?;
    if !envelope.recipients[recipient].may_act() {
        return Err(Refusal::NotTheirTurn.into());
    }
    let (token, envelope_id) = (crypto::url_token(), envelope.id.clone());
    let expires = sim
        .clock()
        .now()
        .checked_add(LIFETIME)
        .unwrap_or(jiff::Timestamp::MAX);
    let view = EmbeddedView {
        envelope_id,
        recipient,
        return_url,
        expires,
        opened: false,
    };
    state.views.insert(token.clone(), view);
    let url = sim.address(&format!("/signing/open/{token}"));
    Ok((StatusCode::CREATED, Json(json!({ "url": url }))).into_response())
}

/// Name, e-mail and clientUserId must all be those of the envelope.
fn find(envelope: &Envelope, body: &Value) -> Result<usize, ApiError> {
    let client_user_id = loose::member(body, "clientUserId").ok_or_else(|| {
        ApiError::bad(
            "INVALID_CAPTIVE_RECIPIENT_OPERATION",
            "clientUserId is missing: the recipient is not embedded.",
        )
    })?;
    let (name, email) = (
        loose::member(body, "userName"),
        loose::member(body, "email"),
    );
    let id = loose::member(body, "recipientId");
    envelope
        .recipients
        .iter()
        .position(|one| {
            one.client_user_id.as_ref() == Some(&client_user_id)
                && name.as_ref() == Some(&one.name)
                && email.as_deref().is_some_and(|email| email.eq_ignore_ascii_case(&one.email))
                && id.as_ref().is_none_or(|id| *id == one.id)
        })
        .ok_or_else(|| {
            ApiError::bad(
                "UNKNOWN_ENVELOPE_RECIPIENT",
                "The recipient you have identified is not a valid recipient of the specified envelope.",
            )
        })
}

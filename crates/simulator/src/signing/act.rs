//! `POST /signing/{token}`: sign or decline.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::{nothing_to_do, nowhere, place};
use crate::envelope::{RecipientKind, Refusal};
use crate::oauth::with_parameters;
use crate::pages::{Message, page};
use crate::sim::Sim;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    Sign,
    Decline,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Fields {
    action: Action,
    #[serde(default)]
    signature_name: String,
    #[serde(default)]
    reason: String,
}

pub(crate) async fn handle(
    State(sim): State<Sim>,
    Path(token): Path<String>,
    Form(fields): Form<Fields>,
) -> Response {
    let mut state = sim.state();
    let Some(place) = place(&state, &token) else {
        return nowhere();
    };
    let now = sim.clock().now();
    let Some(envelope) = state.envelope_mut(&place.envelope_id) else {
        return nowhere();
    };
    let recipient = &envelope.recipients[place.recipient];
    let signature = match fields.signature_name.trim() {
        "" => recipient.name.clone(),
        name => name.to_owned(),
    };
    let done = match fields.action {
        Action::Sign if recipient.kind == RecipientKind::Signer => {
            envelope.sign(place.recipient, &signature, now)
        }
        Action::Sign => Err(Refusal::NotTheirTurn),
        Action::Decline => envelope.decline(place.recipient, fields.reason.trim(), now),
    };
    if done.is_err() {
        return nothing_to_do(envelope);
    }
    sim.carry_out(&mut state, &place.envelope_id);
    let (event, title, text) = match fields.action {
        Action::Sign => (
            "signing_complete",
            "Signed",
            "Thank you, you are done. Everybody gets a copy when all have signed.",
        ),
        Action::Decline => (
            "decline",
            "Declined",
            "You declined to sign. The sender has been told.",
        ),
    };
    match place.return_url {
        Some(url) => {
            Redirect::to(&with_parameters(&url, &[("event", Some(event))])).into_response()
        }
        None => page(&Message { title, text }),
    }
}

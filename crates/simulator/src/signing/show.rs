//! `GET /signing/{token}`: the page, and the documents linked from it.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use super::{nothing_to_do, nowhere, place};
use crate::envelope::RecipientKind;
use crate::pages::{Signing, SigningDocument, page};
use crate::pdf;
use crate::sim::Sim;

pub(crate) async fn handle(State(sim): State<Sim>, Path(token): Path<String>) -> Response {
    let mut state = sim.state();
    let Some(place) = place(&state, &token) else {
        return nowhere();
    };
    let now = sim.clock().now();
    let Some(envelope) = state.envelope_mut(&place.envelope_id) else {
        return nowhere();
    };
    if envelope.view(place.recipient, now).is_err() {
        return nothing_to_do(envelope);
    }
    sim.carry_out(&mut state, &place.envelope_id);
    let Some(envelope) = state.envelope(&place.envelope_id) else {
        return nowhere();
    };
    let Some(sender) = sim.directory().user(&envelope.sender_id) else {
        return nowhere();
    };
    let recipient = &envelope.recipients[place.recipient];
    page(&Signing {
        action: &format!("/signing/{token}"),
        subject: &envelope.email_subject,
        blurb: &envelope.email_blurb,
        sender_name: &sender.name,
        sender_email: &sender.email,
        recipient_name: &recipient.name,
        recipient_email: &recipient.email,
        documents: envelope
            .ordered_documents()
            .into_iter()
            .map(|document| SigningDocument {
                name: document.name.clone(),
                href: format!("/signing/{token}/documents/{}", document.id),
            })
            .collect(),
        may_sign: recipient.kind == RecipientKind::Signer,
    })
}

pub(crate) async fn document(
    State(sim): State<Sim>,
    Path((token, id)): Path<(String, String)>,
) -> Response {
    let envelope = {
        let state = sim.state();
        place(&state, &token).and_then(|place| state.envelope(&place.envelope_id).cloned())
    };
    let Some(envelope) = envelope else {
        return nowhere();
    };
    let bytes = tokio::task::spawn_blocking(move || {
        let document = envelope
            .documents
            .iter()
            .find(|document| document.id == id)?;
        Some(pdf::signed(&envelope, document))
    });
    match bytes.await {
        Ok(Some(bytes)) => ([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response(),
        _ => nowhere(),
    }
}

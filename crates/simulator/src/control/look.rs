//! Looking in: journal, outbox, envelopes, deliveries, secrets.

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use crate::connect::DeliveryRecord;
use crate::envelope::render::{self, Include};
use crate::journal::Entry;
use crate::oauth::Secrets;
use crate::sim::Sim;
use crate::store::Mail;

/// Every OAuth and REST call.
pub(crate) async fn journal(State(sim): State<Sim>) -> Json<Vec<Entry>> {
    Json(sim.state().journal.clone())
}

/// Every mail.
pub(crate) async fn outbox(State(sim): State<Sim>) -> Json<Vec<Mail>> {
    Json(sim.state().mails.clone())
}

/// Every secret that was given out or shown at the OAuth endpoints.
pub(crate) async fn secrets(State(sim): State<Sim>) -> Json<Secrets> {
    Json(sim.state().grants.secrets())
}

/// Every attempt of Connect to deliver.
pub(crate) async fn deliveries(State(sim): State<Sim>) -> Json<Vec<DeliveryRecord>> {
    Json(sim.state().deliveries.clone())
}

/// Every envelope, in whatever account.
pub(crate) async fn envelopes(State(sim): State<Sim>) -> Json<Vec<Value>> {
    let include = Include {
        recipients: true,
        documents: true,
        custom_fields: true,
        tabs: false,
    };
    let state = sim.state();
    let envelopes = state.envelopes.iter().map(|envelope| {
        let mut body = render::envelope(envelope, sim.directory(), include);
        body["accountId"] = envelope.account_id.clone().into();
        body["integrationKey"] = envelope.integration_key.clone().into();
        body
    });
    Json(envelopes.collect())
}

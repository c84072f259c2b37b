//! `GET /_simulator/`: the page for people.

use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::is_key;
use crate::pages::{AccountRow, EnvelopeRow, Overview, page};
use crate::sim::Sim;

#[derive(Debug, Deserialize)]
pub(crate) struct Key {
    key: Option<String>,
}

pub(crate) async fn handle(State(sim): State<Sim>, Query(query): Query<Key>) -> Response {
    let directory = sim.directory();
    let email_of = |id: &str| {
        directory
            .user(id)
            .map(|user| user.email.clone())
            .unwrap_or_default()
    };
    let accounts = directory.accounts.iter().map(|account| AccountRow {
        name: account.name.clone(),
        id: account.id.clone(),
        number: account.number.clone(),
        members: account
            .members
            .iter()
            .map(|member| email_of(&member.user_id))
            .collect::<Vec<_>>()
            .join(", "),
    });
    let state = sim.state();
    let envelopes = state.envelopes.iter().map(|envelope| EnvelopeRow {
        id: envelope.id.clone(),
        subject: envelope.email_subject.clone(),
        status: envelope.status.as_str(),
        sender: email_of(&envelope.sender_id),
        account: directory
            .account(&envelope.account_id)
            .map(|account| account.name.clone())
            .unwrap_or_default(),
    });
    page(&Overview {
        accounts: accounts.collect(),
        envelopes: envelopes.collect(),
        mails: &state.mails,
        journal: query
            .key
            .is_some_and(|key| is_key(&sim, &key))
            .then_some(&state.journal),
    })
}

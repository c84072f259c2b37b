//! The pages on which recipients read, sign and decline.

mod act;
mod open;
mod show;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use crate::envelope::Envelope;
use crate::pages::{Message, page_with};
use crate::sim::Sim;
use crate::store::State;

/// The routes under `/signing`.
pub(crate) fn routes() -> Router<Sim> {
    Router::new()
        .route("/signing/open/{token}", get(open::handle))
        .route("/signing/{token}", get(show::handle).post(act::handle))
        .route("/signing/{token}/documents/{document}", get(show::document))
}

/// What a token in a signing address stands for.
#[derive(Debug, Clone)]
struct Place {
    envelope_id: String,
    recipient: usize,
    /// Where an embedded session ends.
    return_url: Option<String>,
}

/// Finds the place of a token: a recipient's own address from a mail, or an opened embedded session.
fn place(state: &State, token: &str) -> Option<Place> {
    if let Some(view) = state.views.get(token).filter(|view| view.opened) {
        return Some(Place {
            envelope_id: view.envelope_id.clone(),
            recipient: view.recipient,
            return_url: Some(view.return_url.clone()),
        });
    }
    state.envelopes.iter().find_map(|envelope| {
        let recipient = envelope.recipient_by_token(token)?;
        Some(Place {
            envelope_id: envelope.id.clone(),
            recipient,
            return_url: None,
        })
    })
}

/// The page for an address that leads nowhere.
fn nowhere() -> Response {
    let text = "This link is not valid, or was already used.";
    page_with(
        StatusCode::NOT_FOUND,
        &Message {
            title: "Nothing to sign here",
            text,
        },
    )
}

/// The page for somebody whose turn it is not, or not any more.
fn nothing_to_do(envelope: &Envelope) -> Response {
    let status = envelope.status.as_str();
    let text = format!("This envelope is {status}; there is nothing for you to do now.");
    page_with(
        StatusCode::CONFLICT,
        &Message {
            title: &envelope.email_subject,
            text: &text,
        },
    )
}

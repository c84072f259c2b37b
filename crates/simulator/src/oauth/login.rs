//! `POST /oauth/login`: e-mail and password.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{authorize, session};
use crate::crypto;
use crate::sim::Sim;

#[derive(Debug, Deserialize)]
pub(crate) struct Fields {
    request: String,
    email: String,
    password: SecretString,
}

pub(crate) async fn handle(State(sim): State<Sim>, Form(fields): Form<Fields>) -> Response {
    let Some(request) = sim.state().grants.pending.get(&fields.request).cloned() else {
        return authorize::expired();
    };
    let user = sim
        .directory()
        .user_by_email(&fields.email)
        .filter(|user| user.password.expose_secret() == fields.password.expose_secret());
    let Some(user) = user else {
        return authorize::login_page(&fields.request, &request, true);
    };
    let token = crypto::url_token();
    {
        let mut state = sim.state();
        state.grants.sessions.insert(token.clone(), user.id.clone());
        if let Some(request) = state.grants.pending.get_mut(&fields.request) {
            request.user_id = Some(user.id.clone());
        }
    }
    session::set(authorize::proceed(&sim, &fields.request), &token)
}

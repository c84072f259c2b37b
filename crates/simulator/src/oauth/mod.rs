//! The authentication server: authorize, login, consent, token, userinfo.

mod authorize;
mod client;
mod consent;
mod error;
mod grants;
mod login;
mod request;
mod session;
mod token;
mod userinfo;

use axum::Router;
use axum::routing::{get, post};

pub(crate) use grants::{Grants, Secrets};
pub(crate) use request::with as with_parameters;

use crate::sim::Sim;

/// The routes under `/oauth`.
pub(crate) fn routes() -> Router<Sim> {
    Router::new()
        .route("/oauth/auth", get(authorize::handle))
        .route("/oauth/login", post(login::handle))
        .route("/oauth/consent", post(consent::handle))
        .route("/oauth/token", post(token::handle))
        .route("/oauth/userinfo", get(userinfo::handle))
        .route("/logout", get(session::logout))
}

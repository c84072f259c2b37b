//! `GET /oauth/auth`.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};

use super::grants::Pending;
use super::request::{self, Refused};
use super::session;
use crate::crypto;
use crate::pages::{Consent, Login, Message, page, page_with};
use crate::sim::Sim;

pub(crate) async fn handle(
    State(sim): State<Sim>,
    headers: HeaderMap,
    Query(query): Query<request::Query>,
) -> Response {
    let fresh_login = query
        .prompt
        .as_deref()
        .is_some_and(|prompt| prompt.split(' ').any(|one| one == "login"));
    let mut request = match request::check(query, sim.directory()) {
        Ok(request) => request,
        Err(Refused::Page(text)) => {
            return page_with(
                StatusCode::BAD_REQUEST,
                &Message {
                    title: "Something went wrong",
                    text,
                },
            );
        }
        Err(Refused::Redirect(target)) => return Redirect::to(&target).into_response(),
    };
    if !fresh_login && let Some(user_id) = session::user(&sim, &headers) {
        request.user_id = Some(user_id);
    }
    let id = crypto::url_token();
    sim.state().grants.pending.insert(id.clone(), request);
    proceed(&sim, &id)
}

/// The next step of a pending request: the login page, the consent page, or back to the application with a code.
pub(crate) fn proceed(sim: &Sim, id: &str) -> Response {
    let mut state = sim.state();
    let Some(request) = state.grants.pending.get(id).cloned() else {
        return expired();
    };
    let Some(user) = request
        .user_id
        .as_deref()
        .and_then(|user_id| sim.directory().user(user_id))
    else {
        return login_page(id, &request, false);
    };
    if !state
        .grants
        .has_consent(&user.id, &request.key, &request.scopes)
    {
        return page(&Consent {
            request: id,
            user_name: &user.name,
            user_email: &user.email,
            client: &request.key,
            scopes: &request
                .scopes
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>(),
        });
    }
    state.grants.pending.remove(id);
    let (switches, now) = (state.switches.clone(), sim.clock().now());
    let code = state
        .grants
        .issue_code(request.clone(), user.id.clone(), &switches, now);
    Redirect::to(&request::with_code(&request, &code)).into_response()
}

pub(crate) fn login_page(id: &str, request: &Pending, failed: bool) -> Response {
    page(&Login {
        request: id,
        email: request.login_hint.as_deref().unwrap_or_default(),
        failed,
    })
}

/// The page for a form whose request is no longer known.
pub(crate) fn expired() -> Response {
    let text = "This sign-in was started too long ago or is already finished. Start again in the application.";
    page_with(
        StatusCode::BAD_REQUEST,
        &Message {
            title: "Nothing to sign in to",
            text,
        },
    )
}

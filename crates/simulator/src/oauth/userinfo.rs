//! `GET /oauth/userinfo`.

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use crate::edge;
use crate::journal::{self, Slip};
use crate::sim::Sim;

pub(crate) async fn handle(
    State(sim): State<Sim>,
    Extension(slip): Extension<Slip>,
    headers: HeaderMap,
) -> Response {
    let (token, expired_status) = {
        let state = sim.state();
        let token = journal::bearer(&headers)
            .and_then(|token| state.grants.access(token, sim.clock().now()).cloned());
        (token, state.switches.userinfo_expired_status)
    };
    let user = token
        .as_ref()
        .and_then(|token| sim.directory().user(&token.user_id));
    let (Some(token), Some(user)) = (token.as_ref(), user) else {
        // DocuSign's answer to a dead token is no clean 401.
        let status = StatusCode::from_u16(expired_status).unwrap_or(StatusCode::BAD_REQUEST);
        let body = json!({ "error": "internal_server_error", "reference_id": edge::guid() });
        return (status, Json(body)).into_response();
    };
    slip.write(|facts| {
        facts.user_id = Some(user.id.clone());
        facts.integration_key = Some(token.key.clone());
    });
    let (given, family) = user.name.rsplit_once(' ').unwrap_or((&user.name, ""));
    let accounts: Vec<Value> = sim
        .directory()
        .accounts_of(&user.id)
        .into_iter()
        .map(|(account, is_default)| {
            json!({
                "account_id": account.id,
                "is_default": is_default,
                "account_name": account.name,
                "base_uri": account.base_uri,
            })
        })
        .collect();
    Json(json!({
        "sub": user.id,
        "name": user.name,
        "given_name": given,
        "family_name": family,
        "created": "2015-08-13T22:03:03.45",
        "email": user.email,
        "accounts": accounts,
    }))
    .into_response()
}

//! Around every OAuth and REST call: faults, quotas, DocuSign's headers, the journal.

use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::serve::Drop;
use crate::envelope::render;
use crate::faults::{self, Action};
use crate::journal::{self, Entry, Slip};
use crate::limits::Standing;
use crate::rest::ApiError;
use crate::sim::Sim;
use crate::{crypto, edge};

pub(crate) async fn around(State(sim): State<Sim>, mut request: Request, next: Next) -> Response {
    let slip = Slip::default();
    request.extensions_mut().insert(slip.clone());
    let path = request.uri().path().to_owned();
    let (account, envelope) = names_in(&path);
    let account = account
        .and_then(|name| sim.directory().account(name))
        .map(|account| account.id.clone());
    slip.write(|facts| {
        facts.account_id.clone_from(&account);
        facts.envelope_id = envelope.map(str::to_ascii_lowercase);
    });
    let mut entry = Entry {
        seq: 0,
        time: render::time(sim.clock().now()),
        method: request.method().to_string(),
        query: request.uri().query().map(str::to_owned),
        status: None,
        account_id: None,
        user_id: None,
        integration_key: None,
        envelope_id: None,
        token_fingerprint: journal::bearer(request.headers()).map(crypto::fingerprint),
        headers: journal::telling_headers(request.headers()),
        fault: None,
        path,
    };
    let (fault, standing, limit_status) = {
        let mut state = sim.state();
        let fault = faults::meet(&mut state.faults, &entry.method, &entry.path);
        let switches = state.switches.clone();
        let standing = entry.path.starts_with("/restapi/").then(|| {
            let account = account.as_deref().unwrap_or_default();
            state.limits.count(account, &switches, sim.clock().now())
        });
        (fault, standing, switches.limit_status)
    };
    entry.fault = fault.as_ref().map(|action| match action {
        Action::Status { .. } => "status",
        Action::DropBefore => "drop_before",
        Action::DropAfter => "drop_after",
        Action::Delay { .. } => "delay",
    });
    let exceeded = standing.and_then(|standing| standing.exceeded);
    let mut response = match (&fault, exceeded) {
        (
            Some(Action::Status {
                status,
                error_code,
                message,
            }),
            _,
        ) => ordered(
            &entry.path,
            *status,
            error_code.as_deref(),
            message.as_deref(),
        ),
        (Some(Action::DropBefore), _) => Drop::response(),
        (_, Some(code)) => over_limit(limit_status, code),
        (Some(Action::Delay { ms }), None) => {
            edge::sleep(Duration::from_millis(u64::from(*ms))).await;
            next.run(request).await
        }
        (Some(Action::DropAfter) | None, None) => next.run(request).await,
    };
    let dropped = matches!(fault, Some(Action::DropBefore | Action::DropAfter));
    entry.status = (!dropped).then(|| response.status().as_u16());
    write_down(&sim, entry, &slip);
    if dropped {
        return Drop::response();
    }
    add_headers(&mut response, standing);
    response
}

fn write_down(sim: &Sim, mut entry: Entry, slip: &Slip) {
    let facts = slip.read();
    entry.account_id = facts.account_id;
    entry.user_id = facts.user_id;
    entry.integration_key = facts.integration_key;
    entry.envelope_id = facts.envelope_id;
    // No query here: it may hold a code or a state.
    tracing::info!(method = %entry.method, path = %entry.path, status = entry.status, fault = entry.fault, "call");
    let mut state = sim.state();
    entry.seq = state.journal.len() + 1;
    state.journal.push(entry);
}

fn add_headers(response: &mut Response, standing: Option<Standing>) {
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&edge::guid()) {
        headers.insert(HeaderName::from_static("x-docusign-tracetoken"), value);
    }
    if let Some(standing) = standing {
        headers.insert(
            HeaderName::from_static("x-ratelimit-limit"),
            standing.hourly_limit.into(),
        );
        headers.insert(
            HeaderName::from_static("x-ratelimit-remaining"),
            standing.hourly_remaining.into(),
        );
        headers.insert(
            HeaderName::from_static("x-ratelimit-reset"),
            standing.hourly_reset.into(),
        );
        headers.insert(
            HeaderName::from_static("x-burstlimit-limit"),
            standing.burst_limit.into(),
        );
        headers.insert(
            HeaderName::from_static("x-burstlimit-remaining"),
            standing.burst_remaining.into(),
        );
    }
}

fn ordered(path: &str, status: u16, code: Option<&str>, message: Option<&str>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = match (code, path.starts_with("/oauth/")) {
        // Some of DocuSign's failures have no JSON body.
        (None, _) => return status.into_response(),
        (Some(code), true) => json!({ "error": code, "error_description": message }),
        (Some(code), false) => {
            json!({ "errorCode": code, "message": message.unwrap_or("An ordered fault.") })
        }
    };
    (status, Json(body)).into_response()
}

fn over_limit(status: u16, code: &'static str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    ApiError::new(
        status,
        code,
        "The maximum number of hourly API invocations has been exceeded.",
    )
    .into_response()
}

/// Account and envelope as a REST path names them.
fn names_in(path: &str) -> (Option<&str>, Option<&str>) {
    let mut segments = path
        .strip_prefix("/restapi/v2.1/accounts/")
        .unwrap_or_default()
        .split('/');
    let account = segments.next().filter(|name| !name.is_empty());
    let envelope = match segments.next() {
        Some("envelopes") => segments
            .next()
            .filter(|name| uuid::Uuid::parse_str(name).is_ok()),
        _ => None,
    };
    (account, envelope)
}

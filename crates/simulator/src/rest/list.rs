//! `GET /envelopes` and `PUT /envelopes/status`: searching.

use axum::Json;
use axum::extract::State;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::ApiError;
use super::body::JsonBody;
use super::caller::Caller;
use super::query::Query;
use crate::envelope::Envelope;
use crate::envelope::render::{self, Include};
use crate::loose;
use crate::sim::Sim;

/// Answers never hold more.
const MOST_ROWS: usize = 1000;

/// A transaction id finds its envelope for this long.
const TRANSACTIONS_LIVE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What is searched for; an absent part matches everything.
#[derive(Debug, Default)]
struct Search {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    envelope_ids: Option<Vec<String>>,
    transaction_ids: Option<Vec<String>>,
    statuses: Vec<String>,
    custom_field: Option<(String, String)>,
}

pub(crate) async fn handle(
    State(sim): State<Sim>,
    caller: Caller,
    query: Query,
) -> Result<Json<Value>, ApiError> {
    let ids = |name: &str| {
        query
            .get(name)
            .map(|_| query.list(name).into_iter().map(str::to_owned).collect())
    };
    let search = Search {
        from: query.get("from_date").map(date).transpose()?,
        to: query.get("to_date").map(date).transpose()?,
        envelope_ids: ids("envelope_ids"),
        transaction_ids: ids("transaction_ids"),
        statuses: query
            .list("status")
            .into_iter()
            .map(str::to_ascii_lowercase)
            .collect(),
        custom_field: query
            .get("custom_field")
            .and_then(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    };
    answer(&sim, &caller, &search, &query)
}

pub(crate) async fn handle_status(
    State(sim): State<Sim>,
    caller: Caller,
    query: Query,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, ApiError> {
    let ids = |name: &str| {
        body.get(name).map(|_| {
            loose::list(&body, name)
                .iter()
                .filter_map(loose::text)
                .collect()
        })
    };
    let search = Search {
        envelope_ids: ids("envelopeIds"),
        transaction_ids: ids("transactionIds"),
        ..Search::default()
    };
    answer(&sim, &caller, &search, &query)
}

fn answer(
    sim: &Sim,
    caller: &Caller,
    search: &Search,
    query: &Query,
) -> Result<Json<Value>, ApiError> {
    if search.from.is_none() && search.envelope_ids.is_none() && search.transaction_ids.is_none() {
        return Err(ApiError::invalid_parameter(
            "One of from_date, envelope_ids or transaction_ids is required.",
        ));
    }
    let start = number(query, "start_position")?.unwrap_or(0);
    let count = number(query, "count")?.unwrap_or(MOST_ROWS).min(MOST_ROWS);
    let include = Include::parse(query.list("include"));
    let state = sim.state();
    let lag = SignedDuration::from_secs(i64::from(state.switches.listing_lag_seconds));
    let visible_until = sim.clock().now().checked_sub(lag).unwrap_or(Timestamp::MIN);
    let known_since = sim
        .clock()
        .now()
        .checked_sub(TRANSACTIONS_LIVE)
        .unwrap_or(Timestamp::MIN);
    let found: Vec<&Envelope> = state
        .envelopes
        .iter()
        .filter(|envelope| {
            envelope.account_id == caller.account_id && envelope.sender_id == caller.user_id
        })
        // A listing lags behind what a GET of the envelope itself shows.
        .filter(|envelope| envelope.created_at <= visible_until)
        .filter(|envelope| search.transaction_ids.is_none() || envelope.created_at >= known_since)
        .filter(|envelope| search.fits(envelope))
        .collect();
    let rows: Vec<Value> = found
        .iter()
        .skip(start)
        .take(count)
        .map(|envelope| render::envelope(envelope, sim.directory(), include))
        .collect();
    let next = start + rows.len();
    let mut body = json!({
        "resultSetSize": rows.len().to_string(),
        "totalSetSize": found.len().to_string(),
        "startPosition": start.to_string(),
        "endPosition": next.saturating_sub(1).to_string(),
    });
    if next < found.len() {
        body["nextUri"] = format!("/envelopes?start_position={next}&count={count}").into();
    }
    if start > 0 {
        body["previousUri"] = format!(
            "/envelopes?start_position={}&count={count}",
            start.saturating_sub(count)
        )
        .into();
    }
    body["envelopes"] = rows.into();
    Ok(Json(body))
}

impl Search {
    fn fits(&self, envelope: &Envelope) -> bool {
        let one_of = |list: &Option<Vec<String>>, own: Option<&str>| {
            list.as_ref().is_none_or(|list| {
                own.is_some_and(|own| list.iter().any(|one| one.eq_ignore_ascii_case(own)))
            })
        };
        self.from
            .is_none_or(|from| envelope.status_changed_at >= from)
            && self.to.is_none_or(|to| envelope.status_changed_at <= to)
            && one_of(&self.envelope_ids, Some(&envelope.id))
            && one_of(&self.transaction_ids, envelope.transaction_id.as_deref())
            && (self.statuses.is_empty()
                || self
                    .statuses
                    .iter()
                    .any(|status| status == "any" || status == envelope.status.as_str()))
            && self.custom_field.as_ref().is_none_or(|(name, value)| {
                envelope
                    .custom_fields
                    .iter()
                    .any(|field| field.name == *name && field.value == *value)
            })
    }
}

fn number(query: &Query, name: &str) -> Result<Option<usize>, ApiError> {
    let bad = |_| ApiError::invalid_parameter(&format!("{name} is not a number."));
    query.get(name).map(str::parse).transpose().map_err(bad)
}

/// A time with a zone, or without one (then UTC), or a day.
fn date(text: &str) -> Result<Timestamp, ApiError> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let local = text
        .parse::<jiff::civil::DateTime>()
        .map_err(|_| ApiError::invalid_parameter("A date cannot be read."))?;
    TimeZone::UTC
        .to_timestamp(local)
        .map_err(|_| ApiError::invalid_parameter("A date is out of range."))
}

//! What a Connect message says. It is news, not truth: whoever acts on it asks DocuSign first.

use ownhand_egress::BoxError;
use serde::Deserialize;
use serde_json::Value;

use crate::error::unreadable;
use crate::rest::EnvelopeStatus;
use crate::{AccountId, EnvelopeId, tolerant};

/// A body that is no Connect message.
#[derive(Debug, thiserror::Error)]
#[error("this is not a Connect message")]
pub struct MessageError(#[source] BoxError);

/// A Connect message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectMessage {
    /// The event, e.g. `envelope-completed`.
    pub event: String,
    /// When DocuSign made the message, ISO 8601 in UTC.
    pub generated_date_time: Option<String>,
    /// How often it was tried before.
    pub retry_count: Option<u64>,
    /// Which envelope it is about; none for events of other things.
    pub envelope: Option<EnvelopeNews>,
}

/// What a message says about an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvelopeNews {
    /// The account that the envelope is in.
    pub account_id: AccountId,
    /// The envelope.
    pub envelope_id: EnvelopeId,
    /// The recipient that the event is about.
    pub recipient_id: Option<String>,
    /// The state: from the summary if there is one, else from the event.
    pub status: Option<EnvelopeStatus>,
    /// Since when, ISO 8601 in UTC.
    pub status_changed_date_time: Option<String>,
    /// Why it was voided.
    pub voided_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    event: String,
    #[serde(default, deserialize_with = "tolerant::text")]
    generated_date_time: Option<String>,
    #[serde(default, deserialize_with = "tolerant::number")]
    retry_count: Option<u64>,
    #[serde(default)]
    data: Option<Data>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    #[serde(default)]
    account_id: Option<AccountId>,
    #[serde(default)]
    envelope_id: Option<EnvelopeId>,
    #[serde(default, deserialize_with = "tolerant::text")]
    recipient_id: Option<String>,
    #[serde(default)]
    envelope_summary: Value,
}

impl ConnectMessage {
    /// Reads a message: the minimal one, or with an envelope summary in it.
    ///
    /// # Errors
    /// If it is not JSON, names no event, or has an id that is none.
    pub fn parse(body: &[u8]) -> Result<Self, MessageError> {
        let wire: Wire =
            serde_json::from_slice(body).map_err(|error| MessageError(unreadable(&error)))?;
        let envelope = wire.data.and_then(|data| news(&wire.event, data));
        Ok(Self {
            event: wire.event,
            generated_date_time: wire.generated_date_time,
            retry_count: wire.retry_count,
            envelope,
        })
    }
}

fn news(event: &str, data: Data) -> Option<EnvelopeNews> {
    let summary = |field: &str| data.envelope_summary[field].as_str().map(str::to_owned);
    Some(EnvelopeNews {
        account_id: data.account_id?,
        envelope_id: data.envelope_id?,
        status: summary("status")
            .map(EnvelopeStatus::from)
            .or_else(|| by_event(event)),
        status_changed_date_time: summary("statusChangedDateTime"),
        voided_reason: summary("voidedReason"),
        recipient_id: data.recipient_id,
    })
}

fn by_event(event: &str) -> Option<EnvelopeStatus> {
    Some(match event {
        "envelope-created" => EnvelopeStatus::Created,
        "envelope-sent" => EnvelopeStatus::Sent,
        "envelope-delivered" => EnvelopeStatus::Delivered,
        "envelope-completed" => EnvelopeStatus::Completed,
        "envelope-declined" => EnvelopeStatus::Declined,
        "envelope-voided" => EnvelopeStatus::Voided,
        "envelope-deleted" => EnvelopeStatus::Deleted,
        _ => return None,
    })
}

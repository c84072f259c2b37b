//! What an envelope carries so that DocuSign tells us about it.

use serde_json::{Value, json};
use url::Url;

/// The events of an envelope that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EnvelopeEvent {
    /// It was sent.
    Sent,
    /// It was opened.
    Delivered,
    /// It is done.
    Completed,
    /// A recipient refused.
    Declined,
    /// It was taken back or has expired.
    Voided,
}

impl EnvelopeEvent {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Sent,
        Self::Delivered,
        Self::Completed,
        Self::Declined,
        Self::Voided,
    ];

    /// DocuSign's name for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "envelope-sent",
            Self::Delivered => "envelope-delivered",
            Self::Completed => "envelope-completed",
            Self::Declined => "envelope-declined",
            Self::Voided => "envelope-voided",
        }
    }
}

/// The `eventNotification` of an envelope definition: JSON messages one at a time, repeated until acknowledged, signed with
/// the keys of the account that owns the integration key, since customers' accounts are not ours to configure.
pub fn event_notification(url: &Url, events: &[EnvelopeEvent]) -> Value {
    let events: Vec<_> = events.iter().map(|event| event.as_str()).collect();
    json!({
        "url": url,
        "requireAcknowledgment": "true",
        "loggingEnabled": "true",
        "deliveryMode": "SIM",
        "events": events,
        "eventData": {"version": "restv2.1", "includeData": []},
        "includeHMAC": "true",
        "integratorManaged": "true",
    })
}

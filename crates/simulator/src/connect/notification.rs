//! `eventNotification`: where to send which events of one envelope.

use serde_json::Value;
use url::{Host, Url};

use crate::envelope::render::Include;
use crate::loose;

/// One listener of one envelope.
#[derive(Debug, Clone)]
pub(crate) struct Notification {
    pub(crate) url: Url,
    pub(crate) events: Vec<String>,
    pub(crate) include: Include,
    /// `includeData` holds nothing: the message is then only ids.
    pub(crate) bare: bool,
    pub(crate) hmac: bool,
    pub(crate) integrator_managed: bool,
    pub(crate) acknowledged: bool,
}

/// Why a notification was refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotificationError {
    #[error("eventNotification.url is missing or not an absolute address")]
    Url,
    #[error("eventNotification.url must start with https")]
    NotHttps,
    #[error("eventNotification.events needs deliveryMode SIM and eventData.version restv2.1")]
    NotSim,
    #[error("eventNotification.events holds the unknown event `{0}`")]
    UnknownEvent(String),
    #[error("the simulator plays JSON SIM only: eventNotification.events is missing")]
    NoEvents,
}

const EVENTS: [&str; 21] = [
    "envelope-created",
    "envelope-sent",
    "envelope-resent",
    "envelope-delivered",
    "envelope-completed",
    "envelope-declined",
    "envelope-voided",
    "envelope-corrected",
    "envelope-purge",
    "envelope-deleted",
    "envelope-discard",
    "recipient-sent",
    "recipient-resent",
    "recipient-delivered",
    "recipient-completed",
    "recipient-declined",
    "recipient-authenticationfailed",
    "recipient-autoresponded",
    "recipient-reassign",
    "recipient-delegate",
    "recipient-finish-later",
];

impl Notification {
    /// Reads both spellings of an envelope definition: `eventNotification` and `eventNotifications`.
    pub(crate) fn all_of(definition: &Value) -> Result<Vec<Self>, NotificationError> {
        let single = definition
            .get("eventNotification")
            .filter(|value| !value.is_null());
        single
            .into_iter()
            .chain(loose::list(definition, "eventNotifications"))
            .map(Self::parse)
            .collect()
    }

    fn parse(value: &Value) -> Result<Self, NotificationError> {
        let url = loose::member(value, "url")
            .and_then(|text| Url::parse(&text).ok())
            .ok_or(NotificationError::Url)?;
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
            return Err(NotificationError::NotHttps);
        }
        let events: Vec<String> = loose::list(value, "events")
            .iter()
            .filter_map(loose::text)
            .collect();
        if events.is_empty() {
            return Err(NotificationError::NoEvents);
        }
        if let Some(unknown) = events
            .iter()
            .find(|event| !EVENTS.contains(&event.as_str()))
        {
            return Err(NotificationError::UnknownEvent(unknown.clone()));
        }
        let data = value.get("eventData").unwrap_or(&Value::Null);
        let sim = loose::member(value, "deliveryMode")
            .is_some_and(|mode| mode.eq_ignore_ascii_case("SIM"));
        if !sim || loose::member(data, "version").as_deref() != Some("restv2.1") {
            return Err(NotificationError::NotSim);
        }
        let names: Vec<String> = loose::list(data, "includeData")
            .iter()
            .filter_map(loose::text)
            .collect();
        let mut include = Include::parse(names.iter().map(String::as_str));
        include.documents |= loose::flag(value, "includeDocuments");
        Ok(Self {
            url,
            events,
            bare: names.is_empty() && !include.documents,
            include,
            hmac: loose::flag(value, "includeHMAC"),
            integrator_managed: loose::flag(value, "integratorManaged"),
            acknowledged: loose::flag(value, "requireAcknowledgment"),
        })
    }
}

/// The simulator's one relaxation: a listener on this machine may do without TLS.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn with(url: &str, mode: &str) -> Value {
        json!({ "eventNotification": {
            "url": url, "deliveryMode": mode, "events": ["envelope-completed"], "eventData": { "version": "restv2.1" },
        }})
    }

    #[test]
    fn listeners_need_tls_unless_they_are_local() {
        assert!(Notification::all_of(&with("https://hooks.example/x", "SIM")).is_ok());
        assert!(Notification::all_of(&with("http://127.0.0.1:9/x", "SIM")).is_ok());
        assert!(matches!(
            Notification::all_of(&with("http://hooks.example/x", "SIM")),
            Err(NotificationError::NotHttps)
        ));
    }

    #[test]
    fn events_need_sim() {
        assert!(matches!(
            Notification::all_of(&with("https://hooks.example/x", "aggregate")),
            Err(NotificationError::NotSim)
        ));
    }
}

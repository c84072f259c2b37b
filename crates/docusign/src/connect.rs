//! Connect, DocuSign's webhooks: asking for them, checking their signatures, reading them.

mod message;
mod request;
mod verify;

pub use message::{ConnectMessage, EnvelopeNews, MessageError};
pub use request::{EnvelopeEvent, event_notification};
pub use verify::{ConnectError, ConnectKey, VerifiedBody, verify};

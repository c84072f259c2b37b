//! Envelopes: what they hold, how they move from draft to completed, how they look as JSON.

mod flow;
mod model;
pub(crate) mod render;

pub(crate) use flow::Refusal;
pub(crate) use model::{
    CustomField, Document, Effect, Envelope, MailKind, Recipient, RecipientKind, Status,
};

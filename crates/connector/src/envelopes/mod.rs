//! Envelopes: sent once, from the sender's own account, followed to their end, and brought back.

mod definition;
mod documents;
mod follow;
mod read;
mod send;
mod write_back;

pub(crate) use follow::status_of;
pub use read::{EnvelopeView, SenderView, WriteBackView};
pub use send::Sent;

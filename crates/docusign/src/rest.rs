//! The part of eSignature REST v2.1 that sending needs.

mod client;
mod create;
mod documents;
mod envelope;
mod envelopes;
mod multipart;
mod recipients;
mod status;
mod views;

pub use client::{Caller, RateObserver, RestClient};
pub use documents::{Download, DownloadStream};
pub use envelope::{Envelope, EnvelopeDocument, EnvelopeSender, EnvelopeSummary, Include};
pub use multipart::DocumentPart;
pub use recipients::{Recipient, RecipientKind};
pub use status::EnvelopeStatus;
pub use views::{RecipientViewRequest, ViewUrl};

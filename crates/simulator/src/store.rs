//! Everything that changes while the simulator runs, behind one lock.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::connect::DeliveryRecord;
use crate::envelope::Envelope;
use crate::faults::Rule;
use crate::journal::Entry;
use crate::limits::Limits;
use crate::oauth::Grants;
use crate::switches::Switches;

/// A mail that DocuSign would have sent.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Mail {
    pub(crate) time: String,
    pub(crate) kind: &'static str,
    pub(crate) to: String,
    pub(crate) to_name: String,
    pub(crate) subject: String,
    /// The sender that the reader sees.
    pub(crate) sender_name: String,
    pub(crate) sender_email: String,
    pub(crate) account_id: String,
    pub(crate) envelope_id: String,
    /// Present when there is something to sign or to read.
    pub(crate) signing_url: Option<String>,
}

/// An embedded signing session: first an address that opens once, then a page of its own.
#[derive(Debug, Clone)]
pub(crate) struct EmbeddedView {
    pub(crate) envelope_id: String,
    pub(crate) recipient: usize,
    pub(crate) return_url: String,
    pub(crate) expires: Timestamp,
    /// Set once the single-use address was opened.
    pub(crate) opened: bool,
}

/// The state.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) grants: Grants,
    /// In the order of creation.
    pub(crate) envelopes: Vec<Envelope>,
    pub(crate) views: HashMap<String, EmbeddedView>,
    pub(crate) mails: Vec<Mail>,
    pub(crate) journal: Vec<Entry>,
    pub(crate) deliveries: Vec<DeliveryRecord>,
    pub(crate) switches: Switches,
    pub(crate) faults: Vec<Rule>,
    pub(crate) limits: Limits,
}

impl State {
    /// An envelope by id.
    pub(crate) fn envelope(&self, id: &str) -> Option<&Envelope> {
        self.envelopes
            .iter()
            .find(|envelope| envelope.id.eq_ignore_ascii_case(id))
    }

    /// An envelope by id, to change it.
    pub(crate) fn envelope_mut(&mut self, id: &str) -> Option<&mut Envelope> {
        self.envelopes
            .iter_mut()
            .find(|envelope| envelope.id.eq_ignore_ascii_case(id))
    }
}

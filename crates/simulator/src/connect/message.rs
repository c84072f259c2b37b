//! The body of a Connect message, and its signatures.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::Notification;
use crate::crypto;
use crate::envelope::{Envelope, render};
use crate::pdf;
use crate::sim::Sim;

/// One message for one listener, as it stood when the event happened.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) envelope_id: String,
    pub(crate) event: &'static str,
    pub(crate) notification: Notification,
    body: Value,
    keys: Vec<SecretString>,
    /// The envelope at that moment; kept only when its documents go into the message.
    envelope: Option<Envelope>,
    sender: String,
}

impl Message {
    pub(crate) fn new(
        sim: &Sim,
        envelope: &Envelope,
        notification: &Notification,
        event: &'static str,
        recipient: Option<usize>,
    ) -> Self {
        let mut data = json!({
            "accountId": envelope.account_id,
            "userId": envelope.sender_id,
            "envelopeId": envelope.id,
        });
        if let Some(recipient) = recipient.and_then(|index| envelope.recipients.get(index)) {
            data["recipientId"] = recipient.id.clone().into();
        }
        if !notification.bare {
            data["envelopeSummary"] =
                render::envelope(envelope, sim.directory(), notification.include);
        }
        let body = json!({
            "event": event,
            "apiVersion": "v2.1",
            "uri": format!("/restapi/v2.1/accounts/{}/envelopes/{}", envelope.account_id, envelope.id),
            "retryCount": 0,
            "configurationId": 0,
            "generatedDateTime": render::time(sim.clock().now()),
            "data": data,
        });
        Self {
            envelope_id: envelope.id.clone(),
            event,
            notification: notification.clone(),
            body,
            keys: keys(sim, envelope, notification),
            envelope: notification.include.documents.then(|| envelope.clone()),
            sender: sim
                .directory()
                .user(&envelope.sender_id)
                .map(|user| user.name.clone())
                .unwrap_or_default(),
        }
    }

    /// The bytes of one attempt. Documents are stamped here, so call it off the async threads.
    pub(crate) fn bytes(&self, retry: u32) -> Vec<u8> {
        let mut body = self.body.clone();
        body["retryCount"] = retry.into();
        if let Some(envelope) = &self.envelope {
            let list = body
                .pointer_mut("/data/envelopeSummary/envelopeDocuments")
                .and_then(Value::as_array_mut);
            for (entry, document) in list.into_iter().flatten().zip(envelope.ordered_documents()) {
                entry["PDFBytes"] = STANDARD.encode(pdf::signed(envelope, document)).into();
            }
            let certificate = body
                .pointer_mut("/data/envelopeSummary/envelopeDocuments")
                .and_then(Value::as_array_mut)
                .and_then(|list| {
                    list.iter_mut()
                        .find(|entry| entry["documentId"] == "certificate")
                });
            if let Some(entry) = certificate {
                entry["PDFBytes"] = STANDARD
                    .encode(pdf::certificate(envelope, &self.sender))
                    .into();
            }
        }
        body.to_string().into_bytes()
    }

    /// One signature for each active key.
    pub(crate) fn signatures(&self, bytes: &[u8]) -> Vec<String> {
        self.keys
            .iter()
            .map(|key| crypto::hmac_sha256(key.expose_secret(), bytes))
            .collect()
    }
}

/// Which keys sign: the integrator's when it manages the configuration, else the account's.
fn keys(sim: &Sim, envelope: &Envelope, notification: &Notification) -> Vec<SecretString> {
    if !notification.hmac {
        return Vec::new();
    }
    if notification.integrator_managed {
        let integration = sim.directory().integration(&envelope.integration_key);
        return integration
            .and_then(|one| one.hmac_key.clone())
            .into_iter()
            .collect();
    }
    sim.directory()
        .account(&envelope.account_id)
        .map(|account| account.hmac_keys.clone())
        .unwrap_or_default()
}

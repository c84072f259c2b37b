//! The parts of an envelope.

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::connect::Notification;
use crate::{crypto, edge};

/// Life of an envelope, in DocuSign's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Created,
    Sent,
    Delivered,
    Completed,
    Declined,
    Voided,
    Deleted,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Completed => "completed",
            Self::Declined => "declined",
            Self::Voided => "voided",
            Self::Deleted => "deleted",
        }
    }

    /// Sent and not yet at an end.
    pub(crate) fn in_process(self) -> bool {
        matches!(self, Self::Sent | Self::Delivered)
    }
}

/// The kinds of recipients that the simulator plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecipientKind {
    Signer,
    CarbonCopy,
    CertifiedDelivery,
}

impl RecipientKind {
    pub(crate) const ALL: [Self; 3] = [Self::Signer, Self::CarbonCopy, Self::CertifiedDelivery];

    /// The name of the array under `recipients`.
    pub(crate) fn list_name(self) -> &'static str {
        match self {
            Self::Signer => "signers",
            Self::CarbonCopy => "carbonCopies",
            Self::CertifiedDelivery => "certifiedDeliveries",
        }
    }

    /// The value of `recipientType`.
    pub(crate) fn type_name(self) -> &'static str {
        match self {
            Self::Signer => "signer",
            Self::CarbonCopy => "carboncopy",
            Self::CertifiedDelivery => "certifieddelivery",
        }
    }
}

/// Life of a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecipientStatus {
    Created,
    Sent,
    Delivered,
    Completed,
    Declined,
}

impl RecipientStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Completed => "completed",
            Self::Declined => "declined",
        }
    }
}

/// Somebody who signs, reads or gets a copy.
#[derive(Debug, Clone)]
pub(crate) struct Recipient {
    pub(crate) kind: RecipientKind,
    /// What the caller sent, scalars as strings; echoed in answers.
    pub(crate) given: Map<String, Value>,
    pub(crate) guid: String,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) routing_order: u32,
    /// Set for an embedded recipient, who gets no mail.
    pub(crate) client_user_id: Option<String>,
    pub(crate) status: RecipientStatus,
    pub(crate) sent_at: Option<Timestamp>,
    pub(crate) delivered_at: Option<Timestamp>,
    pub(crate) signed_at: Option<Timestamp>,
    pub(crate) declined_reason: Option<String>,
    /// The name they signed with.
    pub(crate) signature: Option<String>,
    /// The part of the signing address that is theirs alone.
    pub(crate) signing_token: String,
}

impl Recipient {
    pub(crate) fn new(
        kind: RecipientKind,
        id: String,
        name: String,
        email: String,
        routing_order: u32,
        given: Map<String, Value>,
    ) -> Self {
        Self {
            kind,
            client_user_id: given
                .get("clientUserId")
                .and_then(Value::as_str)
                .map(str::to_owned),
            given,
            guid: edge::guid(),
            id,
            name,
            email,
            routing_order,
            status: RecipientStatus::Created,
            sent_at: None,
            delivered_at: None,
            signed_at: None,
            declined_reason: None,
            signature: None,
            signing_token: crypto::url_token(),
        }
    }

    /// Whether they must do something and can do it now.
    pub(crate) fn may_act(&self) -> bool {
        matches!(
            self.status,
            RecipientStatus::Sent | RecipientStatus::Delivered
        )
    }
}

/// One document, as uploaded.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) id: String,
    pub(crate) guid: String,
    pub(crate) name: String,
    pub(crate) order: usize,
    pub(crate) bytes: Bytes,
}

/// An envelope-level text or list field.
#[derive(Debug, Clone)]
pub(crate) struct CustomField {
    /// `textCustomFields` or `listCustomFields`.
    pub(crate) list: &'static str,
    pub(crate) field_id: String,
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) show: bool,
    pub(crate) required: bool,
}

/// What became of a step and must leave the envelope: a mail, or a Connect event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    Mail {
        kind: MailKind,
        recipient: Option<usize>,
    },
    Event {
        name: &'static str,
        recipient: Option<usize>,
    },
}

/// Why a mail was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MailKind {
    SigningRequest,
    Resent,
    Copy,
    Completed,
    Declined,
    Voided,
}

impl MailKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::SigningRequest => "signing_request",
            Self::Resent => "resent",
            Self::Copy => "copy",
            Self::Completed => "completed",
            Self::Declined => "declined",
            Self::Voided => "voided",
        }
    }
}

/// One line of the certificate.
#[derive(Debug, Clone)]
pub(crate) struct Happening {
    pub(crate) at: Timestamp,
    pub(crate) text: String,
}

/// An envelope.
#[derive(Debug, Clone)]
pub(crate) struct Envelope {
    pub(crate) id: String,
    pub(crate) account_id: String,
    pub(crate) sender_id: String,
    /// The integration key whose token made it.
    pub(crate) integration_key: String,
    pub(crate) status: Status,
    pub(crate) email_subject: String,
    pub(crate) email_blurb: String,
    pub(crate) transaction_id: Option<String>,
    pub(crate) documents: Vec<Document>,
    pub(crate) recipients: Vec<Recipient>,
    pub(crate) custom_fields: Vec<CustomField>,
    pub(crate) notifications: Vec<Notification>,
    pub(crate) created_at: Timestamp,
    pub(crate) changed_at: Timestamp,
    pub(crate) status_changed_at: Timestamp,
    pub(crate) sent_at: Option<Timestamp>,
    pub(crate) delivered_at: Option<Timestamp>,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) declined_at: Option<Timestamp>,
    pub(crate) voided_at: Option<Timestamp>,
    pub(crate) deleted_at: Option<Timestamp>,
    pub(crate) voided_reason: Option<String>,
    pub(crate) history: Vec<Happening>,
    /// Effects of the last steps that were not carried out yet.
    pub(crate) effects: Vec<Effect>,
}

impl Envelope {
    /// An empty draft.
    pub(crate) fn draft(
        account_id: String,
        sender_id: String,
        integration_key: String,
        now: Timestamp,
    ) -> Self {
        Self {
            id: edge::guid(),
            account_id,
            sender_id,
            integration_key,
            status: Status::Created,
            email_subject: String::new(),
            email_blurb: String::new(),
            transaction_id: None,
            documents: Vec::new(),
            recipients: Vec::new(),
            custom_fields: Vec::new(),
            notifications: Vec::new(),
            created_at: now,
            changed_at: now,
            status_changed_at: now,
            sent_at: None,
            delivered_at: None,
            completed_at: None,
            declined_at: None,
            voided_at: None,
            deleted_at: None,
            voided_reason: None,
            history: vec![Happening {
                at: now,
                text: "Envelope created".to_owned(),
            }],
            effects: vec![Effect::Event {
                name: "envelope-created",
                recipient: None,
            }],
        }
    }

    /// The documents in reading order.
    pub(crate) fn ordered_documents(&self) -> Vec<&Document> {
        let mut documents: Vec<_> = self.documents.iter().collect();
        documents.sort_by_key(|document| document.order);
        documents
    }

    /// A recipient by the token of their signing address.
    pub(crate) fn recipient_by_token(&self, token: &str) -> Option<usize> {
        self.recipients
            .iter()
            .position(|recipient| recipient.signing_token == token)
    }
}

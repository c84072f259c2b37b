//! Envelopes as DocuSign describes them.

use serde::Deserialize;
use serde_json::Value;

use super::EnvelopeStatus;
use super::recipients::{self, Recipient};
use crate::{EnvelopeId, tolerant};

/// The answer to the creation of an envelope.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvelopeSummary {
    /// The new envelope.
    pub envelope_id: EnvelopeId,
    /// Its state.
    pub status: EnvelopeStatus,
    /// Since when, ISO 8601 in UTC.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub status_date_time: Option<String>,
}

/// What an answer about an envelope shall include.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Include {
    /// [`Envelope::recipients`].
    Recipients,
    /// [`Envelope::documents`].
    Documents,
    /// [`Envelope::custom_fields`].
    CustomFields,
}

impl Include {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Recipients => "recipients",
            Self::Documents => "documents",
            Self::CustomFields => "custom_fields",
        }
    }
}

/// An envelope. What was not included is empty.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// Its id.
    pub envelope_id: EnvelopeId,
    /// Its state.
    pub status: EnvelopeStatus,
    /// The subject of the mails.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub email_subject: Option<String>,
    /// The id that the creator chose; DocuSign forgets it after seven days.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub transaction_id: Option<String>,
    /// When it was created, ISO 8601 in UTC.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub created_date_time: Option<String>,
    /// When it was sent.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub sent_date_time: Option<String>,
    /// When it was completed.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub completed_date_time: Option<String>,
    /// When it last changed its state.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub status_changed_date_time: Option<String>,
    /// Why it was voided.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub voided_reason: Option<String>,
    /// Whose envelope it is.
    #[serde(default)]
    pub sender: Option<EnvelopeSender>,
    /// Everybody who gets it, by routing order.
    #[serde(default, deserialize_with = "recipients::by_kind")]
    pub recipients: Vec<Recipient>,
    /// Its documents.
    #[serde(
        default,
        rename = "envelopeDocuments",
        deserialize_with = "tolerant::list"
    )]
    pub documents: Vec<EnvelopeDocument>,
    /// The text custom fields: name and value.
    #[serde(default, deserialize_with = "text_fields")]
    pub custom_fields: Vec<(String, String)>,
}

impl Envelope {
    /// The value of the first text custom field of this name.
    pub fn custom_field(&self, name: &str) -> Option<&str> {
        let (_, value) = self.custom_fields.iter().find(|(n, _)| n == name)?;
        Some(value)
    }
}

/// The sender that signers see.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvelopeSender {
    /// The user's id.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub user_id: Option<String>,
    /// The user's name.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub user_name: Option<String>,
    /// The user's e-mail address.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub email: Option<String>,
    /// The account that is charged.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub account_id: Option<String>,
}

/// One document of an envelope.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvelopeDocument {
    /// A number, or `certificate`.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub document_id: Option<String>,
    /// Its name.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub name: Option<String>,
    /// `content`, `summary` (the certificate), …
    #[serde(default, rename = "type", deserialize_with = "tolerant::text")]
    pub kind: Option<String>,
}

fn text_fields<'de, D: serde::Deserializer<'de>>(
    input: D,
) -> Result<Vec<(String, String)>, D::Error> {
    let value = Value::deserialize(input)?;
    let fields = value["textCustomFields"].as_array();
    Ok(fields
        .into_iter()
        .flatten()
        .filter_map(|field| {
            let name = field["name"].as_str()?.to_owned();
            Some((name, field["value"].as_str().unwrap_or_default().to_owned()))
        })
        .collect())
}

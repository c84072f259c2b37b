//! Recipients: DocuSign groups them by kind; here they are one list in routing order.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::tolerant;

/// What a recipient does with the envelope: DocuSign's group, e.g. `signers`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecipientKind {
    /// Signs.
    #[default]
    Signer,
    /// Signs at the sender's device.
    InPersonSigner,
    /// Gets a copy.
    CarbonCopy,
    /// Must open it.
    CertifiedDelivery,
    /// Any other group, by DocuSign's name for it.
    Other(String),
}

/// One recipient.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recipient {
    /// What they do.
    #[serde(skip)]
    pub kind: RecipientKind,
    /// The id that the creator chose, unique in the envelope.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub recipient_id: Option<String>,
    /// DocuSign's id.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub recipient_id_guid: Option<String>,
    /// The name.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub name: Option<String>,
    /// The e-mail address.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub email: Option<String>,
    /// Present for embedded recipients, who get no mail.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub client_user_id: Option<String>,
    /// The state, in DocuSign's words, e.g. `sent`, `completed`.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub status: Option<String>,
    /// Their turn; equal numbers act at the same time.
    #[serde(default, deserialize_with = "tolerant::number")]
    pub routing_order: Option<u64>,
    /// When they signed, ISO 8601 in UTC.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub signed_date_time: Option<String>,
    /// Why they refused.
    #[serde(default, deserialize_with = "tolerant::text")]
    pub declined_reason: Option<String>,
}

/// Reads the object of groups.
pub(super) fn by_kind<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<Recipient>, D::Error> {
    let Value::Object(groups) = Value::deserialize(input)? else {
        return Ok(Vec::new());
    };
    let mut all = Vec::new();
    for (group, members) in groups {
        // Beside the groups stand scalars such as `recipientCount`.
        let Value::Array(members) = members else {
            continue;
        };
        for member in members {
            let mut recipient: Recipient =
                serde_json::from_value(member).map_err(serde::de::Error::custom)?;
            recipient.kind = kind_of(&group);
            all.push(recipient);
        }
    }
    all.sort_by_key(|recipient| recipient.routing_order);
    Ok(all)
}

fn kind_of(group: &str) -> RecipientKind {
    match group {
        "signers" => RecipientKind::Signer,
        "inPersonSigners" => RecipientKind::InPersonSigner,
        "carbonCopies" => RecipientKind::CarbonCopy,
        "certifiedDeliveries" => RecipientKind::CertifiedDelivery,
        other => RecipientKind::Other(other.to_owned()),
    }
}

//! An envelope definition, read as loosely as DocuSign reads it, turned into a draft.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::Value;

use super::ApiError;
use crate::connect::Notification;
use crate::envelope::{CustomField, Document, Envelope, Recipient, RecipientKind};
use crate::multipart::Part;
use crate::{edge, loose};

/// Fills a draft from a definition; `files` are the binary parts of a multipart body.
pub(crate) fn fill(
    envelope: &mut Envelope,
    definition: &Value,
    files: &[Part],
) -> Result<(), ApiError> {
    if !definition.is_object() {
        return Err(ApiError::invalid_body(
            "An envelope definition is expected.",
        ));
    }
    for name in [
        "templateId",
        "compositeTemplates",
        "workflow",
        "documentsFromTemplate",
    ] {
        if definition.get(name).is_some_and(|value| !value.is_null()) {
            return Err(ApiError::invalid_body(&format!(
                "The simulator does not play `{name}`."
            )));
        }
    }
    headings(envelope, definition)?;
    envelope.documents = documents(definition, files)?;
    envelope.recipients = recipients(definition.get("recipients").unwrap_or(&Value::Null))?;
    envelope.custom_fields = custom_fields(definition.get("customFields").unwrap_or(&Value::Null))?;
    envelope.transaction_id =
        loose::member(definition, "transactionId").filter(|id| !id.is_empty());
    envelope.notifications = Notification::all_of(definition)?;
    Ok(())
}

/// Subject and message: also what an update may change in a draft.
pub(crate) fn headings(envelope: &mut Envelope, definition: &Value) -> Result<(), ApiError> {
    if let Some(subject) = loose::member(definition, "emailSubject") {
        if subject.chars().count() > 100 {
            return Err(ApiError::invalid_parameter(
                "emailSubject is longer than 100 characters.",
            ));
        }
        envelope.email_subject = subject;
    }
    if let Some(blurb) = loose::member(definition, "emailBlurb") {
        if blurb.chars().count() > 10_000 {
            return Err(ApiError::invalid_parameter(
                "emailBlurb is longer than 10000 characters.",
            ));
        }
        envelope.email_blurb = blurb;
    }
    Ok(())
}

fn documents(definition: &Value, files: &[Part]) -> Result<Vec<Document>, ApiError> {
    let mut seen = HashSet::new();
    let mut documents = Vec::new();
    for (index, given) in loose::list(definition, "documents").iter().enumerate() {
        let id = loose::member(given, "documentId").unwrap_or_default();
        if id.parse::<u32>().map_or(true, |number| number == 0) || !seen.insert(id.clone()) {
            return Err(ApiError::invalid_parameter(
                "documentId must be a positive number, unique in the envelope.",
            ));
        }
        let bytes = bytes_of(given, &id, files)?;
        if !bytes.starts_with(b"%PDF") {
            return Err(unable_to_load());
        }
        let order = loose::member(given, "order")
            .and_then(|text| text.parse().ok())
            .unwrap_or(index + 1);
        let name = loose::member(given, "name").unwrap_or_else(|| format!("Document {id}"));
        documents.push(Document {
            id,
            guid: edge::guid(),
            name,
            order,
            bytes,
        });
    }
    Ok(documents)
}

fn bytes_of(given: &Value, id: &str, files: &[Part]) -> Result<Bytes, ApiError> {
    if let Some(encoded) = loose::member(given, "documentBase64") {
        let compact: String = encoded
            .chars()
            .filter(|character| !character.is_ascii_whitespace())
            .collect();
        return STANDARD
            .decode(compact)
            .map(Bytes::from)
            .map_err(|_| unable_to_load());
    }
    let part = files
        .iter()
        .find(|part| part.parameter("documentid") == Some(id));
    part.map(|part| part.body.clone())
        .ok_or_else(unable_to_load)
}

fn unable_to_load() -> ApiError {
    ApiError::bad(
        "UNABLE_TO_LOAD_DOCUMENT",
        "Unable to load the document. The simulator takes PDF files only.",
    )
}

fn recipients(given: &Value) -> Result<Vec<Recipient>, ApiError> {
    let mut ids = HashSet::new();
    let mut recipients = Vec::new();
    for (name, list) in given.as_object().into_iter().flatten() {
        let Some(list) = list.as_array().filter(|list| !list.is_empty()) else {
            continue;
        };
        let Some(kind) = RecipientKind::ALL
            .into_iter()
            .find(|kind| kind.list_name() == name)
        else {
            return Err(ApiError::invalid_body(&format!(
                "The simulator does not play recipients of the kind `{name}`."
            )));
        };
        for one in list {
            let recipient = recipient(kind, one)?;
            if !ids.insert(recipient.id.clone()) {
                return Err(ApiError::bad(
                    "INVALID_RECIPIENT_ID",
                    "The recipientId is not unique in the envelope.",
                ));
            }
            recipients.push(recipient);
        }
    }
    Ok(recipients)
}

fn recipient(kind: RecipientKind, given: &Value) -> Result<Recipient, ApiError> {
    let members = given
        .as_object()
        .ok_or_else(|| ApiError::invalid_body("A recipient is not an object."))?;
    let id = loose::member(given, "recipientId")
        .filter(|id| !id.is_empty())
        .ok_or_else(|| ApiError::bad("INVALID_RECIPIENT_ID", "The recipientId is missing."))?;
    let routing_order = match loose::member(given, "routingOrder") {
        None => 1,
        Some(text) => text
            .parse()
            .map_err(|_| ApiError::invalid_parameter("routingOrder is not a number."))?,
    };
    Ok(Recipient::new(
        kind,
        id,
        loose::member(given, "name").unwrap_or_default(),
        loose::member(given, "email").unwrap_or_default(),
        routing_order,
        loose::stringified_members(members),
    ))
}

fn custom_fields(given: &Value) -> Result<Vec<CustomField>, ApiError> {
    let mut fields = Vec::new();
    for list in ["textCustomFields", "listCustomFields"] {
        for one in loose::list(given, list) {
            let (name, value) = (loose::member(one, "name"), loose::member(one, "value"));
            let name =
                name.ok_or_else(|| ApiError::invalid_parameter("A custom field has no name."))?;
            let value = value.unwrap_or_default();
            if name.chars().count() > 100 || value.chars().count() > 100 {
                return Err(ApiError::invalid_parameter(
                    "A custom field is longer than 100 characters.",
                ));
            }
            fields.push(CustomField {
                list,
                field_id: (10_000 + fields.len()).to_string(),
                name,
                value,
                show: loose::flag(one, "show"),
                required: loose::flag(one, "required"),
            });
        }
    }
    Ok(fields)
}

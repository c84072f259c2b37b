//! Envelopes as DocuSign's JSON: every scalar a string, times in UTC with seven digits.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::model::{Envelope, RecipientKind, Status};
use crate::directory::Directory;

/// A time on the wire.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.7fZ").to_string()
}

/// What an answer should hold besides the envelope itself.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Include {
    pub(crate) recipients: bool,
    pub(crate) documents: bool,
    pub(crate) custom_fields: bool,
    pub(crate) tabs: bool,
}

impl Include {
    /// Reads a list such as `recipients,documents`.
    pub(crate) fn parse<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut include = Self::default();
        for name in names {
            match name.trim() {
                "recipients" => include.recipients = true,
                "documents" => include.documents = true,
                "custom_fields" => include.custom_fields = true,
                "tabs" => (include.recipients, include.tabs) = (true, true),
                _ => {}
            }
        }
        include
    }
}

/// The `envelope` object.
pub(crate) fn envelope(envelope: &Envelope, directory: &Directory, include: Include) -> Value {
    let uri = format!("/envelopes/{}", envelope.id);
    let sender = directory.user(&envelope.sender_id);
    let mut body = json!({
        "envelopeId": envelope.id,
        "status": envelope.status.as_str(),
        "emailSubject": envelope.email_subject,
        "emailBlurb": envelope.email_blurb,
        "envelopeUri": uri,
        "documentsUri": format!("{uri}/documents"),
        "documentsCombinedUri": format!("{uri}/documents/combined"),
        "certificateUri": format!("{uri}/documents/certificate"),
        "recipientsUri": format!("{uri}/recipients"),
        "customFieldsUri": format!("{uri}/custom_fields"),
        "notificationUri": format!("{uri}/notification"),
        "attachmentsUri": format!("{uri}/attachments"),
        "templatesUri": format!("{uri}/templates"),
        "createdDateTime": time(envelope.created_at),
        "lastModifiedDateTime": time(envelope.changed_at),
        "statusChangedDateTime": time(envelope.status_changed_at),
        "purgeState": "unpurged",
        "envelopeLocation": "current_site",
        "isSignatureProviderEnvelope": "false",
        "sender": {
            "userName": sender.map(|user| user.name.as_str()),
            "userId": envelope.sender_id,
            "accountId": envelope.account_id,
            "email": sender.map(|user| user.email.as_str()),
        },
    });
    let times = [
        ("sentDateTime", envelope.sent_at),
        ("initialSentDateTime", envelope.sent_at),
        ("deliveredDateTime", envelope.delivered_at),
        ("completedDateTime", envelope.completed_at),
        ("declinedDateTime", envelope.declined_at),
        ("voidedDateTime", envelope.voided_at),
        ("deletedDateTime", envelope.deleted_at),
    ];
    for (name, at) in times {
        set(&mut body, name, at.map(time));
    }
    set(&mut body, "voidedReason", envelope.voided_reason.clone());
    set(&mut body, "transactionId", envelope.transaction_id.clone());
    if include.recipients {
        body["recipients"] = recipients(envelope, include.tabs);
    }
    if include.documents {
        body["envelopeDocuments"] = documents(envelope);
    }
    if include.custom_fields {
        body["customFields"] = custom_fields(envelope);
    }
    body
}

/// The `recipients` object.
pub(crate) fn recipients(envelope: &Envelope, with_tabs: bool) -> Value {
    let mut lists = Map::new();
    for kind in RecipientKind::ALL {
        let list = envelope
            .recipients
            .iter()
            .filter(|recipient| recipient.kind == kind)
            .map(|recipient| {
                let mut body = recipient.given.clone();
                if !with_tabs {
                    body.remove("tabs");
                }
                let mut body = Value::Object(body);
                set(&mut body, "recipientId", Some(recipient.id.clone()));
                set(&mut body, "recipientIdGuid", Some(recipient.guid.clone()));
                set(
                    &mut body,
                    "recipientType",
                    Some(kind.type_name().to_owned()),
                );
                set(&mut body, "name", Some(recipient.name.clone()));
                set(&mut body, "email", Some(recipient.email.clone()));
                set(
                    &mut body,
                    "routingOrder",
                    Some(recipient.routing_order.to_string()),
                );
                set(
                    &mut body,
                    "status",
                    Some(recipient.status.as_str().to_owned()),
                );
                set(&mut body, "sentDateTime", recipient.sent_at.map(time));
                set(
                    &mut body,
                    "deliveredDateTime",
                    recipient.delivered_at.map(time),
                );
                set(&mut body, "signedDateTime", recipient.signed_at.map(time));
                set(
                    &mut body,
                    "declinedReason",
                    recipient.declined_reason.clone(),
                );
                body
            })
            .collect();
        lists.insert(kind.list_name().to_owned(), Value::Array(list));
    }
    for name in [
        "agents",
        "editors",
        "intermediaries",
        "inPersonSigners",
        "seals",
        "witnesses",
        "notaries",
    ] {
        lists.insert(name.to_owned(), Value::Array(Vec::new()));
    }
    lists.insert(
        "recipientCount".to_owned(),
        envelope.recipients.len().to_string().into(),
    );
    let current = envelope
        .recipients
        .iter()
        .filter(|one| one.may_act())
        .map(|one| one.routing_order)
        .min();
    if let Some(order) = current {
        lists.insert("currentRoutingOrder".to_owned(), order.to_string().into());
    }
    Value::Object(lists)
}

/// The `envelopeDocuments` array; an ended envelope lists its certificate too.
pub(crate) fn documents(envelope: &Envelope) -> Value {
    let mut list: Vec<Value> = envelope
        .ordered_documents()
        .into_iter()
        .map(|document| {
            json!({
                "documentId": document.id,
                "documentIdGuid": document.guid,
                "name": document.name,
                "type": "content",
                "uri": format!("/envelopes/{}/documents/{}", envelope.id, document.id),
                "order": document.order.to_string(),
                "sizeBytes": document.bytes.len().to_string(),
                "display": "inline",
                "includeInDownload": "true",
            })
        })
        .collect();
    if envelope.status == Status::Completed {
        list.push(json!({
            "documentId": "certificate",
            "name": "Summary",
            "type": "summary",
            "uri": format!("/envelopes/{}/documents/certificate", envelope.id),
            "order": "999",
            "display": "inline",
            "includeInDownload": "true",
        }));
    }
    Value::Array(list)
}

/// The `customFields` object.
pub(crate) fn custom_fields(envelope: &Envelope) -> Value {
    let list = |name: &str| {
        let fields = envelope
            .custom_fields
            .iter()
            .filter(|field| field.list == name)
            .map(|field| {
                json!({
                    "fieldId": field.field_id,
                    "name": field.name,
                    "value": field.value,
                    "show": field.show.to_string(),
                    "required": field.required.to_string(),
                })
            });
        Value::Array(fields.collect())
    };
    json!({ "textCustomFields": list("textCustomFields"), "listCustomFields": list("listCustomFields") })
}

fn set(body: &mut Value, name: &str, value: Option<String>) {
    if let Some(value) = value {
        body[name] = Value::String(value);
    }
}

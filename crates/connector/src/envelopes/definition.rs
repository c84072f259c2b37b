//! The caller's envelope definition: DocuSign's own, with `hostDocument` as the one addition.

use ownhand_docusign::connect::{EnvelopeEvent, event_notification};
use serde_json::{Map, Value, json};
use url::Url;

use crate::{
    Error,
    id::SendId,
    ledger::{Digest, SentDocument},
    one_time,
};

/// The name of the hidden custom field that carries the send's id, beside DocuSign's `transactionId`, which is forgotten after
/// 7 days (contract 2.3).
const FIELD: &str = "ownhand_send";

/// A definition that has been looked through.
pub(super) struct Definition {
    body: Map<String, Value>,
    pub(super) email_subject: String,
    /// The documents to be opened in the host app.
    pub(super) host_documents: Vec<HostDocument>,
}

/// A document to be opened in the host app.
#[derive(Clone, Debug)]
pub(super) struct HostDocument {
    pub(super) document_id: u32,
    pub(super) reference: String,
    /// The name that signers see; the host app's own if the caller gave none.
    pub(super) name: Option<String>,
}

impl HostDocument {
    /// The document as it is remembered before it was read.
    pub(super) fn intended(&self) -> SentDocument {
        SentDocument {
            document_id: self.document_id.to_string(),
            reference: self.reference.clone(),
            revision: None,
            sha256: None,
        }
    }
}

impl Definition {
    /// Digest of what was asked for, with the account as the caller named it, if they did.
    pub(super) fn fingerprint(definition: &Value, account_id: Option<&str>) -> Digest {
        one_time::sha256(&[
            account_id.unwrap_or_default().as_bytes(),
            canonical(definition).to_string().as_bytes(),
        ])
    }

    /// Looks through a caller's definition.
    pub(super) fn parse(definition: Value, most_documents: usize) -> Result<Self, Error> {
        let Value::Object(mut body) = definition else {
            return Err(Error::invalid(
                "body",
                "must be a JSON object: DocuSign's envelope definition",
            ));
        };
        for (key, why) in [
            (
                "transactionId",
                "Ownhand sets it, to send exactly once; use the `Idempotency-Key` header",
            ),
            (
                "eventNotification",
                "Ownhand sets it, to hear of the envelope; it passes the news on",
            ),
            (
                "eventNotifications",
                "Ownhand sets its own, to hear of the envelope; it passes the news on",
            ),
        ] {
            if body.keys().any(|found| found.eq_ignore_ascii_case(key)) {
                return Err(Error::invalid(key, why));
            }
        }
        // DocuSign may read names in any case: what is looked at here must be what is looked at there.
        for known in ["status", "emailSubject", "documents", "customFields"] {
            if let Some(found) = body
                .keys()
                .find(|found| *found != known && found.eq_ignore_ascii_case(known))
            {
                return Err(Error::invalid(
                    found.clone(),
                    format!("must be written `{known}`, as DocuSign describes it"),
                ));
            }
        }
        match body.get("status") {
            None => {}
            Some(Value::String(status)) if status.eq_ignore_ascii_case("sent") => {}
            Some(_) => {
                return Err(Error::invalid(
                    "status",
                    "only `sent` (or nothing, which means the same)",
                ));
            }
        }
        let email_subject = match body.get("emailSubject") {
            Some(Value::String(subject)) if !subject.trim().is_empty() => subject.clone(),
            _ => {
                return Err(Error::invalid(
                    "emailSubject",
                    "is required: it is the subject line that signers see",
                ));
            }
        };
        let host_documents = match body.get_mut("documents") {
            None => Vec::new(),
            Some(Value::Array(documents)) if documents.len() <= most_documents => {
                host_documents(documents)?
            }
            Some(Value::Array(_)) => {
                return Err(Error::invalid(
                    "documents",
                    format!("at most {most_documents} in one envelope"),
                ));
            }
            Some(_) => return Err(Error::invalid("documents", "must be a list")),
        };
        Ok(Self {
            body,
            email_subject,
            host_documents,
        })
    }

    /// The definition as DocuSign gets it: with the marks by which this send is found again, and the wish for events.
    pub(super) fn for_docusign(mut self, send: SendId, hook: &Url) -> Result<Value, Error> {
        let mark = json!({ "name": FIELD, "value": send.to_string(), "show": "false", "required": "false" });
        let fields = self.body.entry("customFields").or_insert_with(|| json!({}));
        let list = fields
            .as_object_mut()
            .map(|fields| {
                fields
                    .entry("textCustomFields")
                    .or_insert_with(|| json!([]))
            })
            .and_then(Value::as_array_mut)
            .ok_or_else(|| Error::invalid("customFields", "must be as DocuSign describes it"))?;
        list.push(mark);
        self.body
            .insert("transactionId".to_owned(), send.to_string().into());
        self.body.insert(
            "eventNotification".to_owned(),
            event_notification(hook, &EnvelopeEvent::ALL),
        );
        self.body.insert("status".to_owned(), "created".into());
        Ok(Value::Object(self.body))
    }
}

/// Takes the `hostDocument`s out of the list, and gives every document an id.
fn host_documents(documents: &mut [Value]) -> Result<Vec<HostDocument>, Error> {
    let mut used = Vec::with_capacity(documents.len());
    for (n, document) in documents.iter().enumerate() {
        if let Some(id) = document_id(n, document)? {
            if used.contains(&id) {
                return Err(Error::invalid(
                    format!("documents[{n}].documentId"),
                    format!("`{id}` is there twice"),
                ));
            }
            used.push(id);
        }
    }
    let mut free = (1..)
        .filter(|id| !used.contains(id))
        .collect_free(documents.len());
    let mut found = Vec::new();
    for (n, document) in documents.iter_mut().enumerate() {
        let id = match document_id(n, document)? {
            Some(id) => id,
            None => free.pop().unwrap_or(1),
        };
        let Value::Object(document) = document else {
            return Err(Error::invalid(
                format!("documents[{n}]"),
                "must be an object",
            ));
        };
        document.insert("documentId".to_owned(), id.to_string().into());
        match document.remove("hostDocument") {
            None => {}
            Some(Value::String(reference)) if !reference.is_empty() => {
                if document.contains_key("documentBase64") || document.contains_key("remoteUrl") {
                    return Err(Error::invalid(
                        format!("documents[{n}]"),
                        "has `hostDocument` and bytes of its own; give one of them",
                    ));
                }
                let name = document
                    .get("name")
                    .and_then(Value::as_str)
                    .map(str::to_owned);
                found.push(HostDocument {
                    document_id: id,
                    reference,
                    name,
                });
            }
            Some(_) => {
                return Err(Error::invalid(
                    format!("documents[{n}].hostDocument"),
                    "must be the host app's reference of the document, as text",
                ));
            }
        }
    }
    Ok(found)
}

trait CollectFree {
    fn collect_free(self, count: usize) -> Vec<u32>;
}

impl<I: Iterator<Item = u32>> CollectFree for I {
    /// The first `count`, the smallest last so that it is popped first.
    fn collect_free(self, count: usize) -> Vec<u32> {
        let mut free: Vec<_> = self.take(count).collect();
        free.reverse();
        free
    }
}

/// The id that a document of the caller's has: DocuSign takes positive integers, as text or number.
fn document_id(n: usize, document: &Value) -> Result<Option<u32>, Error> {
    let parsed = match document.get("documentId") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.parse().ok(),
        Some(Value::Number(number)) => number
            .as_u64()
            .and_then(|number| u32::try_from(number).ok()),
        Some(_) => None,
    };
    match parsed {
        Some(id) if id > 0 => Ok(Some(id)),
        _ => Err(Error::invalid(
            format!("documents[{n}].documentId"),
            "must be a positive integer",
        )),
    }
}

/// The same value with the keys of all objects in order, so that the order in which a caller writes them does not matter.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_by_key(|(key, _)| *key);
            Value::Object(
                sorted
                    .into_iter()
                    .map(|(key, value)| (key.clone(), canonical(value)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.iter().map(canonical).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(value: Value) -> Result<Definition, Error> {
        Definition::parse(value, 3)
    }

    #[test]
    fn host_documents_get_free_ids_in_order() {
        let definition = parse(json!({
            "emailSubject": "s",
            "documents": [{"hostDocument": "a.pdf"}, {"documentId": "1", "documentBase64": "JVBERg=="}, {"hostDocument": "b.pdf"}]
        }))
        .unwrap();
        let ids: Vec<_> = definition
            .host_documents
            .iter()
            .map(|d| (d.document_id, d.reference.as_str()))
            .collect();
        assert_eq!(ids, [(2, "a.pdf"), (3, "b.pdf")]);
        assert!(
            !Value::Object(definition.body)
                .to_string()
                .contains("hostDocument")
        );
    }

    #[test]
    fn the_order_of_keys_does_not_change_the_fingerprint_but_values_do() {
        let print =
            |text, account| Definition::fingerprint(&serde_json::from_str(text).unwrap(), account);
        let a = print(r#"{"emailSubject":"s","emailBlurb":"b"}"#, None);
        let b = print(r#"{"emailBlurb":"b","emailSubject":"s"}"#, None);
        let c = print(r#"{"emailBlurb":"c","emailSubject":"s"}"#, None);
        let d = print(r#"{"emailSubject":"s","emailBlurb":"b"}"#, Some("account"));
        assert_eq!(a, b);
        assert_ne!(a, c);
        assert_ne!(a, d);
    }

    #[test]
    fn what_cannot_be_right_is_refused_by_place() {
        for (value, place) in [
            (json!([]), "body"),
            (json!({}), "emailSubject"),
            (json!({"emailSubject": "s", "status": "created"}), "status"),
            (
                json!({"emailSubject": "s", "transactionId": "x"}),
                "transactionId",
            ),
            (
                json!({"emailSubject": "s", "TransactionID": "t"}),
                "transactionId",
            ),
            (
                json!({"emailSubject": "s", "eventNotifications": []}),
                "eventNotifications",
            ),
            (json!({"emailSubject": "s", "Status": "created"}), "Status"),
            (json!({"emailSubject": "s", "documents": {}}), "documents"),
            (
                json!({"emailSubject": "s", "documents": [{}, {}, {}, {}]}),
                "documents",
            ),
            (
                json!({"emailSubject": "s", "documents": [{"documentId": "0"}]}),
                "documents[0].documentId",
            ),
            (
                json!({"emailSubject": "s", "documents": [{"documentId": 1}, {"documentId": "1"}]}),
                "documents[1].documentId",
            ),
            (
                json!({"emailSubject": "s", "documents": [{"hostDocument": 7}]}),
                "documents[0].hostDocument",
            ),
            (
                json!({"emailSubject": "s", "documents": [{"hostDocument": "a", "documentBase64": ""}]}),
                "documents[0]",
            ),
        ] {
            match parse(value).map(drop) {
                Err(Error::Invalid { place: found, .. }) => assert_eq!(found, place),
                other => panic!("{place}: {other:?}"),
            }
        }
    }
}

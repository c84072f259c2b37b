//! Creating a draft with its documents.

use http::{HeaderValue, Method};
use serde_json::{Value, json};

use super::multipart::{DocumentPart, Multipart};
use super::{Caller, EnvelopeSummary, RestClient};
use crate::error::CallError;

impl RestClient {
    /// Creates a draft (whatever `status` the definition names) and streams its documents up. Each part is entered in the
    /// definition's `documents`: an entry with its `documentId` is completed, or one is added.
    ///
    /// The creation is not idempotent. Give the definition a `transactionId`, and look for it before repeating a call
    /// that may have been carried out.
    ///
    /// # Errors
    /// [`CallError`]; a document that cannot be read to its end is [`CallError::Egress`] with
    /// [`ownhand_egress::EgressError::Body`], and creates nothing.
    pub async fn create_draft(
        &self,
        caller: Caller<'_>,
        mut definition: Value,
        documents: Vec<DocumentPart>,
    ) -> Result<EnvelopeSummary, CallError> {
        enter_documents(&mut definition, &documents)?;
        let request = self.call(caller, Method::POST, &["envelopes"], &[])?;
        if documents.is_empty() {
            return self.json_with(caller, request, &definition).await;
        }
        let body = Multipart::new(&definition, documents, caller.token)?;
        let content_type = HeaderValue::from_str(&body.content_type())
            .map_err(|error| CallError::Invalid(error.to_string()))?;
        let length = body.length();
        let request = request.stream(content_type, length, body.into_stream());
        self.json(caller, request).await
    }
}

fn enter_documents(definition: &mut Value, parts: &[DocumentPart]) -> Result<(), CallError> {
    let invalid = |what: &str| CallError::Invalid(what.to_owned());
    let Value::Object(fields) = definition else {
        return Err(invalid("the envelope definition is not an object"));
    };
    fields.insert("status".to_owned(), "created".into());
    if parts.is_empty() {
        return Ok(());
    }
    let documents = fields.entry("documents").or_insert_with(|| json!([]));
    let Value::Array(documents) = documents else {
        return Err(invalid("the documents of the envelope are not a list"));
    };
    for (index, part) in parts.iter().enumerate() {
        if parts[..index]
            .iter()
            .any(|other| other.document_id == part.document_id)
        {
            return Err(CallError::Invalid(format!(
                "two documents have the id {}",
                part.document_id
            )));
        }
        let id = part.document_id.to_string();
        let found = documents
            .iter_mut()
            .filter_map(Value::as_object_mut)
            .find(|entry| names(entry.get("documentId"), &id));
        if let Some(entry) = found {
            if entry.contains_key("documentBase64") || entry.contains_key("remoteUrl") {
                return Err(CallError::Invalid(format!(
                    "document {id} has its content twice"
                )));
            }
            // The header of the part and the entry must name the document alike.
            entry.insert("documentId".to_owned(), id.into());
            entry.insert("name".to_owned(), part.name.clone().into());
            entry.insert(
                "fileExtension".to_owned(),
                part.file_extension.clone().into(),
            );
        } else {
            documents.push(json!({
                "documentId": id,
                "name": part.name,
                "fileExtension": part.file_extension,
            }));
        }
    }
    Ok(())
}

fn names(value: Option<&Value>, id: &str) -> bool {
    match value {
        Some(Value::String(text)) => text == id,
        Some(Value::Number(number)) => number.to_string() == id,
        _ => false,
    }
}

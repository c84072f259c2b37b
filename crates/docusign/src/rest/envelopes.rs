//! Reading envelopes and moving them through their states.

use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::recipients;
use super::{Caller, Envelope, Include, Recipient, RestClient};
use crate::error::{CallError, classify};
use crate::{EnvelopeId, tolerant};

impl RestClient {
    /// Reads an envelope. DocuSign counts these reads: not more than one in 15 minutes for one envelope.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn get_envelope(
        &self,
        caller: Caller<'_>,
        envelope: &EnvelopeId,
        include: &[Include],
    ) -> Result<Envelope, CallError> {
        let words: Vec<_> = include.iter().map(|i| i.as_str()).collect();
        let words = words.join(",");
        let query = [("include", words.as_str())];
        let query = if include.is_empty() { &[] } else { &query[..] };
        let id = envelope.to_string();
        let request = self.call(caller, Method::GET, &["envelopes", &id], query)?;
        self.json(caller, request).await
    }

    /// Finds the envelopes that were created with this `transactionId` within the last seven days, custom fields included.
    /// An envelope created a moment ago may be missing.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn find_by_transaction_id(
        &self,
        caller: Caller<'_>,
        transaction_id: &str,
    ) -> Result<Vec<Envelope>, CallError> {
        #[derive(Deserialize)]
        struct Page {
            #[serde(default, deserialize_with = "tolerant::list")]
            envelopes: Vec<Envelope>,
        }
        // A comma would make it a list.
        if transaction_id.is_empty() || transaction_id.contains(',') {
            return Err(CallError::Invalid(
                "a transaction id is one non-empty word".to_owned(),
            ));
        }
        let query = [
            ("transaction_ids", transaction_id),
            ("include", "custom_fields"),
        ];
        let request = self.call(caller, Method::GET, &["envelopes"], &query)?;
        let page: Page = self.json(caller, request).await?;
        Ok(page.envelopes)
    }

    /// Reads the recipients of an envelope, by routing order.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn list_recipients(
        &self,
        caller: Caller<'_>,
        envelope: &EnvelopeId,
    ) -> Result<Vec<Recipient>, CallError> {
        #[derive(Deserialize)]
        struct Answer(#[serde(deserialize_with = "recipients::by_kind")] Vec<Recipient>);
        let id = envelope.to_string();
        let segments = ["envelopes", &id, "recipients"];
        let request = self.call(caller, Method::GET, &segments, &[])?;
        let Answer(recipients) = self.json(caller, request).await?;
        Ok(recipients)
    }

    /// Sends a draft. Repeating it for an envelope that is sent already changes nothing: DocuSign then answers with an
    /// error of class [`crate::ErrorClass::EnvelopeState`] or with success.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn send_draft(
        &self,
        caller: Caller<'_>,
        envelope: &EnvelopeId,
    ) -> Result<(), CallError> {
        self.change(caller, envelope, &[], &json!({"status": "sent"}))
            .await
    }

    /// Takes a sent envelope back; its recipients read the reason.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn void(
        &self,
        caller: Caller<'_>,
        envelope: &EnvelopeId,
        reason: &str,
    ) -> Result<(), CallError> {
        let body = json!({"status": "voided", "voidedReason": reason});
        self.change(caller, envelope, &[], &body).await
    }

    /// Mails the recipients whose turn it is once more.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn resend(&self, caller: Caller<'_>, envelope: &EnvelopeId) -> Result<(), CallError> {
        let query = [("resend_envelope", "true")];
        self.change(caller, envelope, &query, &json!({})).await
    }

    /// Moves a draft to the recycle bin.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn delete_draft(
        &self,
        caller: Caller<'_>,
        envelope: &EnvelopeId,
    ) -> Result<(), CallError> {
        let request = self.call(caller, Method::PUT, &["folders", "recyclebin"], &[])?;
        let body = json!({"envelopeIds": [envelope]});
        let answer: Value = self.json_with(caller, request, &body).await?;
        refuse_partial_failure(&answer)
    }

    async fn change(
        &self,
        caller: Caller<'_>,
        envelope: &EnvelopeId,
        query: &[(&str, &str)],
        body: &Value,
    ) -> Result<(), CallError> {
        let id = envelope.to_string();
        let request = self.call(caller, Method::PUT, &["envelopes", &id], query)?;
        let answer: Value = self.json_with(caller, request, body).await?;
        refuse_partial_failure(&answer)
    }
}

/// Some changes answer 200 and tell of their failure inside.
fn refuse_partial_failure(answer: &Value) -> Result<(), CallError> {
    let code = |value: &Value| {
        let code = value["errorDetails"]["errorCode"].as_str()?;
        (!code.is_empty() && !code.eq_ignore_ascii_case("SUCCESS"))
            .then(|| value["errorDetails"].clone())
    };
    let inner = answer["envelopes"].as_array();
    let failed = code(answer).or_else(|| inner.into_iter().flatten().find_map(code));
    match failed {
        None => Ok(()),
        Some(details) => {
            let body = details.to_string();
            let error = classify(StatusCode::OK, &http::HeaderMap::new(), body.as_bytes());
            Err(CallError::Api(Box::new(error)))
        }
    }
}

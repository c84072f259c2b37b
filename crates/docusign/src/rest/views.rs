//! One-time URLs into DocuSign's pages.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use super::{Caller, RestClient};
use crate::EnvelopeId;
use crate::error::CallError;
use crate::tokens::secret;

secret! {
    /// A URL that opens a page as somebody, once, within minutes.
    ViewUrl
}

/// Who signs, and where they come back to. Name, e-mail and client user id must be those in the envelope.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecipientViewRequest {
    /// Where the browser goes afterwards, with `event=…` added; at most 470 characters.
    pub return_url: Url,
    /// How the caller has made sure who it is, e.g. `none`, `SingleSignOn_SAML`.
    pub authentication_method: String,
    /// The recipient's name.
    pub user_name: String,
    /// The recipient's e-mail address.
    pub email: String,
    /// The embedded recipient's `clientUserId`; none for somebody who signs by mail and is the caller themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_user_id: Option<String>,
    /// The recipient's id in the envelope, where name and e-mail are not unique.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_id: Option<String>,
}

#[derive(Deserialize)]
struct View {
    url: String,
}

impl RestClient {
    /// Asks for a signing page of a sent envelope.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn recipient_view(
        &self,
        caller: Caller<'_>,
        envelope: &EnvelopeId,
        view: &RecipientViewRequest,
    ) -> Result<ViewUrl, CallError> {
        let body =
            serde_json::to_value(view).map_err(|error| CallError::Invalid(error.to_string()))?;
        self.view(caller, envelope, "recipient", &body).await
    }

    /// Asks for a page where the sender prepares a draft.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn sender_view(
        &self,
        caller: Caller<'_>,
        envelope: &EnvelopeId,
        return_url: &Url,
    ) -> Result<ViewUrl, CallError> {
        let body = json!({"returnUrl": return_url});
        self.view(caller, envelope, "sender", &body).await
    }

    async fn view(
        &self,
        caller: Caller<'_>,
        envelope: &EnvelopeId,
        kind: &str,
        body: &Value,
    ) -> Result<ViewUrl, CallError> {
        let id = envelope.to_string();
        let segments = ["envelopes", &id, "views", kind];
        let request = self.call(caller, Method::POST, &segments, &[])?;
        let view: View = self.json_with(caller, request, body).await?;
        Ok(ViewUrl::new(view.url))
    }
}

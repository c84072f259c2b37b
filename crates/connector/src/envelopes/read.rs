//! Envelopes as callers see them: from the ledger, without asking DocuSign.

use serde::Serialize;

use crate::{
    Caller, Connector, Error,
    connector::Core,
    ledger::{LinkRow, SendRow, SentDocument, WriteBackRow},
};

/// A send and its envelope.
#[derive(Clone, Debug, Serialize)]
pub struct EnvelopeView {
    /// The send's id.
    pub id: String,
    /// DocuSign's envelope.
    pub envelope_id: Option<String>,
    /// The account that is charged.
    pub account_id: String,
    /// Where it stands.
    pub status: &'static str,
    /// Why it failed, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// The subject line that signers see.
    pub email_subject: String,
    /// Whom signers see as the sender; unknown once the sender is linked to nobody, or to somebody else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<SenderView>,
    /// The documents that came from the host app.
    pub documents: Vec<SentDocument>,
    /// The files that come back into the host app.
    pub write_backs: Vec<WriteBackView>,
    /// When it was asked for, RFC 3339.
    pub created_at: String,
    /// When it last changed, RFC 3339.
    pub updated_at: String,
}

/// Whom signers see as the sender.
#[derive(Clone, Debug, Serialize)]
pub struct SenderView {
    /// Their name.
    pub name: String,
    /// Their e-mail.
    pub email: String,
}

/// A file that comes back into the host app.
#[derive(Clone, Debug, Serialize)]
pub struct WriteBackView {
    /// What it is: `combined` or `certificate`.
    pub part: String,
    /// Where it lies, or will lie.
    pub reference: String,
    /// `waiting` or `done`.
    pub state: &'static str,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// What the last try said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// SHA-256 in hex of what lies in the host app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Its length in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
    /// When it was deposited, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

impl WriteBackView {
    fn of(row: WriteBackRow) -> Self {
        let done = row.done;
        Self {
            part: row.part.part,
            state: if done.is_some() { "done" } else { "waiting" },
            attempts: row.attempts,
            last_error: row.last_error.filter(|_| done.is_none()),
            sha256: done.as_ref().map(|done| done.sha256.clone()),
            length: done.as_ref().map(|done| done.length),
            at: done.as_ref().map(|done| done.at.rfc3339()),
            reference: done.map_or(row.part.reference, |done| done.reference),
        }
    }
}

impl Connector {
    /// One of the caller's envelopes, by the send's id or by DocuSign's envelope id.
    ///
    /// # Errors
    /// [`Error::EnvelopeUnknown`], also when it is somebody else's.
    pub async fn envelope(&self, caller: &Caller, id: &str) -> Result<EnvelopeView, Error> {
        let core = &self.core;
        let send = match (id.parse(), id.parse::<ownhand_docusign::EnvelopeId>()) {
            (Ok(send), _) => core.ledger.send(caller.tenant(), send).await?,
            (_, Ok(envelope)) => {
                let link = core.link_of(caller).await?;
                let mut found = None;
                for account in &link.accounts {
                    let envelope = envelope.to_string();
                    found = core
                        .ledger
                        .send_of_envelope(caller.tenant(), &account.account_id, &envelope)
                        .await?;
                    if found.is_some() {
                        break;
                    }
                }
                found
            }
            _ => return Err(Error::EnvelopeUnknown),
        };
        let send = send
            .filter(|send| {
                send.user.issuer == caller.user.issuer && send.user.subject == caller.user.subject
            })
            .ok_or(Error::EnvelopeUnknown)?;
        core.view_for_sender(send).await
    }

    /// The caller's envelopes, newest first, at most `limit` (100 at the most) before the send `before`.
    ///
    /// # Errors
    /// [`Error::Invalid`] when `before` is not a send's id.
    pub async fn envelopes(
        &self,
        caller: &Caller,
        before: Option<&str>,
        limit: u32,
    ) -> Result<Vec<EnvelopeView>, Error> {
        let core = &self.core;
        let before = before
            .map(str::parse)
            .transpose()
            .map_err(|e: crate::id::InvalidId| Error::invalid("before", e.to_string()))?;
        let user = &caller.user;
        let sends = core
            .ledger
            .sends_of(
                caller.tenant(),
                &user.issuer,
                &user.subject,
                before,
                limit.clamp(1, 100),
            )
            .await?;
        let link = core
            .ledger
            .link_of(caller.tenant(), &user.issuer, &user.subject)
            .await?;
        let mut views = Vec::with_capacity(sends.len());
        for send in sends {
            views.push(core.view(send, link.as_ref()).await?);
        }
        Ok(views)
    }
}

impl Core {
    /// A send as its sender sees it.
    pub(super) async fn view_for_sender(&self, send: SendRow) -> Result<EnvelopeView, Error> {
        let link = self
            .ledger
            .link_of(&send.tenant, &send.user.issuer, &send.user.subject)
            .await?;
        self.view(send, link.as_ref()).await
    }

    async fn view(&self, send: SendRow, link: Option<&LinkRow>) -> Result<EnvelopeView, Error> {
        let write_backs = self.ledger.write_backs(&send.tenant, send.id).await?;
        let sender = link
            .filter(|link| link.docusign_sub == send.docusign_sub)
            .map(|link| SenderView {
                name: link.docusign_name.clone(),
                email: link.docusign_email.clone(),
            });
        Ok(EnvelopeView {
            id: send.id.to_string(),
            envelope_id: send.envelope_id,
            account_id: send.account_id,
            status: send.status.as_str(),
            failure: send.failure,
            email_subject: send.email_subject,
            sender,
            documents: send.documents,
            write_backs: write_backs.into_iter().map(WriteBackView::of).collect(),
            created_at: send.created_at.rfc3339(),
            updated_at: send.updated_at.rfc3339(),
        })
    }
}

//! Sending exactly once: intent, one draft committed to, and only that one switched to `sent` (design, "Send").

use ownhand_docusign::{CallError, EnvelopeId, rest::EnvelopeStatus};
use serde_json::Value;
use url::Url;

use super::{
    definition::{Definition, HostDocument},
    documents::{self, OpenDocument},
    read::EnvelopeView,
};
use crate::{
    Caller, Checkpoint, Connector, Error,
    connector::{Core, to_its_end},
    id::SendId,
    ledger::{
        Digest, LedgerError, LinkRow, LinkState, SendMove, SendRow, SendStatus, SentDocument,
        Started,
    },
    one_time,
};

/// A send that has been asked for.
#[derive(Clone, Debug)]
pub struct Sent {
    /// It and its envelope.
    pub envelope: EnvelopeView,
    /// Whether it was out already when this call came.
    pub repeated: bool,
}

/// A send that was asked for before.
enum TakenUp {
    /// To be carried on with.
    Ours(Box<SendRow>),
    /// Out already.
    Out(Box<SendRow>),
}

impl Connector {
    /// Sends an envelope from the caller's own DocuSign account. `definition` is DocuSign's envelope definition, in which a
    /// document may carry `hostDocument` instead of bytes.
    ///
    /// With the same key and the same definition it is the same send, however often it is asked for.
    ///
    /// # Errors
    /// [`Error::NotLinked`], [`Error::NeedsRelink`], [`Error::Invalid`], [`Error::IdempotencyKeyReused`],
    /// [`Error::SendInProgress`], [`Error::Document`], [`Error::Docusign`], [`Error::SendFailed`].
    pub async fn send(
        &self,
        caller: &Caller,
        idempotency_key: &str,
        account_id: Option<&str>,
        definition: Value,
    ) -> Result<Sent, Error> {
        let (connector, caller) = (self.clone(), caller.clone());
        let key = idempotency_key.to_owned();
        let account_id = account_id.map(str::to_owned);
        to_its_end(&self.core.tasks, async move {
            connector
                .send_once(&caller, &key, account_id.as_deref(), definition)
                .await
        })
        .await
    }

    async fn send_once(
        &self,
        caller: &Caller,
        idempotency_key: &str,
        account_id: Option<&str>,
        definition: Value,
    ) -> Result<Sent, Error> {
        let core = &self.core;
        let key = one_time::sha256(&[b"idempotency-key", idempotency_key.as_bytes()]);
        let fingerprint = Definition::fingerprint(&definition, account_id);
        // What was asked for before is answered before anything else is looked at: link and rules may have changed since.
        let present = core
            .ledger
            .send_of_key(caller.tenant(), &caller.user, key)
            .await?;
        if let Some(send) = present {
            let definition = Definition::parse(definition, core.limits.documents)?;
            return match core.take_up(send, fingerprint).await? {
                TakenUp::Out(send) => core.out_already(*send).await,
                TakenUp::Ours(send) => self.carry_on(caller, *send, definition, true).await,
            };
        }
        let link = core.link_of(caller).await?;
        if let LinkState::NeedsRelink(reason) = link.state {
            return Err(Error::NeedsRelink(reason));
        }
        let account = Core::account(&link, account_id.unwrap_or(&link.default_account))?;
        caller.tenant.allow(&account.account_id)?;
        let definition = Definition::parse(definition, core.limits.documents)?;
        let now = core.ambient.now();
        let claimed_until = now + core.limits.send_claim;
        let fresh = SendRow {
            id: SendId::fresh(&core.ambient),
            tenant: caller.tenant().clone(),
            user: caller.user.clone(),
            link: link.id,
            docusign_sub: link.docusign_sub.clone(),
            account_id: account.account_id.clone(),
            idempotency_key: key,
            fingerprint,
            email_subject: definition.email_subject.clone(),
            documents: definition
                .host_documents
                .iter()
                .map(HostDocument::intended)
                .collect(),
            envelope_id: None,
            status: SendStatus::Intent,
            failure: None,
            claimed_until,
            next_check_at: claimed_until,
            created_at: now,
            updated_at: now,
        };
        match core.ledger.start_send(&fresh).await? {
            Started::New => {
                core.ambient.reached(Checkpoint::SendIntent);
                self.carry_on(caller, fresh, definition, false).await
            }
            Started::Existing(send) => match core.take_up(*send, fingerprint).await? {
                TakenUp::Ours(send) => self.carry_on(caller, *send, definition, true).await,
                TakenUp::Out(send) => core.out_already(*send).await,
            },
        }
    }

    /// Works on a send that this call has claimed, from wherever it stands.
    async fn carry_on(
        &self,
        caller: &Caller,
        send: SendRow,
        definition: Definition,
        resumed: bool,
    ) -> Result<Sent, Error> {
        let core = &self.core;
        let id = send.id;
        let result = core.carry_out(caller, send, definition, resumed).await;
        if result.is_err() {
            // Whoever comes next, caller or worker, goes on where this stopped.
            core.ledger
                .release_send(
                    caller.tenant(),
                    id,
                    core.ambient.now() + core.limits.send_claim,
                )
                .await?;
        }
        result?;
        core.wake.notify_one();
        let send = core
            .ledger
            .send(caller.tenant(), id)
            .await?
            .ok_or_else(|| LedgerError::inconsistent(format!("send {id} has vanished")))?;
        Ok(Sent {
            envelope: core.view_for_sender(send).await?,
            repeated: false,
        })
    }
}

impl Core {
    /// A send that was asked for before: taken up if it has not got to `sent` and nobody is at work on it.
    async fn take_up(&self, send: SendRow, fingerprint: Digest) -> Result<TakenUp, Error> {
        if !one_time::same(send.fingerprint, fingerprint) {
            return Err(Error::IdempotencyKeyReused);
        }
        let send = match stands(send)? {
            TakenUp::Out(send) => return Ok(TakenUp::Out(send)),
            TakenUp::Ours(send) => send,
        };
        let now = self.ambient.now();
        let until = now + self.limits.send_claim;
        if !self
            .ledger
            .claim_send(&send.tenant, send.id, now, until)
            .await?
        {
            return Err(Error::SendInProgress);
        }
        // It may have moved on, or failed, between reading and claiming.
        let present = self.ledger.send(&send.tenant, send.id).await?;
        stands(
            present.ok_or_else(|| {
                LedgerError::inconsistent(format!("send {} has vanished", send.id))
            })?,
        )
    }

    /// The answer for a send that is out.
    async fn out_already(&self, send: SendRow) -> Result<Sent, Error> {
        Ok(Sent {
            envelope: self.view_for_sender(send).await?,
            repeated: true,
        })
    }

    /// From intent to `sent`, from wherever it stopped.
    async fn carry_out(
        &self,
        caller: &Caller,
        send: SendRow,
        definition: Definition,
        resumed: bool,
    ) -> Result<(), Error> {
        let link = &self.link_of_sender(&send).await?;
        if let LinkState::NeedsRelink(reason) = link.state {
            return Err(Error::NeedsRelink(reason));
        }
        caller.tenant.allow(&send.account_id)?;
        let left = match &send.envelope_id {
            Some(envelope) => Some(parse(envelope)?),
            None if resumed => self.adopt_draft(link, &send, &send.documents).await?,
            None => None,
        };
        let committed = match left {
            Some(left) => left,
            None => self.create_draft(caller, link, &send, definition).await?,
        };
        self.switch_to_sent(link, &send, committed).await
    }

    /// Streams the documents up into a draft, and commits the send to it.
    async fn create_draft(
        &self,
        caller: &Caller,
        link: &LinkRow,
        send: &SendRow,
        definition: Definition,
    ) -> Result<EnvelopeId, Error> {
        let cx = self.context(caller.tenant(), &caller.request_id);
        let hook = Url::parse(&self.urls.hook(caller.tenant()))
            .map_err(|e| Error::invalid("server.public_url", e.to_string()))?;
        let wanted = definition.host_documents.clone();
        let body = definition.for_docusign(send.id, &hook)?;
        let mut renewed = false;
        loop {
            let (parts, opened) =
                documents::open(caller, &cx, &wanted, self.limits.document_bytes).await?;
            let mut access = self.access(link, &send.account_id).await?;
            if renewed {
                access.token = self.vault.renewed_token(link).await?;
            }
            match self
                .rest
                .create_draft(access.caller(), body.clone(), parts)
                .await
            {
                Ok(summary) => {
                    self.ambient.reached(Checkpoint::SendDrafted);
                    let remembered: Vec<_> = opened.iter().map(OpenDocument::remembered).collect();
                    return self
                        .commit(link, send, summary.envelope_id, &remembered)
                        .await;
                }
                // A body that ends early creates nothing.
                Err(error) if let Some(broken) = documents::broken(&error) => return Err(broken),
                // A dead token means that nothing was done; the documents are opened anew.
                Err(error) if error.is_invalid_token() && !renewed => renewed = true,
                Err(error) if error.may_have_been_sent() => {
                    let remembered: Vec<_> = opened.iter().map(OpenDocument::remembered).collect();
                    let adopted = self.adopt_draft(link, send, &remembered).await?;
                    return adopted.ok_or_else(|| self.failed(error));
                }
                Err(error) => return Err(self.refused(link, send, None, error).await?),
            }
        }
    }

    /// DocuSign refused: a refusal for good ends the send. The draft that it is about, if there is one, goes first, so that
    /// nobody sends by hand what is told to have failed.
    async fn refused(
        &self,
        link: &LinkRow,
        send: &SendRow,
        draft: Option<EnvelopeId>,
        error: CallError,
    ) -> Result<Error, Error> {
        let error = self.failed(error);
        if let Error::Docusign {
            retry: None,
            source,
        } = &error
            && matches!(source, CallError::Api(_))
            && !source.is_invalid_token()
        {
            if let Some(draft) = draft {
                self.delete_draft(link, send, draft).await?;
            }
            let why = error.to_string();
            let step = SendMove {
                failure: Some(&why),
                ..SendMove::to(SendStatus::Failed, self.ambient.now())
            };
            self.ledger.move_send(&send.tenant, send.id, step).await?;
        }
        Ok(error)
    }

    /// Commits the send to the draft that an earlier try may have left at DocuSign, found by the send's id. More than one are twins:
    /// the oldest is taken, the others are deleted.
    pub(super) async fn adopt_draft(
        &self,
        link: &LinkRow,
        send: &SendRow,
        documents: &[SentDocument],
    ) -> Result<Option<EnvelopeId>, Error> {
        let transaction = send.id.to_string();
        let mut found = self
            .as_user(link, &send.account_id, |rest, access| {
                let transaction = transaction.clone();
                async move {
                    rest.find_by_transaction_id(access.caller(), &transaction)
                        .await
                }
            })
            .await?;
        found.retain(|envelope| envelope.status != EnvelopeStatus::Deleted);
        found.sort_by(|a, b| a.created_date_time.cmp(&b.created_date_time));
        let Some(oldest) = found.first().map(|envelope| envelope.envelope_id) else {
            return Ok(None);
        };
        let committed = self.commit(link, send, oldest, documents).await?;
        for twin in found.iter().skip(1) {
            if twin.envelope_id != committed && twin.status == EnvelopeStatus::Created {
                self.delete_twin(link, send, twin.envelope_id).await?;
            }
        }
        Ok(Some(committed))
    }

    /// Commits the send to one envelope. If another was committed to meanwhile, ours is a twin and is deleted.
    pub(super) async fn commit(
        &self,
        link: &LinkRow,
        send: &SendRow,
        envelope: EnvelopeId,
        documents: &[SentDocument],
    ) -> Result<EnvelopeId, Error> {
        let text = envelope.to_string();
        let at = self.ambient.now();
        let committed = self
            .ledger
            .commit_envelope(&send.tenant, send.id, &text, documents, at)
            .await?;
        let committed = parse(&committed)?;
        self.ambient.reached(Checkpoint::SendCommitted);
        if committed != envelope {
            self.delete_twin(link, send, envelope).await?;
        }
        Ok(committed)
    }

    /// Deletes a second draft of the same send.
    async fn delete_twin(
        &self,
        link: &LinkRow,
        send: &SendRow,
        twin: EnvelopeId,
    ) -> Result<(), Error> {
        tracing::warn!(tenant = %send.tenant, send = %send.id, envelope = %twin, "a twin draft is deleted");
        self.delete_draft(link, send, twin).await
    }

    async fn delete_draft(
        &self,
        link: &LinkRow,
        send: &SendRow,
        draft: EnvelopeId,
    ) -> Result<(), Error> {
        self.as_user(link, &send.account_id, |rest, access| async move {
            rest.delete_draft(access.caller(), &draft).await
        })
        .await
    }

    /// Switches the committed draft to `sent`. Repeating it is harmless.
    pub(super) async fn switch_to_sent(
        &self,
        link: &LinkRow,
        send: &SendRow,
        envelope: EnvelopeId,
    ) -> Result<(), Error> {
        let switched = self
            .as_user(link, &send.account_id, |rest, access| async move {
                rest.send_draft(access.caller(), &envelope).await
            })
            .await;
        if let Err(error) = switched {
            // An earlier try, whose answer was lost, may have done it.
            let present = self
                .as_user(link, &send.account_id, |rest, access| async move {
                    rest.get_envelope(access.caller(), &envelope, &[]).await
                })
                .await?;
            if matches!(
                present.status,
                EnvelopeStatus::Created | EnvelopeStatus::Deleted
            ) {
                return Err(match error {
                    Error::Docusign { source, .. } => {
                        let draft = (present.status == EnvelopeStatus::Created).then_some(envelope);
                        self.refused(link, send, draft, source).await?
                    }
                    other => other,
                });
            }
        }
        self.ambient.reached(Checkpoint::SendSwitched);
        self.move_to(send, SendStatus::Sent, None).await?;
        self.ambient.reached(Checkpoint::SendNoted);
        let at = self.ambient.now();
        self.ledger
            .release_send(&send.tenant, send.id, at + self.limits.poll)
            .await?;
        Ok(())
    }
}

/// What there is left to do of a send.
fn stands(send: SendRow) -> Result<TakenUp, Error> {
    match send.status {
        SendStatus::Failed => Err(Error::SendFailed(send.failure.unwrap_or_default())),
        status if status.rank() >= SendStatus::Sent.rank() => Ok(TakenUp::Out(Box::new(send))),
        _ => Ok(TakenUp::Ours(Box::new(send))),
    }
}

/// An envelope id from the ledger.
pub(super) fn parse(envelope: &str) -> Result<EnvelopeId, Error> {
    envelope
        .parse()
        .map_err(|e| LedgerError::new(format!("envelope id `{envelope}`"), e).into())
}

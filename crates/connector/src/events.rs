//! DocuSign's events: verified, written down, answered, and then worked off.

use std::time::Duration;

use ownhand_docusign::connect::{ConnectMessage, verify};

use crate::{
    Checkpoint, Connector, Error, chain, connector::Core, envelopes::status_of, id::EventId,
    ledger::EventRow, one_time,
};

/// How long an event waits for its second try.
const FIRST_WAIT: Duration = Duration::from_secs(2);

impl Connector {
    /// Takes an event in: the signature over the raw bytes must be by one of the configured keys. It is durable when this returns,
    /// and worked off later. A repeated one is taken for what it is.
    ///
    /// # Errors
    /// [`Error::Event`] when no signature fits; [`Error::Invalid`] when a signed body is no Connect message.
    pub async fn receive_event(
        &self,
        tenant: &str,
        body: &[u8],
        signatures: &[&[u8]],
    ) -> Result<(), Error> {
        let core = &self.core;
        let headers = signatures
            .iter()
            .map(|signature| ("x-docusign-signature-1", *signature));
        let verified = verify(body, headers, &core.connect_keys).map_err(Error::Event)?;
        let tenant = core.tenants.get(tenant)?;
        let message = ConnectMessage::parse(verified.as_bytes())
            .map_err(|e| Error::invalid("body", e.to_string()))?;
        let Some(news) = message.envelope else {
            // An event of something else than an envelope, signed by DocuSign: nothing of ours.
            return Ok(());
        };
        let (account_id, envelope_id) = (news.account_id.to_string(), news.envelope_id.to_string());
        let dedup = one_time::sha256(&[
            account_id.as_bytes(),
            envelope_id.as_bytes(),
            message.event.as_bytes(),
            news.recipient_id.as_deref().unwrap_or_default().as_bytes(),
            message
                .generated_date_time
                .as_deref()
                .unwrap_or_default()
                .as_bytes(),
        ]);
        let event = EventRow {
            id: EventId::fresh(&core.ambient),
            tenant: tenant.id.clone(),
            dedup,
            account_id,
            envelope_id,
            event: message.event,
            received_at: core.ambient.now(),
            attempts: 0,
        };
        if core.ledger.receive_event(&event).await? {
            core.ambient.reached(Checkpoint::EventReceived);
            core.wake.notify_one();
        }
        Ok(())
    }
}

impl Core {
    /// Works an event off. A failure is written down, and the event is tried again.
    pub(crate) async fn work_off(&self, event: &EventRow) -> Result<(), Error> {
        match self.try_to_work_off(event).await {
            Ok(()) => {
                self.ambient.reached(Checkpoint::EventMoved);
                Ok(self.ledger.event_done(event, self.ambient.now()).await?)
            }
            Err(error) => {
                tracing::warn!(
                    tenant = %event.tenant, event = %event.id, kind = event.event,
                    error = chain(&error), "an event could not be worked off yet"
                );
                let next = self.next_try(&error, FIRST_WAIT, event.attempts);
                Ok(self.ledger.event_failed(event, next).await?)
            }
        }
    }

    async fn try_to_work_off(&self, event: &EventRow) -> Result<(), Error> {
        let found = self
            .ledger
            .send_of_envelope(&event.tenant, &event.account_id, &event.envelope_id)
            .await?;
        // An envelope that no send of this tenant committed to.
        let Some(send) = found else { return Ok(()) };
        // News of what has ended comes late or twice.
        if send.status.is_terminal() {
            return Ok(());
        }
        let claimed = event
            .event
            .strip_prefix("envelope-")
            .map(ownhand_docusign::rest::EnvelopeStatus::from);
        match claimed.as_ref().and_then(status_of) {
            // The end is not believed from a message: it is fetched with the sender's own token.
            Some(status) if status.is_terminal() => {
                let link = self.link_of_sender(&send).await?;
                self.fetch_truth(&link, &send).await
            }
            Some(status) => self.move_to(&send, status, None).await,
            None => Ok(()),
        }
    }
}

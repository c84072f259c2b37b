//! Following a send that nobody waits for: finishing what a crash interrupted, and asking DocuSign for the truth.

use std::path::Path;

use ownhand_docusign::rest::EnvelopeStatus;
use serde_json::json;

use super::send::parse;
use crate::{
    Checkpoint, Error, Tenant,
    connector::Core,
    ledger::{Act, AuditLine, LinkRow, SendMove, SendRow, SendStatus, WriteBackPart},
};

/// How long an intent that DocuSign has never seen waits for its caller to come back with the documents.
const INTENT_LIFE: std::time::Duration = std::time::Duration::from_hours(24);

impl Core {
    /// Looks after a send that is due: goes on with it, or asks how it stands.
    pub(crate) async fn look_after(&self, send: &SendRow) -> Result<(), Error> {
        let now = self.ambient.now();
        if !self
            .ledger
            .claim_send(&send.tenant, send.id, now, now + self.limits.send_claim)
            .await?
        {
            return Ok(());
        }
        // It may have moved on between being found due and being claimed.
        let result = match self.ledger.send(&send.tenant, send.id).await? {
            Some(send) if !send.status.is_terminal() => self.look_after_claimed(&send).await,
            _ => Ok(()),
        };
        self.ledger
            .release_send(&send.tenant, send.id, now + self.limits.poll)
            .await?;
        result
    }

    async fn look_after_claimed(&self, send: &SendRow) -> Result<(), Error> {
        let link = self.link_of_sender(send).await?;
        match (send.status, &send.envelope_id) {
            (SendStatus::Intent, None) => {
                match self.adopt_draft(&link, send, &send.documents).await? {
                    Some(envelope) => self.switch_to_sent(&link, send, envelope).await,
                    None if self.ambient.now().since(send.created_at) > INTENT_LIFE => {
                        let why =
                            "it never reached DocuSign, and was not asked for again within a day";
                        self.move_to(send, SendStatus::Failed, Some(why)).await
                    }
                    None => Ok(()),
                }
            }
            (SendStatus::Intent | SendStatus::Draft, Some(envelope)) => {
                self.switch_to_sent(&link, send, parse(envelope)?).await
            }
            (_, Some(_)) => self.fetch_truth(&link, send).await,
            (_, None) => Ok(()),
        }
    }

    /// The present link of a send's sender; they may have linked anew since, but must be the same DocuSign user.
    pub(crate) async fn link_of_sender(&self, send: &SendRow) -> Result<LinkRow, Error> {
        self.ledger
            .link_of(&send.tenant, &send.user.issuer, &send.user.subject)
            .await?
            .ok_or(Error::NotLinked)
            .and_then(|link| {
                if link.docusign_sub == send.docusign_sub {
                    Ok(link)
                } else {
                    Err(Error::OtherSender)
                }
            })
    }

    /// Asks DocuSign, with the sender's own token, where an envelope stands, and moves the send there.
    pub(crate) async fn fetch_truth(&self, link: &LinkRow, send: &SendRow) -> Result<(), Error> {
        let Some(envelope) = send.envelope_id.as_deref() else {
            return Ok(());
        };
        let envelope = parse(envelope)?;
        let truth = self
            .as_user(link, &send.account_id, |rest, access| async move {
                rest.get_envelope(access.caller(), &envelope, &[]).await
            })
            .await?;
        self.ambient.reached(Checkpoint::EventFetched);
        let Some(status) = status_of(&truth.status) else {
            return Ok(());
        };
        self.move_to(send, status, truth.voided_reason.as_deref())
            .await
    }

    /// Moves a send forward. A completed one gets its files to be brought back, in the same step.
    pub(crate) async fn move_to(
        &self,
        send: &SendRow,
        status: SendStatus,
        reason: Option<&str>,
    ) -> Result<(), Error> {
        let parts = if status == SendStatus::Completed {
            let tenant = self.tenants.get(send.tenant.as_str())?;
            parts_of(&tenant, send)
        } else {
            Vec::new()
        };
        let detail = json!({
            "send": send.id.to_string(),
            "envelope": send.envelope_id,
            "account": send.account_id,
            "docusign_sub": send.docusign_sub,
        });
        let (ambient, act) = (&self.ambient, Act::EnvelopeSent);
        let line = AuditLine::of(ambient, &send.tenant, &send.user, "user", act, detail);
        let step = SendMove {
            failure: reason,
            write_back: &parts,
            // Whichever way the news comes first, of the switch itself or by an event.
            sent: (status != SendStatus::Failed).then_some(&line),
            ..SendMove::to(status, ambient.now())
        };
        let moved = self.ledger.move_send(&send.tenant, send.id, step).await?;
        if moved {
            tracing::info!(tenant = %send.tenant, send = %send.id, status = status.as_str(), "an envelope has moved on");
            self.wake.notify_one();
        }
        Ok(())
    }
}

/// DocuSign's status as ours; `None` for those that say nothing new.
pub(crate) fn status_of(status: &EnvelopeStatus) -> Option<SendStatus> {
    match status {
        EnvelopeStatus::Sent => Some(SendStatus::Sent),
        EnvelopeStatus::Delivered | EnvelopeStatus::Signed => Some(SendStatus::Delivered),
        EnvelopeStatus::Completed => Some(SendStatus::Completed),
        EnvelopeStatus::Declined => Some(SendStatus::Declined),
        EnvelopeStatus::Voided | EnvelopeStatus::Deleted => Some(SendStatus::Voided),
        _ => None,
    }
}

/// The files to be brought back, and where they go.
fn parts_of(tenant: &Tenant, send: &SendRow) -> Vec<WriteBackPart> {
    let rules = &tenant.write_back;
    let first = send
        .documents
        .first()
        .map(|document| Path::new(&document.reference));
    let folder = rules.folder.clone().or_else(|| {
        first.map(|path| {
            path.parent()
                .map(|parent| parent.to_string_lossy().into_owned())
                .unwrap_or_default()
        })
    });
    // Nothing came from the host app and no folder is named: there is no place to bring it back to.
    let Some(folder) = folder else {
        return Vec::new();
    };
    let stem = first.and_then(|path| path.file_stem()).map_or_else(
        || "envelope".to_owned(),
        |stem| stem.to_string_lossy().into_owned(),
    );
    let envelope = send.envelope_id.as_deref().unwrap_or_default();
    let place = |name: &str| {
        let name = name
            .replace("{stem}", &stem)
            .replace("{envelope}", envelope);
        let folder = folder.trim_end_matches('/');
        if folder.is_empty() {
            name
        } else {
            format!("{folder}/{name}")
        }
    };
    let combined = WriteBackPart {
        part: "combined".to_owned(),
        reference: place(&rules.name),
    };
    let certificate = rules.certificate.as_deref().map(|name| WriteBackPart {
        part: "certificate".to_owned(),
        reference: place(name),
    });
    std::iter::once(combined).chain(certificate).collect()
}

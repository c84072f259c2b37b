//! The steps of an envelope's life. Pure: time comes in, effects are collected in the envelope.

use jiff::Timestamp;

use super::model::{Effect, Envelope, Happening, MailKind, RecipientKind, RecipientStatus, Status};

/// Why a step was not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the envelope is not a draft")]
    NotADraft,
    #[error("the envelope has no subject, document or recipient")]
    Incomplete,
    #[error("a recipient has no usable e-mail address")]
    BadEmail,
    #[error("the envelope is not in process")]
    NotInProcess,
    #[error("the recipient has nothing to do now")]
    NotTheirTurn,
}

impl Envelope {
    /// Draft to sent: validates, then routes to the first recipients.
    pub(crate) fn send(&mut self, now: Timestamp) -> Result<(), Refusal> {
        if self.status != Status::Created {
            return Err(Refusal::NotADraft);
        }
        if self.email_subject.trim().is_empty()
            || self.documents.is_empty()
            || self.recipients.is_empty()
        {
            return Err(Refusal::Incomplete);
        }
        if self
            .recipients
            .iter()
            .any(|recipient| !looks_like_email(&recipient.email))
        {
            return Err(Refusal::BadEmail);
        }
        self.become_status(Status::Sent, now);
        self.sent_at = Some(now);
        self.note(now, "Envelope sent".to_owned());
        self.event("envelope-sent", None);
        self.route(now);
        Ok(())
    }

    /// The recipient opened the signing page.
    pub(crate) fn view(&mut self, index: usize, now: Timestamp) -> Result<(), Refusal> {
        self.check_turn(index)?;
        let recipient = &mut self.recipients[index];
        if recipient.status == RecipientStatus::Delivered {
            return Ok(());
        }
        recipient.status = RecipientStatus::Delivered;
        recipient.delivered_at = Some(now);
        let (name, kind) = (recipient.name.clone(), recipient.kind);
        self.note(now, format!("Viewed by {name}"));
        self.event("recipient-delivered", Some(index));
        let everybody_saw_it = self.recipients.iter().all(|one| {
            one.kind == RecipientKind::CarbonCopy
                || one.delivered_at.is_some()
                || one.signed_at.is_some()
        });
        if self.status == Status::Sent && everybody_saw_it {
            self.become_status(Status::Delivered, now);
            self.delivered_at = Some(now);
            self.event("envelope-delivered", None);
        }
        if kind == RecipientKind::CertifiedDelivery {
            // Reading is all that is asked of them.
            self.finish_recipient(index, now);
        }
        Ok(())
    }

    /// The recipient signed with `signature`.
    pub(crate) fn sign(
        &mut self,
        index: usize,
        signature: &str,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.check_turn(index)?;
        self.view(index, now)?;
        self.recipients[index].signature = Some(signature.to_owned());
        let line = format!(
            "Signed by {} ({}) as \"{signature}\"",
            self.recipients[index].name, self.recipients[index].email
        );
        self.note(now, line);
        self.finish_recipient(index, now);
        Ok(())
    }

    /// The recipient declined; that ends the envelope.
    pub(crate) fn decline(
        &mut self,
        index: usize,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.check_turn(index)?;
        let recipient = &mut self.recipients[index];
        recipient.status = RecipientStatus::Declined;
        recipient.declined_reason = Some(reason.to_owned());
        let line = format!("Declined by {}: {reason}", recipient.name);
        self.note(now, line);
        self.event("recipient-declined", Some(index));
        self.become_status(Status::Declined, now);
        self.declined_at = Some(now);
        self.event("envelope-declined", None);
        self.effects.push(Effect::Mail {
            kind: MailKind::Declined,
            recipient: None,
        });
        Ok(())
    }

    /// The sender voided the envelope.
    pub(crate) fn void(&mut self, reason: &str, now: Timestamp) -> Result<(), Refusal> {
        if !self.status.in_process() {
            return Err(Refusal::NotInProcess);
        }
        self.become_status(Status::Voided, now);
        self.voided_at = Some(now);
        self.voided_reason = Some(reason.to_owned());
        self.note(now, format!("Voided: {reason}"));
        self.event("envelope-voided", None);
        for index in self.reached() {
            self.effects.push(Effect::Mail {
                kind: MailKind::Voided,
                recipient: Some(index),
            });
        }
        Ok(())
    }

    /// Mails everybody who still has something to do once more.
    pub(crate) fn resend(&mut self, now: Timestamp) -> Result<(), Refusal> {
        if !self.status.in_process() {
            return Err(Refusal::NotInProcess);
        }
        self.note(now, "Notification resent".to_owned());
        self.event("envelope-resent", None);
        for index in 0..self.recipients.len() {
            if self.recipients[index].may_act() && self.recipients[index].client_user_id.is_none() {
                self.event("recipient-resent", Some(index));
                self.effects.push(Effect::Mail {
                    kind: MailKind::Resent,
                    recipient: Some(index),
                });
            }
        }
        Ok(())
    }

    /// To the recycle bin: a draft is deleted, one in process is voided as well, an ended one keeps its status.
    pub(crate) fn recycle(&mut self, now: Timestamp) {
        match self.status {
            Status::Created => {
                self.become_status(Status::Deleted, now);
                self.event("envelope-deleted", None);
            }
            status if status.in_process() => {
                // Cannot be refused: the status was checked by this arm.
                let _ = self.void("Deleted by the sender", now);
            }
            _ => {}
        }
        self.deleted_at = Some(now);
    }

    fn check_turn(&self, index: usize) -> Result<(), Refusal> {
        if !self.status.in_process() {
            return Err(Refusal::NotInProcess);
        }
        match self.recipients.get(index) {
            Some(recipient) if recipient.may_act() => Ok(()),
            _ => Err(Refusal::NotTheirTurn),
        }
    }

    fn finish_recipient(&mut self, index: usize, now: Timestamp) {
        let recipient = &mut self.recipients[index];
        recipient.status = RecipientStatus::Completed;
        recipient.signed_at = Some(now);
        self.changed_at = now;
        self.event("recipient-completed", Some(index));
        self.route(now);
    }

    /// Reaches the recipients of the lowest open routing order, and completes when there is none.
    fn route(&mut self, now: Timestamp) {
        loop {
            let open =
                |recipient: &&super::Recipient| recipient.status != RecipientStatus::Completed;
            let Some(order) = self
                .recipients
                .iter()
                .filter(open)
                .map(|recipient| recipient.routing_order)
                .min()
            else {
                self.complete(now);
                return;
            };
            let mut waiting = false;
            for index in 0..self.recipients.len() {
                let recipient = &mut self.recipients[index];
                if recipient.routing_order != order {
                    continue;
                }
                if recipient.status != RecipientStatus::Created {
                    waiting |= recipient.status != RecipientStatus::Completed;
                    continue;
                }
                recipient.sent_at = Some(now);
                if recipient.kind == RecipientKind::CarbonCopy {
                    recipient.status = RecipientStatus::Completed;
                    self.effects.push(Effect::Mail {
                        kind: MailKind::Copy,
                        recipient: Some(index),
                    });
                } else {
                    recipient.status = RecipientStatus::Sent;
                    waiting = true;
                    if recipient.client_user_id.is_none() {
                        self.effects.push(Effect::Mail {
                            kind: MailKind::SigningRequest,
                            recipient: Some(index),
                        });
                    }
                }
                let line = format!(
                    "Sent to {} ({})",
                    self.recipients[index].name, self.recipients[index].email
                );
                self.note(now, line);
                self.event("recipient-sent", Some(index));
            }
            if waiting {
                return;
            }
        }
    }

    fn complete(&mut self, now: Timestamp) {
        self.become_status(Status::Completed, now);
        self.completed_at = Some(now);
        self.note(now, "Envelope completed".to_owned());
        self.event("envelope-completed", None);
        self.effects.push(Effect::Mail {
            kind: MailKind::Completed,
            recipient: None,
        });
        for index in 0..self.recipients.len() {
            self.effects.push(Effect::Mail {
                kind: MailKind::Completed,
                recipient: Some(index),
            });
        }
    }

    fn reached(&self) -> Vec<usize> {
        (0..self.recipients.len())
            .filter(|index| self.recipients[*index].sent_at.is_some())
            .collect()
    }

    fn become_status(&mut self, status: Status, now: Timestamp) {
        self.status = status;
        self.status_changed_at = now;
        self.changed_at = now;
    }

    fn event(&mut self, name: &'static str, recipient: Option<usize>) {
        self.effects.push(Effect::Event { name, recipient });
    }

    fn note(&mut self, at: Timestamp, text: String) {
        self.history.push(Happening { at, text });
    }
}

fn looks_like_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.is_empty()
            && !text.contains(char::is_whitespace)
            && !domain.contains('@')
    })
}

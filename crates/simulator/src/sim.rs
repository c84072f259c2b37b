//! The simulator itself: directory, clock and state, shared by all handlers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;
use url::Url;

use crate::connect::Dispatcher;
use crate::directory::Directory;
use crate::edge::Clock;
use crate::envelope::{Effect, Envelope, MailKind, render};
use crate::store::{Mail, State};

/// A cheap handle on the one simulator.
#[derive(Debug, Clone)]
pub(crate) struct Sim(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    directory: Directory,
    clock: Clock,
    base: Url,
    control_key: SecretString,
    connect: Dispatcher,
    state: Mutex<State>,
}

impl Sim {
    pub(crate) fn new(
        directory: Directory,
        base: Url,
        control_key: SecretString,
        connect: Dispatcher,
    ) -> Self {
        Self(Arc::new(Inner {
            directory,
            clock: Clock::default(),
            base,
            control_key,
            connect,
            state: Mutex::default(),
        }))
    }

    pub(crate) fn directory(&self) -> &Directory {
        &self.0.directory
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(crate) fn control_key(&self) -> &SecretString {
        &self.0.control_key
    }

    pub(crate) fn connect(&self) -> &Dispatcher {
        &self.0.connect
    }

    /// The state, locked. A handler that panicked cannot have left it half-changed in a way that matters here.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An absolute address of this simulator.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.0.base.as_str().trim_end_matches('/'))
    }

    /// Forgets everything that happened.
    pub(crate) fn reset(&self) {
        self.0.clock.reset();
        self.0.connect.forget();
        *self.state() = State::default();
    }

    /// Carries out what the last steps of an envelope left to do: mails into the outbox, events to Connect.
    pub(crate) fn carry_out(&self, state: &mut State, envelope_id: &str) {
        let Some(envelope) = state.envelope_mut(envelope_id) else {
            return;
        };
        let effects = std::mem::take(&mut envelope.effects);
        let envelope = envelope.clone();
        for effect in effects {
            match effect {
                Effect::Mail { kind, recipient } => {
                    state.mails.extend(self.mail(&envelope, kind, recipient));
                }
                Effect::Event { name, recipient } => {
                    self.0.connect.publish(self, &envelope, name, recipient);
                }
            }
        }
    }

    fn mail(&self, envelope: &Envelope, kind: MailKind, recipient: Option<usize>) -> Option<Mail> {
        let sender = self.directory().user(&envelope.sender_id)?;
        let recipient = recipient.and_then(|index| envelope.recipients.get(index));
        let (to, to_name) =
            recipient.map_or((&sender.email, &sender.name), |one| (&one.email, &one.name));
        let subject = match kind {
            MailKind::SigningRequest | MailKind::Resent | MailKind::Copy => {
                envelope.email_subject.clone()
            }
            MailKind::Completed => format!("Completed: {}", envelope.email_subject),
            MailKind::Declined => format!("Declined: {}", envelope.email_subject),
            MailKind::Voided => format!("Voided: {}", envelope.email_subject),
        };
        Some(Mail {
            time: render::time(self.0.clock.now()),
            kind: kind.as_str(),
            to: to.clone(),
            to_name: to_name.clone(),
            subject,
            sender_name: sender.name.clone(),
            sender_email: sender.email.clone(),
            account_id: envelope.account_id.clone(),
            envelope_id: envelope.id.clone(),
            signing_url: recipient
                .filter(|_| matches!(kind, MailKind::SigningRequest | MailKind::Resent))
                .map(|one| self.address(&format!("/signing/{}", one.signing_token))),
        })
    }
}

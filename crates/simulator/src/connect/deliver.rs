//! Delivery: one queue an envelope, so that order holds; retries in real time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::message::Message;
use crate::edge;
use crate::envelope::{Envelope, render};
use crate::sim::Sim;

/// One attempt to deliver one message.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DeliveryRecord {
    pub(crate) seq: usize,
    pub(crate) time: String,
    pub(crate) envelope_id: String,
    pub(crate) event: &'static str,
    pub(crate) url: String,
    /// From 1.
    pub(crate) attempt: u32,
    /// The listener's answer.
    pub(crate) status: Option<u16>,
    pub(crate) error: Option<String>,
    /// `delivered`, `will_retry` or `failed`.
    pub(crate) outcome: &'static str,
}

/// Attempts for a message that must be acknowledged.
const MOST_ATTEMPTS: u32 = 10;

type Queue = mpsc::UnboundedSender<Arc<Message>>;

/// Hands messages to the workers.
#[derive(Debug)]
pub(crate) struct Dispatcher {
    client: reqwest::Client,
    paused: watch::Sender<bool>,
    work: Mutex<Work>,
}

#[derive(Debug, Default)]
struct Work {
    queues: HashMap<String, Queue>,
    /// What was published for each envelope, for redelivery.
    published: HashMap<String, Vec<Arc<Message>>>,
    /// Ends the workers of this generation.
    end: CancellationToken,
}

impl Dispatcher {
    pub(crate) fn new(client: reqwest::Client) -> Self {
        Self {
            client,
            paused: watch::Sender::new(false),
            work: Mutex::default(),
        }
    }

    /// Queues a message for every listener of the envelope that asked for this event.
    pub(crate) fn publish(
        &self,
        sim: &Sim,
        envelope: &Envelope,
        event: &'static str,
        recipient: Option<usize>,
    ) {
        for notification in &envelope.notifications {
            if notification.events.iter().any(|wanted| wanted == event) {
                let message = Arc::new(Message::new(sim, envelope, notification, event, recipient));
                let mut work = self.work();
                work.published
                    .entry(envelope.id.clone())
                    .or_default()
                    .push(Arc::clone(&message));
                Self::enqueue(&mut work, sim, message);
            }
        }
    }

    /// Queues everything that was ever published for an envelope once more; says how many messages.
    pub(crate) fn redeliver(&self, sim: &Sim, envelope_id: &str) -> usize {
        let mut work = self.work();
        let messages = work.published.get(envelope_id).cloned().unwrap_or_default();
        for message in &messages {
            Self::enqueue(&mut work, sim, Arc::clone(message));
        }
        messages.len()
    }

    /// Holds deliveries back, or lets them go on.
    pub(crate) fn pause(&self, paused: bool) {
        self.paused.send_replace(paused);
    }

    /// Drops all that is queued and ends the workers.
    pub(crate) fn forget(&self) {
        let old = std::mem::take(&mut *self.work());
        old.end.cancel();
        self.pause(false);
    }

    fn enqueue(work: &mut Work, sim: &Sim, message: Arc<Message>) {
        let end = work.end.clone();
        let queue = work
            .queues
            .entry(message.envelope_id.clone())
            .or_insert_with(|| {
                let (queue, inbox) = mpsc::unbounded_channel();
                tokio::spawn(deliver_all(sim.clone(), inbox, end));
                queue
            });
        // The worker only ends with its generation, and then the message is not wanted.
        let _ = queue.send(message);
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn deliver_all(
    sim: Sim,
    mut inbox: mpsc::UnboundedReceiver<Arc<Message>>,
    end: CancellationToken,
) {
    let work = async {
        while let Some(message) = inbox.recv().await {
            let copies = 1 + u32::from(sim.state().switches.connect_duplicates);
            for _ in 0..copies {
                deliver(&sim, &message).await;
            }
        }
    };
    tokio::select! {
        () = work => {}
        () = end.cancelled() => {}
    }
}

async fn deliver(sim: &Sim, message: &Arc<Message>) {
    let attempts = if message.notification.acknowledged {
        MOST_ATTEMPTS
    } else {
        1
    };
    let mut pause = Duration::from_secs(1);
    for attempt in 1..=attempts {
        let mut paused = sim.connect().paused.subscribe();
        // The sender lives as long as the simulator.
        let _ = paused.wait_for(|paused| !paused).await;
        let answer = post(sim, message, attempt).await;
        let delivered = matches!(answer, Ok(status) if (200..300).contains(&status));
        let outcome = match (delivered, attempt < attempts) {
            (true, _) => "delivered",
            (false, true) => "will_retry",
            (false, false) => "failed",
        };
        record(sim, message, attempt, answer, outcome);
        if delivered {
            return;
        }
        if attempt < attempts {
            edge::sleep(pause).await;
            pause *= 2;
        }
    }
}

async fn post(sim: &Sim, message: &Arc<Message>, attempt: u32) -> Result<u16, String> {
    let for_stamping = Arc::clone(message);
    let (bytes, signatures) = tokio::task::spawn_blocking(move || {
        let bytes = for_stamping.bytes(attempt - 1);
        let signatures = for_stamping.signatures(&bytes);
        (bytes, signatures)
    })
    .await
    .map_err(|_| "the message could not be built".to_owned())?;
    let mut request = sim
        .connect()
        .client
        .post(message.notification.url.clone())
        .header("content-type", "application/json; charset=utf-8")
        .body(bytes);
    if !signatures.is_empty() {
        request = request.header("x-authorization-digest", "HMACSHA256");
    }
    for (index, signature) in signatures.into_iter().enumerate() {
        request = request.header(format!("x-docusign-signature-{}", index + 1), signature);
    }
    match request.send().await {
        Ok(answer) => Ok(answer.status().as_u16()),
        Err(error) => Err(error.without_url().to_string()),
    }
}

fn record(
    sim: &Sim,
    message: &Message,
    attempt: u32,
    answer: Result<u16, String>,
    outcome: &'static str,
) {
    tracing::info!(event = message.event, envelope = %message.envelope_id, attempt, outcome, "connect delivery");
    let time = render::time(sim.clock().now());
    let mut state = sim.state();
    let seq = state.deliveries.len() + 1;
    let (status, error) = match answer {
        Ok(status) => (Some(status), None),
        Err(error) => (None, Some(error)),
    };
    state.deliveries.push(DeliveryRecord {
        seq,
        time,
        envelope_id: message.envelope_id.clone(),
        event: message.event,
        url: message.notification.url.to_string(),
        attempt,
        status,
        error,
        outcome,
    });
}

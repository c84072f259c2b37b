//! Where the simulator touches time, chance and the network: nowhere else are they ambient.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use jiff::{SignedDuration, Timestamp};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The simulator's clock: the machine's, moved forward by what the control API asked for.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead_seconds: AtomicI64,
}

impl Clock {
    /// The simulated time.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the simulator reads the machine's clock"
    )]
    pub(crate) fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.ahead_seconds.load(Ordering::SeqCst));
        Timestamp::now()
            .checked_add(ahead)
            .unwrap_or(Timestamp::MAX)
    }

    /// Moves the simulated time forward and says how far it is ahead of the machine now, in seconds.
    pub(crate) fn advance(&self, seconds: u32) -> i64 {
        self.ahead_seconds
            .fetch_add(i64::from(seconds), Ordering::SeqCst)
            + i64::from(seconds)
    }

    /// Back to the machine's time.
    pub(crate) fn reset(&self) {
        self.ahead_seconds.store(0, Ordering::SeqCst);
    }
}

/// Waits in real time: retries and delays must not depend on the simulated clock.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the simulator waits"
)]
pub(crate) async fn sleep(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// Random bytes for ids, tokens and keys.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // The system generator of aws-lc has no failure that a caller could handle; identical
    // tokens would be the consequence, so the process ends instead.
    if SystemRandom::new().fill(&mut bytes).is_err() {
        std::process::abort();
    }
    bytes
}

/// A fresh GUID in DocuSign's spelling.
pub(crate) fn guid() -> String {
    uuid::Builder::from_random_bytes(random())
        .into_uuid()
        .to_string()
}

/// Finds listeners: names below `localhost` are this machine, as browsers see it; not every system's resolver knows that.
struct Listeners;

impl Resolve for Listeners {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // Port 0 stands for the port of the URL.
            let found: Vec<SocketAddr> = if name.as_str().ends_with(".localhost") {
                vec![
                    (Ipv4Addr::LOCALHOST, 0).into(),
                    (Ipv6Addr::LOCALHOST, 0).into(),
                ]
            } else {
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect()
            };
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The client that delivers Connect messages, trusting `extra_ca` (PEM) besides the system's roots.
#[expect(
    clippy::disallowed_methods,
    reason = "the one outgoing client of the simulator, a development tool"
)]
pub(crate) fn connect_client(extra_ca: Option<&[u8]>) -> Result<reqwest::Client, reqwest::Error> {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        // Listeners stand on this machine: a proxy of the environment would look for them on its own.
        .no_proxy()
        // DocuSign waits this long for a listener.
        .timeout(Duration::from_secs(100))
        .dns_resolver(Arc::new(Listeners))
        .user_agent("DocuSign Connect (simulator)");
    if let Some(pem) = extra_ca {
        builder = builder.tls_certs_merge(reqwest::Certificate::from_pem_bundle(pem)?);
    }
    builder.build()
}

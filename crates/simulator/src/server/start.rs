//! Starting and stopping.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{ready, router, serve, tls};
use crate::connect::Dispatcher;
use crate::directory::Directory;
use crate::seed::{Seed, SeedError};
use crate::sim::Sim;
use crate::{crypto, edge};

/// How to start.
#[derive(Debug, Clone)]
pub struct Options {
    /// Address for plain HTTP; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Address for TLS, when wanted.
    pub tls_listen: Option<SocketAddr>,
    /// Written when all listeners serve; the authority's certificate goes beside it.
    pub ready_file: Option<PathBuf>,
    /// Who and what there is; `None` takes the built-in seed.
    pub seed: Option<Seed>,
    /// The simulator's own address in mails and `base_uri`; the plain listener's when `None`.
    pub base_url: Option<Url>,
    /// PEM of further authorities that Connect trusts when it delivers.
    pub connect_ca: Option<Vec<u8>>,
}

impl Default for Options {
    /// Plain HTTP on a free loopback port, the built-in seed, no files.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            tls_listen: None,
            ready_file: None,
            seed: None,
            base_url: None,
            connect_ca: None,
        }
    }
}

/// Why the simulator did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The seed was refused.
    #[error("the seed was refused")]
    Seed(#[from] SeedError),
    /// An address is taken or not ours.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// An address is not on this machine: the simulator's doors are for local use only.
    #[error("{0} is not a loopback address")]
    NotLoopback(SocketAddr),
    /// The address cannot be written as a URL.
    #[error("the listener's address cannot be written as a URL")]
    Address(#[from] url::ParseError),
    /// The local certificates could not be made.
    #[error("the local certificates could not be made")]
    Tls(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The authorities for Connect could not be read.
    #[error("the client that delivers Connect messages could not be made")]
    Connect(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The ready file or the certificate beside it could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A simulator that serves. It stops when dropped; [`Running::shutdown`] waits for open calls.
pub struct Running {
    /// Address of the plain listener.
    pub http: Url,
    /// Address of the TLS listener, under the name `localhost`.
    pub https: Option<Url>,
    /// The local authority's certificate.
    pub ca_pem: Option<String>,
    /// Where that certificate lies, when there is a ready file.
    pub ca_pem_file: Option<PathBuf>,
    /// Opens the control API.
    pub control_key: SecretString,
    sim: Sim,
    stop: CancellationToken,
    listeners: JoinSet<()>,
}

impl fmt::Debug for Running {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Running")
            .field("http", &self.http)
            .field("https", &self.https)
            .finish_non_exhaustive()
    }
}

impl Running {
    /// Takes no more connections and lets the open calls finish; then Connect's deliveries end, too.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        while self.listeners.join_next().await.is_some() {}
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
        self.sim.connect().forget();
    }
}

/// Starts the simulator; it serves when this returns.
///
/// # Errors
/// [`StartError`] names what was in the way; nothing serves then.
pub async fn start(options: Options) -> Result<Running, StartError> {
    let seed = options.seed.map_or_else(Seed::built_in, Ok)?;
    let (plain, http) = listen(options.listen).await?;
    let http = address("http", &http.to_string())?;
    let secure = match options.tls_listen {
        None => None,
        Some(wanted) => {
            let (listener, bound) = listen(wanted).await?;
            let local = tls::local().map_err(|error| StartError::Tls(Box::new(error)))?;
            Some((
                listener,
                local,
                address("https", &format!("localhost:{}", bound.port()))?,
            ))
        }
    };
    let https = secure.as_ref().map(|(_, _, url)| url.clone());
    let client = edge::connect_client(options.connect_ca.as_deref())
        .map_err(|error| StartError::Connect(Box::new(error)))?;
    let base = options.base_url.unwrap_or_else(|| http.clone());
    let directory = Directory::new(seed, &base, &http, https.as_ref());
    let control_key = SecretString::from(crypto::url_token());
    let sim = Sim::new(
        directory,
        base,
        control_key.clone(),
        Dispatcher::new(client),
    );

    let router = router(&sim);
    let stop = CancellationToken::new();
    let mut listeners = JoinSet::new();
    listeners.spawn(serve::serve(plain, None, router.clone(), stop.clone()));
    let mut ca_pem = None;
    if let Some((listener, local, _)) = secure {
        listeners.spawn(serve::serve(
            listener,
            Some(local.acceptor),
            router,
            stop.clone(),
        ));
        ca_pem = Some(local.ca_pem);
    }
    let mut running = Running {
        http,
        https,
        ca_pem,
        ca_pem_file: None,
        control_key,
        sim,
        stop,
        listeners,
    };
    if let Some(path) = options.ready_file {
        tell(&mut running, &path)?;
    }
    tracing::info!(http = %running.http, https = running.https.as_ref().map(Url::as_str), "ready");
    Ok(running)
}

/// Writes the certificate, then the ready file: who sees the latter can use both.
fn tell(running: &mut Running, ready_file: &Path) -> Result<(), StartError> {
    // Absolute, because the reader may stand elsewhere.
    let ready_file = std::path::absolute(ready_file).map_err(|source| StartError::Write {
        path: ready_file.to_owned(),
        source,
    })?;
    if let Some(pem) = &running.ca_pem {
        let path = ready::ca_path(&ready_file);
        ready::write_atomically(&path, pem.as_bytes()).map_err(|source| StartError::Write {
            path: path.clone(),
            source,
        })?;
        running.ca_pem_file = Some(path);
    }
    ready::write(
        &ready_file,
        &running.http,
        running.https.as_ref(),
        running.ca_pem_file.as_deref(),
        running.control_key.expose_secret(),
    )
    .map_err(|source| StartError::Write {
        path: ready_file.clone(),
        source,
    })
}

async fn listen(wanted: SocketAddr) -> Result<(tokio::net::TcpListener, SocketAddr), StartError> {
    if !wanted.ip().is_loopback() {
        return Err(StartError::NotLoopback(wanted));
    }
    serve::bind(wanted)
        .await
        .map_err(|source| StartError::Listen {
            address: wanted,
            source,
        })
}

fn address(scheme: &str, authority: &str) -> Result<Url, url::ParseError> {
    Url::parse(&format!("{scheme}://{authority}/"))
}

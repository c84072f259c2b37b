//! Listening: connections in, requests to the router, and an orderly end.

use std::{future::pending, io, sync::Arc, time::Duration};

use axum::Router;
use http::Request;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;
use tower::util::MapRequest;
use tower_http::timeout::RequestBodyTimeoutLayer;

/// Longest wait for a TLS handshake, for a request's headers, and between two parts of a body.
const PATIENCE: Duration = Duration::from_secs(20);
/// Longest pause after connections could not be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_secs(1);
/// Connections at a time; further ones wait in the kernel's queue.
const CONNECTIONS: usize = 4096;

/// Serves until `shutdown` completes, then lets the requests in flight finish for at most `drain`. With `tls` it speaks TLS,
/// without it plain HTTP.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    tls: Option<ServerConfig>,
    shutdown: impl Future<Output = ()>,
    drain: Duration,
) {
    let server = Server {
        router: router.layer(RequestBodyTimeoutLayer::new(PATIENCE)),
        tls: tls.map(|config| TlsAcceptor::from(Arc::new(offering_http(config)))),
        graceful: GracefulShutdown::new(),
    };
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            Some(_) = connections.join_next() => {}
            accepted = accept(&listener, &slots) => match accepted {
                Ok(Some((stream, slot))) => server.spawn(stream, slot, &mut connections),
                Ok(None) => {}
                Err(error) => {
                    // Most likely there are no file descriptors left: an ending connection frees one, and so may others.
                    tracing::warn!(error = %error, "no connection can be accepted for now");
                    let _ = timeout(ACCEPT_PAUSE, async {
                        if connections.join_next().await.is_none() {
                            pending::<()>().await;
                        }
                    })
                    .await;
                }
            }
        }
    }
    drop(listener);
    server.end(connections, drain).await;
}

/// The next connection and its slot. `None`: it broke before it began, which is the caller's affair and not the listener's.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> io::Result<Option<(tokio::net::TcpStream, OwnedSemaphorePermit)>> {
    let slot = Arc::clone(slots)
        .acquire_owned()
        .await
        .map_err(io::Error::other)?;
    match listener.accept().await {
        Ok((stream, _)) => Ok(Some((stream, slot))),
        Err(error) => match error.kind() {
            io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted => Ok(None),
            _ => Err(error),
        },
    }
}

fn offering_http(mut config: ServerConfig) -> ServerConfig {
    if config.alpn_protocols.is_empty() {
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    }
    config
}

struct Server {
    router: Router,
    tls: Option<TlsAcceptor>,
    graceful: GracefulShutdown,
}

impl Server {
    fn spawn(
        &self,
        stream: tokio::net::TcpStream,
        slot: OwnedSemaphorePermit,
        connections: &mut JoinSet<()>,
    ) {
        // A failure only means that small answers may wait for the kernel.
        let _ = stream.set_nodelay(true);
        let router = self.router.clone();
        let watcher = self.graceful.watcher();
        let tls = self.tls.clone();
        connections.spawn(async move {
            match tls {
                None => talk(stream, router, watcher).await,
                // Handshakes fail all the time, by scanners; that is nobody's concern here.
                Some(tls) => {
                    if let Ok(Ok(stream)) = timeout(PATIENCE, tls.accept(stream)).await {
                        talk(stream, router, watcher).await;
                    }
                }
            }
            drop(slot);
        });
    }

    async fn end(self, mut connections: JoinSet<()>, drain: Duration) {
        if timeout(drain, self.graceful.shutdown()).await.is_err() {
            tracing::warn!("requests still in flight at the end of the drain were cut off");
        }
        connections.shutdown().await;
    }
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
) {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PATIENCE)
        .keep_alive_timeout(PATIENCE);
    let spoken = Arc::new(Notify::new());
    let service = MapRequest::new(router, telling(Arc::clone(&spoken)));
    let connection = builder
        .serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service));
    let mut connection = std::pin::pin!(watcher.watch(connection.into_owned()));
    // Until it is clear which version of HTTP a client speaks, none of the builder's own limits holds.
    let first = timeout(PATIENCE, async {
        tokio::select! {
            ended = &mut connection => Some(ended),
            () = spoken.notified() => None,
        }
    });
    let ended = match first.await {
        Ok(Some(ended)) => ended,
        Ok(None) => connection.await,
        Err(_) => return,
    };
    if let Err(error) = ended {
        tracing::debug!(error = %error, "a connection ended badly");
    }
}

/// Passes requests on, and tells that they come.
fn telling<B>(spoken: Arc<Notify>) -> impl FnMut(Request<B>) -> Request<B> + Clone {
    move |request| {
        spoken.notify_one();
        request
    }
}

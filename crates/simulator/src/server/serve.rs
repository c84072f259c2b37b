//! The accept loops of both listeners.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::{Request, Response};
use axum::response::IntoResponse as _;
use axum::{BoxError, Router};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::{Service, ServiceExt as _};

use crate::edge;

/// How long open calls may take to finish at the end.
const MOST_WAIT_FOR_CALLS: Duration = Duration::from_secs(5);

/// Marks an answer that must not be given: the connection is closed instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Drop;

impl Drop {
    /// An answer with the mark.
    pub(crate) fn response() -> axum::response::Response {
        let mut response = ().into_response();
        response.extensions_mut().insert(Self);
        response
    }
}

/// Accepts connections until the token is cancelled, then lets the open ones finish their call.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    stop: CancellationToken,
) {
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let Ok((stream, _)) =
            accepted.inspect_err(|error| tracing::warn!(%error, "a connection was not accepted"))
        else {
            // Out of file descriptors, most likely: give way before trying again.
            tokio::task::yield_now().await;
            continue;
        };
        let (router, watcher, tls) = (router.clone(), graceful.watcher(), tls.clone());
        tokio::spawn(async move {
            match tls {
                None => talk(stream, router, watcher).await,
                Some(tls) => match tls.accept(stream).await {
                    Ok(stream) => talk(stream, router, watcher).await,
                    Err(error) => tracing::debug!(%error, "TLS handshake failed"),
                },
            }
        });
    }
    // A client that never reads cannot hold the end up for long.
    tokio::select! {
        () = graceful.shutdown() => {}
        () = edge::sleep(MOST_WAIT_FOR_CALLS) => {}
    }
}

async fn talk<S>(stream: S, router: Router, watcher: hyper_util::server::graceful::Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = Droppable(router);
    let connection = auto::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .into_owned();
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "connection ended");
    }
}

/// The router, but a marked answer becomes an error: that is what makes hyper close a connection without one.
#[derive(Clone)]
struct Droppable(Router);

impl<B> Service<Request<B>> for Droppable
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Response<Body>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let router = self.0.clone();
        Box::pin(async move {
            let answer: Result<_, Infallible> = router.oneshot(request.map(Body::new)).await;
            let Ok(answer) = answer;
            match answer.extensions().get::<Drop>() {
                Some(Drop) => Err(io::Error::other("ordered to drop the connection")),
                None => Ok(answer),
            }
        })
    }
}

/// Binds a listener and gives its real address.
pub(crate) async fn bind(address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

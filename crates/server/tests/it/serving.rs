//! Listening, TLS, and an orderly end.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::rejection::BytesRejection,
    routing::{get, post},
};
use ownhand_server::serve;
use rustls::{
    ClientConfig, RootCertStore, ServerConfig, pki_types::PrivateKeyDer, pki_types::ServerName,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{Notify, oneshot},
    task::JoinHandle,
};

struct Running {
    address: std::net::SocketAddr,
    stop: oneshot::Sender<()>,
    done: JoinHandle<()>,
}

async fn start(router: Router, tls: Option<ServerConfig>, drain: Duration) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let shutdown = async {
        let _ = stopped.await;
    };
    let done = tokio::spawn(serve(listener, router, tls, shutdown, drain));
    Running {
        address,
        stop,
        done,
    }
}

async fn ask(stream: impl AsyncRead + AsyncWrite + Unpin) -> String {
    let request = "GET / HTTP/1.1\r\nhost: ownhand.example\r\nconnection: close\r\n\r\n";
    say(stream, request).await
}

/// Sends these words and takes what comes until the end.
async fn say(mut stream: impl AsyncRead + AsyncWrite + Unpin, words: &str) -> String {
    stream.write_all(words.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A connection that is cut off ends with an error or an early end; both leave what came until then.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

/// A router whose answer waits, and the two ends of the wait.
fn waiting() -> (Router, Arc<Notify>, Arc<Notify>) {
    let (entered, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (at_entry, until) = (Arc::clone(&entered), Arc::clone(&leave));
    let router = Router::new().route(
        "/",
        get(move || async move {
            at_entry.notify_one();
            until.notified().await;
            "finished"
        }),
    );
    (router, entered, leave)
}

#[tokio::test]
async fn a_request_in_flight_is_finished_and_no_other_taken() {
    let (router, entered, leave) = waiting();
    let running = start(router, None, Duration::from_mins(1)).await;
    let asking = tokio::spawn(ask(TcpStream::connect(running.address).await.unwrap()));
    entered.notified().await;
    running.stop.send(()).unwrap();
    // The listener is gone once connections are refused.
    while TcpStream::connect(running.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!running.done.is_finished());
    leave.notify_one();
    assert!(asking.await.unwrap().ends_with("finished"));
    running.done.await.unwrap();
}

#[tokio::test]
async fn after_the_drain_it_is_cut_off() {
    let (router, entered, _leave) = waiting();
    let running = start(router, None, Duration::from_millis(20)).await;
    let asking = tokio::spawn(ask(TcpStream::connect(running.address).await.unwrap()));
    entered.notified().await;
    running.stop.send(()).unwrap();
    running.done.await.unwrap();
    assert_eq!(asking.await.unwrap(), "");
}

#[tokio::test]
async fn it_speaks_tls_and_outlives_who_does_not() {
    let made = rcgen::generate_simple_self_signed(["ownhand.example".to_owned()]).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let tls = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let router = Router::new().route("/", get(async || "hello"));
    let running = start(router, Some(tls), Duration::from_mins(1)).await;

    let plain = ask(TcpStream::connect(running.address).await.unwrap()).await;
    assert!(!plain.contains("hello"));

    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(running.address).await.unwrap();
    let name = ServerName::try_from("ownhand.example").unwrap();
    let stream = tokio_rustls::TlsConnector::from(Arc::new(client))
        .connect(name, stream)
        .await
        .unwrap();
    assert!(ask(stream).await.ends_with("hello"));

    running.stop.send(()).unwrap();
    running.done.await.unwrap();
}

/// The clock stands, and jumps to the next deadline as soon as everybody waits.
#[tokio::test(start_paused = true)]
async fn who_sends_headers_or_a_body_too_slowly_is_cut_off() {
    let router = Router::new().route(
        "/",
        post(async |body: Result<Bytes, BytesRejection>| body.map_or("cut off", |_| "whole")),
    );
    let running = start(router, None, Duration::from_mins(1)).await;
    let connect = || TcpStream::connect(running.address);

    let headers = say(connect().await.unwrap(), "POST / HTTP/1.1\r\nhost: own").await;
    assert!(!headers.contains("200"), "{headers}");
    // Who never says which HTTP they speak.
    for silence in ["", "P", "PRI * HT"] {
        assert_eq!(say(connect().await.unwrap(), silence).await, "");
    }
    let body = "POST / HTTP/1.1\r\nhost: ownhand.example\r\ncontent-length: 10\r\n\r\nhalf";
    let body = say(connect().await.unwrap(), body).await;
    assert!(
        body.contains("cut off") && !body.contains("whole"),
        "{body}"
    );

    running.stop.send(()).unwrap();
    running.done.await.unwrap();
}

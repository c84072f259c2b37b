//! Trust: a certificate of our own authority counts if its root was given.

use std::net::SocketAddr;
use std::sync::Arc;

use ownhand_egress::{AllowedHost, Client, EgressError, EgressPolicy, PolicyError};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use url::Url;

/// Serves one empty answer a connection; gives back the address and the certificate.
async fn tls_server() -> (SocketAddr, Vec<u8>) {
    let made = rcgen::generate_simple_self_signed(vec!["docusign.localhost".to_owned()]).unwrap();
    let pem = made.cert.pem().into_bytes();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let Ok(mut socket) = acceptor.accept(socket).await else {
                continue;
            };
            let mut buffer = [0; 4096];
            let _ = socket.read(&mut buffer).await;
            let _ = socket
                .write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
                .await;
            let _ = socket.shutdown().await;
        }
    });
    (address, pem)
}

#[tokio::test]
async fn an_extra_root_is_trusted_and_a_stranger_is_not() {
    let (server, root) = tls_server().await;
    let url = format!("https://docusign.localhost:{}/", server.port());
    let url = Url::parse(&url).unwrap();
    let policy = EgressPolicy::new(vec![AllowedHost::origin(&url, true).unwrap()]);

    let stranger = Client::new(policy.clone()).unwrap();
    let error = stranger.get(&url).unwrap().send().await.unwrap_err();
    assert!(matches!(error, EgressError::Connect(_)), "{error:?}");

    let extra_roots = vec![root];
    let trusting = Client::new(EgressPolicy {
        extra_roots,
        ..policy
    })
    .unwrap();
    let answer = trusting.get(&url).unwrap().send().await.unwrap();
    assert_eq!(answer.status(), 204);
}

#[test]
fn a_root_that_is_none_is_refused() {
    let policy = EgressPolicy {
        extra_roots: vec![b"not a certificate".to_vec()],
        ..EgressPolicy::new(Vec::new())
    };
    let error = Client::new(policy).err();
    assert_eq!(error, Some(PolicyError::RootCertificate));
}

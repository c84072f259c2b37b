//! Servers that the tests speak to, and clients that may speak to them.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ownhand_egress::{AllowedHost, Client, EgressPolicy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

/// What a raw server has read on each of its connections until the client closed it or the answer was due.
#[derive(Clone, Default)]
pub(crate) struct Heard(Arc<Mutex<Vec<Vec<u8>>>>);

impl Heard {
    pub(crate) fn connections(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

/// Reads a request's head, answers with `answer` (nothing: never answers), and closes.
pub(crate) async fn raw_server(answer: Option<&'static str>) -> (SocketAddr, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heard = Heard::default();
    let kept = heard.clone();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let number = {
                let mut all = kept.0.lock().unwrap();
                all.push(Vec::new());
                all.len() - 1
            };
            let kept = kept.clone();
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                while let Ok(read) = socket.read(&mut buffer).await {
                    if read == 0 {
                        return;
                    }
                    let head_complete = {
                        let mut all = kept.0.lock().unwrap();
                        all[number].extend_from_slice(&buffer[..read]);
                        all[number].windows(4).any(|w| w == b"\r\n\r\n")
                    };
                    if let (Some(answer), true) = (answer, head_complete) {
                        let _ = socket.write_all(answer.as_bytes()).await;
                        return;
                    }
                }
            });
        }
    });
    (address, heard)
}

pub(crate) fn url(address: SocketAddr, path: &str) -> Url {
    Url::parse(&format!("http://{address}{path}")).unwrap()
}

/// A client that may go to this plain loopback server only.
pub(crate) fn client_for(address: SocketAddr) -> Client {
    client_with_patience(address, Duration::from_mins(1))
}

/// The same, for servers that never answer.
pub(crate) fn impatient_client_for(address: SocketAddr) -> Client {
    client_with_patience(address, Duration::from_millis(300))
}

fn client_with_patience(address: SocketAddr, read_timeout: Duration) -> Client {
    let rule = AllowedHost::origin(&url(address, "/"), true).unwrap();
    Client::new(EgressPolicy {
        read_timeout,
        ..EgressPolicy::new(vec![rule])
    })
    .unwrap()
}

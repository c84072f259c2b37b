//! The server ends when it is asked to, and not in the middle of a request.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use xtask::world::{Form, time::until};

use crate::support::installation;

#[tokio::test]
async fn sigterm_lets_a_request_finish_and_ends_with_0() {
    let (_folder, installation) = installation(Form::Libraries).await;
    let address = installation.public.authority().to_owned();
    let mut slow = TcpStream::connect(&address).await.unwrap();
    let body = "{\"handle\":\"h\"}";
    let head = format!(
        "POST /v1/tenants/acme/me/link/finish HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         authorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
        installation
            .host_app("acme")
            .unwrap()
            .assertion(&xtask::world::people::JANE),
        body.len()
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    // The server asks for the body: so the request has begun.
    let mut asked = [0; 25];
    slow.read_exact(&mut asked).await.unwrap();
    assert!(asked.starts_with(b"HTTP/1.1 100"));
    installation.ask_server_to_end().unwrap();
    until(
        "the server to accept no more",
        Duration::from_secs(10),
        async || Ok(TcpStream::connect(&address).await.is_err().then_some(())),
    )
    .await
    .unwrap();
    slow.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 410"), "{answer}");
    let status = installation.stop().await.unwrap();
    assert_eq!(status.code(), Some(0));
}

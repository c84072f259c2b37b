//! Bodies that break, stall or overflow, on the way out and on the way back.

use std::net::SocketAddr;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::HeaderValue;
use ownhand_egress::{BoxError, EgressError, Response};
use tokio::net::TcpListener;

use crate::servers::{client_for, impatient_client_for, raw_server, url};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";

fn octets() -> HeaderValue {
    HeaderValue::from_static("application/octet-stream")
}

async fn upload(
    server: SocketAddr,
    length: Option<u64>,
    chunks: Vec<Result<&'static str, BoxError>>,
) -> Result<Response, EgressError> {
    let chunks = stream::iter(chunks).map(|chunk| chunk.map(Bytes::from));
    client_for(server)
        .post(&url(server, "/"))?
        .stream(octets(), length, chunks.boxed())
        .send()
        .await
}

#[tokio::test]
async fn an_answer_is_read_to_its_limit() {
    let (server, _) = raw_server(Some(OK)).await;
    let answer = upload(server, Some(2), vec![Ok("a"), Ok("b")])
        .await
        .unwrap();
    assert_eq!(answer.content_length(), Some(5));
    assert_eq!(answer.into_bytes(5).await.unwrap(), "hello");

    let answer = upload(server, None, vec![]).await.unwrap();
    let error = answer.into_bytes(4).await.unwrap_err();
    assert!(matches!(error, EgressError::AnswerTooLarge { limit: 4 }));
}

#[tokio::test]
async fn a_body_that_fails_was_not_sent() {
    let (server, _) = raw_server(None).await;
    let cases: [(_, Vec<Result<_, BoxError>>, _); 4] = [
        (None, vec![Ok("abc"), Err("disk".into())], "disk"),
        (Some(9), vec![Ok("abc"), Err("disk".into())], "disk"),
        (
            Some(9),
            vec![Ok("abc")],
            "the body ended after 3 of 9 bytes",
        ),
        (
            Some(3),
            vec![Ok("abc"), Ok("d")],
            "the body is longer than the announced 3 bytes",
        ),
    ];
    for (length, chunks, expected) in cases {
        let error = upload(server, length, chunks).await.unwrap_err();
        assert!(!error.may_have_been_sent(), "{error:?}");
        let EgressError::Body { source, .. } = error else {
            panic!("{error:?}");
        };
        assert_eq!(source.to_string(), expected);
    }
}

#[tokio::test]
async fn silence_is_a_timeout_that_knows_whether_all_had_left() {
    let (server, _) = raw_server(None).await;
    let request = impatient_client_for(server).post(&url(server, "/"));
    let request = request.unwrap().body(octets(), "abc");
    let error = request.send().await.unwrap_err();
    assert!(matches!(error, EgressError::Timeout { complete: true }));

    let endless = stream::iter([Ok(Bytes::from("abc"))]).chain(stream::pending());
    let error = impatient_client_for(server)
        .post(&url(server, "/"))
        .unwrap()
        .stream(octets(), None, endless.boxed())
        .send()
        .await
        .unwrap_err();
    assert!(matches!(error, EgressError::Timeout { complete: false }));
    assert!(!error.may_have_been_sent());
}

#[tokio::test]
async fn nobody_listening_is_surely_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = upload(address, None, vec![Ok("abc")]).await.unwrap_err();
    assert!(matches!(error, EgressError::Connect(_)), "{error:?}");
    assert!(!error.may_have_been_sent() && error.is_transient());
}

#[tokio::test]
async fn a_connection_that_breaks_may_have_carried_the_request() {
    let (server, _) = raw_server(Some("")).await;
    let request = client_for(server).get(&url(server, "/")).unwrap();
    let error = request.send().await.unwrap_err();
    let EgressError::Transport { complete: true, .. } = error else {
        panic!("{error:?}");
    };
}

#[tokio::test]
async fn an_answer_cut_in_half_is_an_error_in_memory_and_as_a_stream() {
    let (server, _) = raw_server(Some(
        "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nonly this",
    ))
    .await;
    let answer = upload(server, None, vec![]).await.unwrap();
    let error = answer.into_bytes(100).await.unwrap_err();
    assert!(matches!(error, EgressError::AnswerBroken(_)), "{error:?}");

    let answer = upload(server, None, vec![]).await.unwrap();
    let parts: Vec<_> = answer.into_stream().collect().await;
    assert_eq!(parts[0].as_ref().unwrap(), "only this");
    assert!(matches!(parts[1], Err(EgressError::AnswerBroken(_))));
    assert_eq!(parts.len(), 2);
}

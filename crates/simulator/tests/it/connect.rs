use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::world::{JANE, JANES, World, definition, signer};

type Call = (HeaderMap, Bytes);

/// A Connect listener that refuses the first calls.
struct Listener {
    url: String,
    calls: mpsc::UnboundedReceiver<Call>,
}

#[derive(Clone)]
struct Door {
    calls: mpsc::UnboundedSender<Call>,
    refuse: std::sync::Arc<std::sync::atomic::AtomicUsize>,
}

impl Listener {
    async fn new(refuse: usize) -> Self {
        let (sender, calls) = mpsc::unbounded_channel();
        let door = Door {
            calls: sender,
            refuse: std::sync::Arc::new(refuse.into()),
        };
        let router = Router::new().route("/hook", post(take)).with_state(door);
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", socket.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(socket, router).await });
        Self { url, calls }
    }

    async fn next(&mut self) -> (HeaderMap, Bytes, Value) {
        let call = tokio::time::timeout(Duration::from_secs(20), self.calls.recv()).await;
        let (headers, body) = call.expect("a message in time").unwrap();
        let value = serde_json::from_slice(&body).unwrap();
        (headers, body, value)
    }
}

async fn take(State(door): State<Door>, headers: HeaderMap, body: Bytes) -> StatusCode {
    use std::sync::atomic::Ordering::SeqCst;
    door.calls.send((headers, body)).unwrap();
    let refused = door
        .refuse
        .fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1))
        .is_ok();
    if refused {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::OK
    }
}

fn with_listener(url: &str, integrator_managed: bool, include: &[&str]) -> Value {
    let mut envelope = definition("sent", &[signer(1, "Bob", 1)]);
    envelope["eventNotification"] = json!({
        "url": url,
        "requireAcknowledgment": "true",
        "deliveryMode": "SIM",
        "events": ["envelope-sent", "recipient-completed", "envelope-completed"],
        "eventData": { "version": "restv2.1", "includeData": include },
        "includeHMAC": "true",
        "integratorManaged": integrator_managed.to_string(),
    });
    envelope
}

fn signature(key: &str, body: &[u8]) -> String {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, key.as_bytes());
    STANDARD.encode(aws_lc_rs::hmac::sign(&key, body))
}

#[tokio::test]
async fn events_arrive_in_order_and_signed_with_the_integrator_s_key() {
    let (world, mut listener) = (World::new().await, Listener::new(0).await);
    let token = world.access(JANE).await;
    let include = ["recipients", "custom_fields", "documents"];
    let id = world
        .create(JANES, &token, &with_listener(&listener.url, true, &include))
        .await;
    world
        .sign(&world.signing_urls("bob@signer.example").await[0], "Bob")
        .await;
    for event in ["envelope-sent", "recipient-completed", "envelope-completed"] {
        let (headers, bytes, body) = listener.next().await;
        assert_eq!(body["event"], event);
        assert_eq!(body["data"]["envelopeId"], id);
        assert_eq!(body["data"]["accountId"], JANES);
        assert_eq!(headers["x-authorization-digest"], "HMACSHA256");
        assert_eq!(
            headers["x-docusign-signature-1"],
            signature("simulator-hmac-key", &bytes)
        );
        assert!(!headers.contains_key("x-docusign-signature-2"));
        let summary = &body["data"]["envelopeSummary"];
        assert_eq!(summary["sender"]["email"], JANE.0);
        let document = summary["envelopeDocuments"][0]["PDFBytes"]
            .as_str()
            .unwrap();
        assert!(STANDARD.decode(document).unwrap().starts_with(b"%PDF"));
    }
}

#[tokio::test]
async fn a_refused_message_is_repeated_and_the_account_s_keys_sign_otherwise() {
    let (world, mut listener) = (World::new().await, Listener::new(1).await);
    let token = world.access(JANE).await;
    let id = world
        .create(JANES, &token, &with_listener(&listener.url, false, &[]))
        .await;
    let (headers, bytes, first) = listener.next().await;
    assert_eq!(
        headers["x-docusign-signature-1"],
        signature("account-1-hmac-key", &bytes)
    );
    assert_eq!(
        first["data"],
        json!({ "accountId": JANES, "userId": first["data"]["userId"], "envelopeId": id })
    );
    let (_, _, second) = listener.next().await;
    assert_eq!(
        (first["retryCount"].as_u64(), second["retryCount"].as_u64()),
        (Some(0), Some(1))
    );
    assert_eq!(first["generatedDateTime"], second["generatedDateTime"]);

    assert_eq!(
        world
            .control(
                Method::POST,
                "connect/redeliver",
                &json!({ "envelope_id": id })
            )
            .await,
        200
    );
    assert_eq!(listener.next().await.2["event"], "envelope-sent");
    let outcomes: Vec<_> = world
        .look("deliveries")
        .await
        .into_iter()
        .map(|one| one["outcome"].clone())
        .collect();
    assert_eq!(outcomes[..2], ["will_retry", "delivered"]);
}

#[tokio::test]
async fn paused_deliveries_wait_and_duplicates_repeat() {
    let (world, mut listener) = (World::new().await, Listener::new(0).await);
    let token = world.access(JANE).await;
    world
        .control(Method::PUT, "switches", &json!({ "connect_paused": true }))
        .await;
    world
        .create(JANES, &token, &with_listener(&listener.url, true, &[]))
        .await;
    assert!(listener.calls.try_recv().is_err());
    assert!(world.look("deliveries").await.is_empty());
    world
        .control(Method::PUT, "switches", &json!({ "connect_duplicates": 1 }))
        .await;
    assert_eq!(listener.next().await.2["event"], "envelope-sent");
    world
        .sign(&world.signing_urls("bob@signer.example").await[0], "Bob")
        .await;
    let mut events = Vec::new();
    for _ in 0..4 {
        events.push(
            listener.next().await.2["event"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    assert_eq!(
        events,
        [
            "recipient-completed",
            "recipient-completed",
            "envelope-completed",
            "envelope-completed"
        ]
    );
}

//! What tests of sends do again and again.

use ownhand_connector::{Caller, EnvelopeView, Error};
use ownhand_testkit::{JANE, World, pdf};
use serde_json::{Value, json};

pub(crate) const SIGNER: &str = "signer@client.example";

pub(crate) fn definition() -> Value {
    json!({
        "emailSubject": "Please sign the NDA",
        "documents": [{ "hostDocument": "contracts/nda.pdf" }],
        "recipients": { "signers": [{ "recipientId": "1", "routingOrder": "1", "name": "A Signer", "email": SIGNER }] }
    })
}

pub(crate) async fn linked() -> (World, Caller) {
    let world = World::new().await;
    world.documents.put("contracts/nda.pdf", pdf("The NDA"));
    world.link("jane", JANE).await.unwrap();
    let caller = world.caller("jane").await;
    (world, caller)
}

pub(crate) async fn send(world: &World, caller: &Caller, key: &str) -> Result<EnvelopeView, Error> {
    let sent = world
        .connector
        .send(caller, key, None, definition())
        .await?;
    Ok(sent.envelope)
}

/// The signing requests in the outbox.
pub(crate) async fn mails(world: &World) -> Vec<Value> {
    let outbox = world.docusign.list("outbox").await;
    outbox
        .into_iter()
        .filter(|mail| mail["kind"] == "signing_request")
        .collect()
}

/// The signed event of an envelope, as DocuSign sends it.
pub(crate) async fn deliver(world: &World, envelope_id: &str, event: &str, account: &str) {
    let body = json!({
        "event": event,
        "apiVersion": "v2.1",
        "retryCount": 0,
        "generatedDateTime": "2026-11-23T12:00:00.0000000Z",
        "data": { "accountId": account, "envelopeId": envelope_id }
    })
    .to_string();
    let signature = world.connect_signature(body.as_bytes());
    world
        .connector
        .receive_event("acme", body.as_bytes(), &[signature.as_bytes()])
        .await
        .unwrap();
}

/// Works until nothing is due.
pub(crate) async fn work(world: &World) {
    for _ in 0..50 {
        if !world.connector.work_once().await.unwrap() {
            return;
        }
    }
    panic!("the work does not end");
}

use reqwest::Method;
use serde_json::json;

use crate::world::{JANE, JANES, World, definition, location, parameter, signer};

#[tokio::test]
async fn two_signers_sign_in_their_order() {
    let world = World::new().await;
    let token = world.access(JANE).await;
    let signers = [signer(1, "Bob", 1), signer(2, "Eve", 2)];
    let id = world
        .create(JANES, &token, &definition("sent", &signers))
        .await;
    let path = format!("/envelopes/{id}");
    assert!(
        world.signing_urls("eve@signer.example").await.is_empty(),
        "not her turn"
    );

    let bob = world.signing_urls("bob@signer.example").await.remove(0);
    let page = world
        .client
        .get(&bob)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    for text in [
        "Jane Doe",
        JANE.0,
        "Please sign the lease",
        "Lease.pdf",
        "Adopt and sign",
    ] {
        assert!(page.contains(text), "{text}");
    }
    let (_, recipients) = world
        .get(JANES, &format!("{path}/recipients"), &token)
        .await;
    assert_eq!(recipients["signers"][0]["status"], "delivered");
    assert_eq!(recipients["currentRoutingOrder"], "1");
    assert_eq!(world.sign(&bob, "Bob B.").await.status(), 200);
    let again = world
        .client
        .post(&bob)
        .form(&[("action", "sign")])
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), 409, "nobody signs twice");

    let eve = world.signing_urls("eve@signer.example").await.remove(0);
    assert_eq!(world.sign(&eve, "Eve E.").await.status(), 200);
    let (_, envelope) = world
        .get(JANES, &format!("{path}?include=recipients"), &token)
        .await;
    assert_eq!(envelope["status"], "completed");
    assert_eq!(envelope["recipients"]["signers"][1]["status"], "completed");
    let completed = world
        .look("outbox")
        .await
        .into_iter()
        .filter(|mail| mail["kind"] == "completed")
        .count();
    assert_eq!(completed, 3, "the sender and both signers");
}

#[tokio::test]
async fn declining_ends_the_envelope() {
    let world = World::new().await;
    let token = world.access(JANE).await;
    let id = world
        .create(JANES, &token, &definition("sent", &[signer(1, "Bob", 1)]))
        .await;
    let bob = world.signing_urls("bob@signer.example").await.remove(0);
    let fields = [("action", "decline"), ("reason", "wrong price")];
    assert_eq!(
        world
            .client
            .post(&bob)
            .form(&fields)
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    let (_, envelope) = world
        .get(
            JANES,
            &format!("/envelopes/{id}?include=recipients"),
            &token,
        )
        .await;
    assert_eq!(envelope["status"], "declined");
    assert_eq!(
        envelope["recipients"]["signers"][0]["declinedReason"],
        "wrong price"
    );
}

#[tokio::test]
async fn a_voided_envelope_cannot_be_signed_and_a_resend_mails_again() {
    let world = World::new().await;
    let token = world.access(JANE).await;
    let id = world
        .create(JANES, &token, &definition("sent", &[signer(1, "Bob", 1)]))
        .await;
    let path = format!("/envelopes/{id}");
    assert_eq!(
        world
            .put(
                JANES,
                &format!("{path}?resend_envelope=true"),
                &token,
                &json!({})
            )
            .await
            .0,
        200
    );
    let urls = world.signing_urls("bob@signer.example").await;
    assert_eq!(urls.len(), 2);
    let void = json!({ "status": "voided", "voidedReason": "mistake" });
    assert_eq!(world.put(JANES, &path, &token, &void).await.0, 200);
    assert_eq!(
        world.client.get(&urls[0]).send().await.unwrap().status(),
        409
    );
    let (status, body) = world.put(JANES, &path, &token, &void).await;
    assert_eq!(
        (status, body["errorCode"].as_str()),
        (400, Some("ENVELOPE_CANNOT_VOID_INVALID_STATE"))
    );
}

#[tokio::test]
async fn an_embedded_view_opens_once_and_returns_with_an_event() {
    let world = World::new().await;
    let token = world.access(JANE).await;
    let mut bob = signer(1, "Bob", 1);
    bob["clientUserId"] = "u-1".into();
    let id = world
        .create(JANES, &token, &definition("sent", &[bob]))
        .await;
    assert!(
        world.look("outbox").await.is_empty(),
        "embedded signers get no mail"
    );
    let path = format!("/envelopes/{id}/views/recipient");
    let request = |name: &str| {
        json!({
            "returnUrl": "https://dms.example/back?x=1", "authenticationMethod": "none", "clientUserId": "u-1",
            "userName": name, "email": "bob@signer.example",
        })
    };
    let (status, body) = world.post(JANES, &path, &token, &request("Robert")).await;
    assert_eq!(
        (status, body["errorCode"].as_str()),
        (400, Some("UNKNOWN_ENVELOPE_RECIPIENT"))
    );

    let (status, late) = world.post(JANES, &path, &token, &request("Bob")).await;
    assert_eq!(status, 201);
    world
        .control(Method::POST, "clock", &json!({ "advance_seconds": 301 }))
        .await;
    let answer = world
        .client
        .get(late["url"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(
        parameter(&location(&answer), "event").as_deref(),
        Some("ttl_expired")
    );

    let (_, view) = world.post(JANES, &path, &token, &request("Bob")).await;
    let once = view["url"].as_str().unwrap();
    let opened = world.client.get(once).send().await.unwrap();
    assert_eq!(opened.status(), 303);
    let page = world.url(opened.headers()["location"].to_str().unwrap());
    assert_eq!(
        world.client.get(once).send().await.unwrap().status(),
        404,
        "single use"
    );
    let done = world.sign(&page, "Bob").await;
    let back = location(&done);
    assert_eq!(
        back.as_str(),
        "https://dms.example/back?x=1&event=signing_complete"
    );
}

#[tokio::test]
async fn parallel_signers_a_copy_and_a_reader_follow_their_orders() {
    let world = World::new().await;
    let token = world.access(JANE).await;
    let mut envelope = definition("sent", &[signer(1, "Bob", 1), signer(2, "Eve", 1)]);
    envelope["recipients"]["carbonCopies"] = json!([signer(3, "Carl", 2)]);
    envelope["recipients"]["certifiedDeliveries"] = json!([signer(4, "Dora", 3)]);
    let id = world.create(JANES, &token, &envelope).await;
    let eve = world.signing_urls("eve@signer.example").await.remove(0);
    world.sign(&eve, "Eve").await;
    let mails_to = async |to: &str| {
        let mails = world.look("outbox").await;
        mails
            .into_iter()
            .filter(|mail| mail["to"] == to)
            .map(|mail| mail["kind"].clone())
            .collect::<Vec<_>>()
    };
    assert!(
        mails_to("carl@signer.example").await.is_empty(),
        "Bob has not signed"
    );
    let bob = world.signing_urls("bob@signer.example").await.remove(0);
    world.sign(&bob, "Bob").await;
    assert_eq!(mails_to("carl@signer.example").await, ["copy"]);

    let path = format!("/envelopes/{id}");
    assert_eq!(
        world.get(JANES, &path, &token).await.1["status"],
        "sent",
        "Dora has not read"
    );
    let dora = world.signing_urls("dora@signer.example").await.remove(0);
    let page = world
        .client
        .get(&dora)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(!page.contains("Adopt and sign"));
    assert_eq!(
        world.get(JANES, &path, &token).await.1["status"],
        "completed"
    );
    assert_eq!(mails_to("carl@signer.example").await, ["copy", "completed"]);
}

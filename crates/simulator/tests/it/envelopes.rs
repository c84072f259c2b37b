use reqwest::Method;
use serde_json::json;

use crate::world::{ALEX, JANE, JANES, SAM, SAMS, World, definition, pdf, read, signer};

#[tokio::test]
async fn a_json_envelope_is_created_sent_and_mailed_in_its_sender_s_name() {
    let world = World::new().await;
    let token = world.access(JANE).await;
    let call = world
        .rest(Method::POST, JANES, "/envelopes", &token)
        .json(&definition("sent", &[signer(1, "Bob", 1)]));
    let answer = call.send().await.unwrap();
    assert_eq!(answer.status(), 201);
    for name in [
        "x-docusign-tracetoken",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "x-burstlimit-limit",
    ] {
        assert!(answer.headers().contains_key(name), "{name}");
    }
    let summary: serde_json::Value = answer.json().await.unwrap();
    let id = summary["envelopeId"].as_str().unwrap();
    assert_eq!(summary["uri"], format!("/envelopes/{id}"));
    assert_eq!(summary["status"], "sent");
    let time = summary["statusDateTime"].as_str().unwrap();
    assert!(
        time.ends_with('Z') && time.split_once('.').unwrap().1.len() == 8,
        "seven digits: {time}"
    );

    let mails = world.look("outbox").await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0]["to"], "bob@signer.example");
    assert_eq!(mails[0]["sender_email"], JANE.0);
    assert_eq!(mails[0]["account_id"], JANES);

    let (_, envelope) = world
        .get(
            "10000001",
            &format!("/envelopes/{id}?include=recipients,documents"),
            &token,
        )
        .await;
    assert_eq!(
        envelope["recipients"]["signers"][0]["recipientId"], "1",
        "scalars are strings"
    );
    assert_eq!(envelope["recipients"]["signers"][0]["status"], "sent");
    assert_eq!(envelope["envelopeDocuments"][0]["name"], "Lease.pdf");
    assert_eq!(envelope["sender"]["email"], JANE.0);
}

#[tokio::test]
async fn a_binary_multipart_draft_is_found_by_its_transaction_and_then_sent_once() {
    let world = World::new().await;
    let token = world.access(JANE).await;
    let definition = json!({
        "status": "created",
        "transactionId": "tx-1",
        "emailSubject": "Binary",
        "documents": [{ "documentId": "7", "name": "a.pdf", "fileExtension": "pdf" }],
        "recipients": { "signers": [signer(1, "Bob", 1)] },
        "customFields": { "textCustomFields": [{ "name": "send", "value": "s-1", "show": "false" }] },
    });
    let original = pdf("Binary");
    let mut body = format!("\r\n--BB\r\nContent-Type: application/json\r\nContent-Disposition: form-data\r\n\r\n{definition}\r\n--BB\r\nContent-Type: application/pdf\r\nContent-Disposition: file; filename=\"a.pdf\";documentid=7\r\n\r\n").into_bytes();
    body.extend_from_slice(&original);
    body.extend_from_slice(b"\r\n--BB--\r\n");
    let call = world.rest(Method::POST, JANES, "/envelopes", &token);
    let (status, summary) = read(
        call.header("content-type", "multipart/form-data; boundary=BB")
            .body(body),
    )
    .await;
    assert_eq!(
        (status, summary["status"].as_str()),
        (201, Some("created")),
        "{summary}"
    );
    assert!(
        world.look("outbox").await.is_empty(),
        "a draft mails nobody"
    );
    let id = summary["envelopeId"].as_str().unwrap();
    let path = format!("/envelopes/{id}");

    let draft = world
        .rest(Method::GET, JANES, &format!("{path}/documents/7"), &token)
        .send()
        .await
        .unwrap();
    assert_eq!(
        draft.bytes().await.unwrap(),
        original,
        "a draft's document is what was uploaded"
    );
    for search in [
        "transaction_ids=tx-0,tx-1",
        "from_date=2026-01-01T00%3A00%3A00Z&custom_field=send%3Ds-1",
    ] {
        let (status, found) = world
            .get(
                JANES,
                &format!("/envelopes?{search}&include=custom_fields"),
                &token,
            )
            .await;
        assert_eq!(
            (status, found["totalSetSize"].as_str()),
            (200, Some("1")),
            "{search}"
        );
        assert_eq!(found["envelopes"][0]["envelopeId"], id);
        assert_eq!(
            found["envelopes"][0]["customFields"]["textCustomFields"][0]["value"],
            "s-1"
        );
    }
    assert_eq!(
        world.get(JANES, "/envelopes", &token).await.1["errorCode"],
        "INVALID_REQUEST_PARAMETER"
    );

    let sent = json!({ "status": "sent" });
    assert_eq!(
        world.put(JANES, &path, &token, &sent).await,
        (200, json!({ "envelopeId": id }))
    );
    let (status, again) = world.put(JANES, &path, &token, &sent).await;
    assert_eq!(
        (status, again["errorCode"].as_str()),
        (400, Some("ENVELOPE_INVALID_STATUS"))
    );
    assert_eq!(world.look("outbox").await.len(), 1);
}

#[tokio::test]
async fn a_repeated_transaction_makes_a_second_envelope_and_listings_may_lag() {
    let world = World::new().await;
    let token = world.access(JANE).await;
    let mut draft = definition("created", &[signer(1, "Bob", 1)]);
    draft["transactionId"] = "tx".into();
    let (first, second) = (
        world.create(JANES, &token, &draft).await,
        world.create(JANES, &token, &draft).await,
    );
    assert_ne!(first, second);
    assert_eq!(
        world
            .control(
                Method::PUT,
                "switches",
                &json!({ "listing_lag_seconds": 60 })
            )
            .await,
        200
    );
    assert_eq!(
        world
            .get(JANES, "/envelopes?transaction_ids=tx", &token)
            .await
            .1["totalSetSize"],
        "0"
    );
    world
        .control(Method::POST, "clock", &json!({ "advance_seconds": 61 }))
        .await;
    let (_, page) = world
        .get(JANES, "/envelopes?transaction_ids=tx&count=1", &token)
        .await;
    assert_eq!(
        (
            page["totalSetSize"].as_str(),
            page["resultSetSize"].as_str()
        ),
        (Some("2"), Some("1"))
    );
    assert!(page["nextUri"].is_string());

    let (_, found) = world
        .put(
            JANES,
            "/envelopes/status?envelope_ids=request_body",
            &token,
            &json!({ "envelopeIds": [first] }),
        )
        .await;
    assert_eq!(found["envelopes"][0]["envelopeId"], first);
    world
        .control(
            Method::POST,
            "clock",
            &json!({ "advance_seconds": 7 * 24 * 3600 }),
        )
        .await;
    let token = world.access(JANE).await;
    let (_, late) = world
        .get(JANES, "/envelopes?transaction_ids=tx", &token)
        .await;
    assert_eq!(late["totalSetSize"], "0", "known for seven days");

    let away = json!({ "envelopeIds": [second] });
    assert_eq!(
        world
            .put(JANES, "/folders/recyclebin", &token, &away)
            .await
            .0,
        200
    );
    let (_, deleted) = world
        .get(JANES, &format!("/envelopes/{second}"), &token)
        .await;
    assert_eq!(deleted["status"], "deleted");
}

#[tokio::test]
async fn incomplete_or_unreadable_envelopes_are_refused() {
    let world = World::new().await;
    let token = world.access(JANE).await;
    let whole = definition("sent", &[signer(1, "Bob", 1)]);
    let mut nobody = whole.clone();
    nobody["recipients"] = json!({});
    let mut unreadable = whole.clone();
    unreadable["documents"][0]["documentBase64"] = "aGVsbG8=".into();
    let mut bad_mail = whole.clone();
    bad_mail["recipients"]["signers"][0]["email"] = "nobody".into();
    let cases = [
        (nobody, "ENVELOPE_IS_INCOMPLETE"),
        (unreadable, "UNABLE_TO_LOAD_DOCUMENT"),
        (bad_mail, "INVALID_EMAIL_ADDRESS_FOR_RECIPIENT"),
        (json!([]), "INVALID_REQUEST_BODY"),
    ];
    for (body, code) in cases {
        let (status, answer) = world.post(JANES, "/envelopes", &token, &body).await;
        assert_eq!((status, answer["errorCode"].as_str()), (400, Some(code)));
    }
    assert!(
        world.look("envelopes").await.is_empty(),
        "a refused envelope leaves nothing behind"
    );
}

#[tokio::test]
async fn every_call_needs_the_right_token_for_the_right_account() {
    let world = World::new().await;
    let (jane, alex) = (world.access(JANE).await, world.access(ALEX).await);
    let sam = world.access(SAM).await;
    let id = world.create(SAMS, &sam, &definition("created", &[])).await;
    let missing = "/envelopes/00000000-0000-4000-8000-000000000000";
    let code = async |account: &str, path: &str, token: &str| {
        let (status, body) = world.get(account, path, token).await;
        (
            status,
            body["errorCode"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let expect = |status: u16, code: &str| (status, code.to_owned());
    assert_eq!(
        code(SAMS, "", &jane).await,
        expect(401, "USER_DOES_NOT_BELONG_TO_SPECIFIED_ACCOUNT")
    );
    assert_eq!(
        code(JANES, "", "nonsense").await,
        expect(401, "AUTHORIZATION_INVALID_TOKEN")
    );
    assert_eq!(
        code(JANES, missing, &jane).await,
        expect(404, "ENVELOPE_DOES_NOT_EXIST")
    );
    let path = format!("/envelopes/{id}");
    assert_eq!(
        code(SAMS, &path, &alex).await,
        expect(400, "USER_NOT_ENVELOPE_SENDER_OR_RECIPIENT")
    );
    assert_eq!(
        code(JANES, &path, &jane).await,
        expect(404, "ENVELOPE_DOES_NOT_EXIST")
    );
    let bare = world
        .client
        .get(world.url(&format!("/restapi/v2.1/accounts/{JANES}")));
    assert_eq!(
        read(bare).await.1["errorCode"],
        "PARTNER_AUTHENTICATION_FAILED"
    );
    assert_eq!(
        code(JANES, "/nothing", &jane).await,
        expect(404, "RESOURCE_NOT_FOUND")
    );
}

#[tokio::test]
async fn a_named_base_uri_binds_an_account_to_its_host_and_a_reader_cannot_send() {
    let seed = r#"
        [[integration]]
        key = "7c2b8a6e-4f1d-4c57-9a2b-0d5e1f3a9b10"
        secret = "simulator-secret"
        redirect_uris = ["http://127.0.0.1:8080/oauth/callback"]
        [[user]]
        id = "a1b6c1d0-0001-4000-8000-000000000001"
        name = "Jane Doe"
        email = "jane.doe@acme.example"
        password = "jane"
        [[account]]
        id = "ac000000-0001-4000-8000-000000000001"
        number = "1"
        name = "Far away"
        base_uri = "http://localhost:{http_port}"
        members = [{ user = "jane.doe@acme.example" }]
        [[account]]
        id = "ac000000-0002-4000-8000-000000000002"
        number = "2"
        name = "Here, for reading"
        members = [{ user = "jane.doe@acme.example", can_send = false }]
    "#;
    let world = World::seeded(seed).await;
    let token = world.access(JANE).await;
    assert_eq!(
        world.get(JANES, "", &token).await.1["errorCode"],
        "USER_AUTHENTICATION_FAILED"
    );
    let far = world.url("/").replace("127.0.0.1", "localhost");
    let call = |account: &str| {
        world
            .client
            .get(format!("{far}restapi/v2.1/accounts/{account}"))
            .bearer_auth(&token)
    };
    assert_eq!(read(call(JANES)).await.0, 200);
    assert_eq!(
        read(call(SAMS)).await.1["errorCode"],
        "USER_AUTHENTICATION_FAILED"
    );
    let (status, body) = world
        .post(SAMS, "/envelopes", &token, &definition("created", &[]))
        .await;
    assert_eq!(
        (status, body["errorCode"].as_str()),
        (401, Some("USER_LACKS_PERMISSIONS"))
    );
}

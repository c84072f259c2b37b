//! The other REST calls: their requests, and the reading of their answers.

use std::sync::{Arc, Mutex};

use futures_util::StreamExt;
use ownhand_docusign::rest::{
    Caller, Download, EnvelopeStatus, Include, RecipientKind, RecipientViewRequest,
};
use ownhand_docusign::{CallError, ErrorClass};
use serde_json::json as value;
use url::Url;

use crate::fake::{ACCOUNT, Answer, ENVELOPE, Fake, envelope, json};

fn line(method: &str, rest: &str) -> String {
    format!("{method} /restapi/v2.1/accounts/{ACCOUNT}/{rest}")
}

#[tokio::test]
async fn changes_are_small_puts() {
    let fake = Fake::answering(json(200, format!(r#"{{"envelopeId":"{ENVELOPE}"}}"#))).await;
    let (rest, caller, id) = (fake.rest(), fake.caller(), envelope());
    rest.send_draft(caller, &id).await.unwrap();
    rest.void(caller, &id, "Wrong \"price\"").await.unwrap();
    rest.resend(caller, &id).await.unwrap();
    rest.delete_draft(caller, &id).await.unwrap();

    let expected = [
        (format!("envelopes/{ENVELOPE}"), value!({"status": "sent"})),
        (
            format!("envelopes/{ENVELOPE}"),
            value!({"status": "voided", "voidedReason": "Wrong \"price\""}),
        ),
        (
            format!("envelopes/{ENVELOPE}?resend_envelope=true"),
            value!({}),
        ),
        (
            "folders/recyclebin".to_owned(),
            value!({"envelopeIds": [ENVELOPE]}),
        ),
    ];
    for (request, (path, body)) in fake.requests().iter().zip(expected) {
        assert_eq!(request.line, line("PUT", &path));
        assert_eq!(request.json(), body);
        assert_eq!(request.header("content-type"), "application/json");
    }
}

#[tokio::test]
async fn a_failure_inside_a_success_is_a_failure() {
    let details = r#"{"errorDetails":{"errorCode":"ENVELOPE_INVALID_STATUS","message":"no"}}"#;
    for body in [
        details.to_owned(),
        format!(r#"{{"envelopes":[{details}]}}"#),
    ] {
        let fake = Fake::answering(json(200, body)).await;
        let error = fake
            .rest()
            .delete_draft(fake.caller(), &envelope())
            .await
            .unwrap_err();
        assert_eq!(error.class(), Some(ErrorClass::EnvelopeState));
    }
}

#[tokio::test]
async fn an_envelope_is_read_with_what_was_included() {
    let body = value!({
        "envelopeId": ENVELOPE, "status": "Completed", "emailSubject": "Hi", "voidedReason": "",
        "sender": {"userName": "Jane", "email": "jane@acme.example", "accountId": ACCOUNT},
        "recipients": {
            "signers": [
                {"recipientId": "2", "name": "Bob", "routingOrder": "2", "status": "completed"},
                {"recipientId": 1, "name": "Ann", "routingOrder": 1, "clientUserId": "c"},
            ],
            "carbonCopies": [{"recipientId": "3", "routingOrder": "3"}],
            "agents": null, "recipientCount": "3", "currentRoutingOrder": "1",
        },
        "customFields": {"textCustomFields": [{"name": "send", "value": "s-1", "show": "false"}]},
        "envelopeDocuments": [{"documentId": "1", "name": "a.pdf", "type": "content"}],
    });
    let fake = Fake::answering(json(200, body.to_string())).await;
    let include = [
        Include::Recipients,
        Include::CustomFields,
        Include::Documents,
    ];
    let read = fake
        .rest()
        .get_envelope(fake.caller(), &envelope(), &include)
        .await
        .unwrap();
    assert_eq!(
        fake.request().line,
        line(
            "GET",
            &format!("envelopes/{ENVELOPE}?include=recipients%2Ccustom_fields%2Cdocuments")
        )
    );
    assert!(read.status == EnvelopeStatus::Completed && read.status.is_terminal());
    assert_eq!(read.voided_reason, None);
    assert_eq!(read.custom_field("send"), Some("s-1"));
    assert_eq!(read.custom_field("other"), None);
    assert_eq!(read.documents[0].name.as_deref(), Some("a.pdf"));
    let sender = read.sender.unwrap();
    assert_eq!(sender.email.as_deref(), Some("jane@acme.example"));
    let names: Vec<_> = read.recipients.iter().map(|r| r.name.as_deref()).collect();
    assert_eq!(names, [Some("Ann"), Some("Bob"), None]);
    assert_eq!(read.recipients[0].recipient_id.as_deref(), Some("1"));
    assert_eq!(read.recipients[2].kind, RecipientKind::CarbonCopy);
}

#[tokio::test]
async fn recipients_are_one_list() {
    let body = r#"{"signers":[{"name":"Ann","declinedReason":"no"}],"recipientCount":"1"}"#;
    let fake = Fake::answering(json(200, body)).await;
    let recipients = fake
        .rest()
        .list_recipients(fake.caller(), &envelope())
        .await
        .unwrap();
    assert_eq!(
        fake.request().line,
        line("GET", &format!("envelopes/{ENVELOPE}/recipients"))
    );
    assert_eq!(recipients.len(), 1);
    assert_eq!(recipients[0].kind, RecipientKind::Signer);
    assert_eq!(recipients[0].declined_reason.as_deref(), Some("no"));
}

#[tokio::test]
async fn envelopes_are_found_by_transaction_id() {
    let body = format!(
        r#"{{"resultSetSize":"1","envelopes":[{{"envelopeId":"{ENVELOPE}","status":"created"}}]}}"#
    );
    for (body, found) in [
        (body.as_str(), 1),
        (r#"{"resultSetSize":"0"}"#, 0),
        (r#"{"envelopes":null}"#, 0),
    ] {
        let fake = Fake::answering(json(200, body)).await;
        let rest = fake.rest();
        let envelopes = rest
            .find_by_transaction_id(fake.caller(), "s&1")
            .await
            .unwrap();
        assert_eq!(envelopes.len(), found);
        let path = "envelopes?transaction_ids=s%261&include=custom_fields";
        assert_eq!(fake.request().line, line("GET", path));
        for bad in ["", "a,b"] {
            let error = rest.find_by_transaction_id(fake.caller(), bad).await;
            assert!(matches!(error, Err(CallError::Invalid(_))));
        }
    }
}

#[tokio::test]
async fn a_view_url_is_a_secret() {
    let fake = Fake::answering(json(201, r#"{"url":"https://demo.docusign.net/s?t=1"}"#)).await;
    let view = RecipientViewRequest {
        return_url: Url::parse("https://dms.example/back").unwrap(),
        authentication_method: "none".to_owned(),
        user_name: "Ann".to_owned(),
        email: "ann@example.org".to_owned(),
        client_user_id: Some("c".to_owned()),
        recipient_id: None,
    };
    let rest = fake.rest();
    let url = rest
        .recipient_view(fake.caller(), &envelope(), &view)
        .await
        .unwrap();
    assert_eq!(url.expose(), "https://demo.docusign.net/s?t=1");
    assert_eq!(format!("{url:?}"), "ViewUrl([redacted])");
    let request = fake.request();
    assert_eq!(
        request.line,
        line("POST", &format!("envelopes/{ENVELOPE}/views/recipient"))
    );
    assert_eq!(
        request.json(),
        value!({"returnUrl": "https://dms.example/back", "authenticationMethod": "none",
            "userName": "Ann", "email": "ann@example.org", "clientUserId": "c"})
    );
    rest.sender_view(fake.caller(), &envelope(), &view.return_url)
        .await
        .unwrap();
    let request = fake.request();
    assert_eq!(
        request.line,
        line("POST", &format!("envelopes/{ENVELOPE}/views/sender"))
    );
    assert_eq!(
        request.json(),
        value!({"returnUrl": "https://dms.example/back"})
    );
}

#[tokio::test]
async fn downloads_are_streams() {
    let answer = Answer {
        status: 200,
        headers: vec![("content-type", "application/pdf".to_owned())],
        body: "%PDF-1.7".to_owned(),
    };
    let fake = Fake::answering(answer).await;
    for (which, path) in [
        (Download::Document(2), "2"),
        (
            Download::Combined { certificate: false },
            "combined?certificate=false",
        ),
        (
            Download::Combined { certificate: true },
            "combined?certificate=true",
        ),
        (Download::Certificate, "certificate"),
    ] {
        let file = fake
            .rest()
            .download(fake.caller(), &envelope(), which)
            .await
            .unwrap();
        assert_eq!(file.content_type.as_deref(), Some("application/pdf"));
        assert_eq!(file.length, Some(8));
        let chunks: Vec<_> = file.stream.map(Result::unwrap).collect().await;
        assert_eq!(chunks.concat(), b"%PDF-1.7");
        let path = format!("envelopes/{ENVELOPE}/documents/{path}");
        assert_eq!(fake.request().line, line("GET", &path));
    }
}

#[tokio::test]
async fn a_download_cut_in_half_ends_with_an_error() {
    let half = "HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\ncontent-length: 80\r\n\r\n%PDF";
    let fake = Fake::raw(Some(half.to_owned())).await;
    let file = fake
        .rest()
        .download(fake.caller(), &envelope(), Download::Certificate)
        .await
        .unwrap();
    let chunks: Vec<_> = file.stream.collect().await;
    assert!(chunks.last().unwrap().is_err());
}

#[tokio::test]
async fn a_foreign_base_uri_never_sees_the_token() {
    let fake = Fake::answering(json(200, "{}")).await;
    let stranger = Fake::answering(json(200, "{}")).await;
    let caller = Caller {
        base_uri: &stranger.base,
        ..fake.caller()
    };
    let error = fake
        .rest()
        .send_draft(caller, &envelope())
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::ForeignBaseUri(_)), "{error:?}");
    assert!(stranger.requests().is_empty() && fake.requests().is_empty());
}

#[tokio::test]
async fn the_limits_of_each_answer_are_told() {
    let mut answer = json(404, "");
    for (name, text) in [
        ("X-RateLimit-Remaining", "12"),
        ("X-BurstLimit-Remaining", "3"),
    ] {
        answer.headers.push((name, text.to_owned()));
    }
    let fake = Fake::answering(answer).await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&told);
    let rest = fake
        .rest()
        .with_rate_observer(Arc::new(move |account, limits| {
            kept.lock().unwrap().push((account.to_string(), *limits));
        }));
    let error = rest.resend(fake.caller(), &envelope()).await.unwrap_err();
    assert!(error.is_not_found());
    let told = told.lock().unwrap();
    let [(account, limits)] = &told[..] else {
        panic!("{told:?}");
    };
    assert_eq!(account, ACCOUNT);
    assert_eq!(
        (limits.remaining, limits.burst_remaining),
        (Some(12), Some(3))
    );
}

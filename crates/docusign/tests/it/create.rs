//! Creating drafts: the bytes on the wire, and what happens when a document fails.

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use ownhand_docusign::CallError;
use ownhand_docusign::rest::{DocumentPart, EnvelopeStatus};
use ownhand_egress::{BoxError, EgressError};
use serde_json::json as value;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::fake::{ACCOUNT, ENVELOPE, Fake, json};

type Chunks = Vec<Result<&'static str, BoxError>>;

fn part(document_id: u32, name: &str, length: Option<u64>, chunks: Chunks) -> DocumentPart {
    let chunks = stream::iter(chunks).map(|chunk| chunk.map(Bytes::from));
    DocumentPart {
        document_id,
        name: name.to_owned(),
        file_extension: "pdf".to_owned(),
        content_type: "application/pdf".to_owned(),
        length,
        stream: chunks.boxed(),
    }
}

fn created() -> crate::fake::Answer {
    json(
        201,
        format!(
            r#"{{"envelopeId":"{ENVELOPE}","uri":"/envelopes/{ENVELOPE}","statusDateTime":"2020-08-18T23:36:26.8830000Z","status":"created"}}"#
        ),
    )
}

#[tokio::test]
async fn the_multipart_body_is_docusigns_layout_byte_for_byte() {
    let fake = Fake::answering(created()).await;
    let definition = value!({
        "emailSubject": "Please sign", "status": "sent", "transactionId": "t-1",
        "documents": [{"documentId": "2", "order": "1"}],
    });
    for (lengths, announced) in [([Some(5), Some(3)], true), ([Some(5), None], false)] {
        let parts = vec![
            part(
                1,
                "Vertrag \"A\"\r\nü.pdf",
                lengths[0],
                vec![Ok("%PD"), Ok(""), Ok("F1")],
            ),
            part(2, "b.pdf", lengths[1], vec![Ok("\r\n-")]),
        ];
        let summary = fake
            .rest()
            .create_draft(fake.caller(), definition.clone(), parts)
            .await
            .unwrap();
        assert_eq!(summary.envelope_id.to_string(), ENVELOPE);
        assert_eq!(summary.status, EnvelopeStatus::Created);

        let request = fake.request();
        assert_eq!(
            request.line,
            format!("POST /restapi/v2.1/accounts/{ACCOUNT}/envelopes")
        );
        assert_eq!(request.header("authorization"), "Bearer the-access-token");
        assert_eq!(request.header("accept"), "application/json");
        let boundary = request
            .header("content-type")
            .strip_prefix("multipart/form-data; boundary=")
            .unwrap();
        assert!(boundary.len() >= 40);
        let expected = [
            &format!("--{boundary}\r\n"),
            "Content-Type: application/json\r\nContent-Disposition: form-data\r\n\r\n",
            r#"{"emailSubject":"Please sign","status":"created","transactionId":"t-1","#,
            r#""documents":[{"documentId":"2","order":"1","name":"b.pdf","fileExtension":"pdf"},"#,
            r#"{"documentId":"1","name":"Vertrag \"A\"\r\nü.pdf","fileExtension":"pdf"}]}"#,
            &format!("\r\n--{boundary}\r\n"),
            "Content-Type: application/pdf\r\n",
            "Content-Disposition: file; filename=\"Vertrag %22A%22%0D%0Aü.pdf\";documentid=1\r\n\r\n",
            "%PDF1",
            &format!("\r\n--{boundary}\r\n"),
            "Content-Type: application/pdf\r\n",
            "Content-Disposition: file; filename=\"b.pdf\";documentid=2\r\n\r\n",
            "\r\n-",
            &format!("\r\n--{boundary}--\r\n"),
        ]
        .concat();
        assert_eq!(request.text(), expected);
        if announced {
            assert_eq!(request.header("content-length"), expected.len().to_string());
        } else {
            assert_eq!(request.header("transfer-encoding"), "chunked");
        }
    }
}

#[tokio::test]
async fn a_definition_without_parts_goes_as_json() {
    let fake = Fake::answering(created()).await;
    let definition = value!({"templateId": "t"});
    fake.rest()
        .create_draft(fake.caller(), definition, Vec::new())
        .await
        .unwrap();
    let request = fake.request();
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.text(), r#"{"templateId":"t","status":"created"}"#);
}

#[tokio::test]
async fn what_cannot_be_an_envelope_is_not_sent() {
    let fake = Fake::answering(created()).await;
    let fine = || part(1, "a.pdf", None, vec![Ok("x")]);
    let odd_type = DocumentPart {
        content_type: "application/pdf\r\nX: y".to_owned(),
        ..fine()
    };
    for (definition, parts) in [
        (value!([]), vec![]),
        (value!({"documents": "none"}), vec![fine()]),
        (value!({}), vec![fine(), fine()]),
        (
            value!({"documents": [{"documentId": 1, "documentBase64": "eA=="}]}),
            vec![fine()],
        ),
        (value!({}), vec![part(0, "a.pdf", None, vec![])]),
        (value!({}), vec![odd_type]),
    ] {
        let error = fake
            .rest()
            .create_draft(fake.caller(), definition, parts)
            .await
            .unwrap_err();
        assert!(matches!(error, CallError::Invalid(_)), "{error:?}");
    }
    assert!(fake.requests().is_empty());
}

/// Reads one connection to its end: tells when the document's head has arrived, and at the end all that has.
async fn listen() -> (Fake, oneshot::Receiver<()>, oneshot::Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let fake = Fake::at(listener.local_addr().unwrap(), std::sync::Arc::default());
    let (tell_begun, begun) = oneshot::channel();
    let (tell_all, all) = oneshot::channel();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut heard = Vec::new();
        let mut tell_begun = Some(tell_begun);
        // A reset ends the reading just as well as an orderly close.
        while socket.read_buf(&mut heard).await.is_ok_and(|read| read > 0) {
            if String::from_utf8_lossy(&heard).contains(";documentid=1") {
                tell_begun.take().map(|begun| begun.send(()));
            }
        }
        let _ = tell_all.send(heard);
    });
    (fake, begun, all)
}

#[tokio::test]
async fn a_document_that_fails_half_way_leaves_no_complete_request_behind() {
    let gone = || -> BoxError { "the DMS went away".into() };
    let shorter = "document 1 is shorter than the announced 9 bytes";
    let longer = "document 1 is longer than the announced 5 bytes";
    for (length, last, reason) in [
        (None, Some(Err(gone())), "the DMS went away"),
        (Some(9), Some(Err(gone())), "the DMS went away"),
        (Some(9), None, shorter),
        (Some(5), Some(Ok("more")), longer),
    ] {
        let (fake, begun, all) = listen().await;
        let mut document = part(1, "a.pdf", length, Vec::new());
        let start = stream::iter(["%PD", "F"]).map(|chunk| Ok(Bytes::from(chunk)));
        // The end only comes once the beginning is with the server.
        let end = stream::once(begun).flat_map(move |begun| {
            begun.unwrap();
            stream::iter(last.as_ref().map(|last| match last {
                Ok(text) => Ok(Bytes::from(*text)),
                Err(error) => Err(error.to_string().into()),
            }))
        });
        document.stream = start.chain(end).boxed();
        let error = fake
            .rest()
            .create_draft(fake.caller(), value!({}), vec![document])
            .await
            .unwrap_err();
        assert!(!error.may_have_been_sent());
        let CallError::Egress(EgressError::Body { source, .. }) = error else {
            panic!("{error:?}");
        };
        assert_eq!(source.to_string(), reason);

        let heard = String::from_utf8(all.await.unwrap()).unwrap();
        let (_, body) = heard.rsplit_once("documentid=1").unwrap();
        assert!(body.contains("%PD") && !body.contains("--"), "{heard}");
        assert!(!heard.ends_with("0\r\n\r\n"), "{heard}");
    }
}

#[tokio::test]
async fn a_created_envelope_with_an_unreadable_answer_may_exist() {
    let fake = Fake::answering(json(201, "<html>")).await;
    let error = fake
        .rest()
        .create_draft(fake.caller(), value!({}), Vec::new())
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::Unreadable { .. }), "{error:?}");
    assert!(error.may_have_been_sent());
}

//! Bodies: DocuSign's events, and the parts of a multipart body.

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ownhand_docusign::connect::{ConnectKey, ConnectMessage, verify};
use ownhand_simulator::multipart_bodies;

const KEY: &str = "a-connect-key";
const HEADER: &str = "x-docusign-signature-1";
const MULTIPART: &str = "multipart/form-data; boundary=B";

/// A body is believed only with a signature over exactly its bytes, and reads or is refused.
pub(super) fn connect_body(input: &[u8]) {
    let keys = [ConnectKey::new(KEY)];
    let sign = |key: &str| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
        STANDARD.encode(hmac::sign(&key, input))
    };
    let with =
        |signature: &[u8]| verify(input, [(HEADER, signature)], &keys).map(|body| body.as_bytes());
    assert_eq!(with(sign(KEY).as_bytes()), Ok(input));
    assert!(with(sign("another").as_bytes()).is_err());
    assert!(with(input).is_err(), "no input is its own signature");
    let mut longer = input.to_vec();
    longer.push(b' ');
    assert!(verify(&longer, [(HEADER, sign(KEY).as_bytes())], &keys).is_err());
    if let Ok(message) = ConnectMessage::parse(input) {
        let begins = input.trim_ascii_start().first();
        assert!(matches!(begins, Some(b'{' | b'[')), "{message:?}");
    }
}

pub(super) fn connect_examples() -> Vec<Vec<u8>> {
    let examples = [
        r#"{"event":"envelope-completed","apiVersion":"v2.1","uri":"/restapi/v2.1/x","retryCount":0,"configurationId":1,"generatedDateTime":"2026-11-25T10:00:00.0000000Z","data":{"accountId":"acc00001-0001-4000-8000-000000000001","userId":"d0c00001-0001-4000-8000-000000000001","envelopeId":"e0000001-0001-4000-8000-000000000001","envelopeSummary":{"status":"completed","voidedReason":"x"}}}"#,
        r#"{"event":"recipient-completed","data":{"accountId":"acc00001-0001-4000-8000-000000000001","envelopeId":"e0000001-0001-4000-8000-000000000001","recipientId":"1"}}"#,
        r#"{"event":"template-created","data":{}}"#,
    ]
    .map(|text| text.as_bytes().to_vec());
    for example in &examples {
        ConnectMessage::parse(example).unwrap();
    }
    examples.to_vec()
}

/// However a body is cut into pieces, it has the same parts, and no part has bytes that the body has not.
pub(super) fn multipart(input: &[u8]) {
    let whole = multipart_bodies(MULTIPART, &[input]);
    let (left, right) = input.split_at(input.len() / 2);
    assert_eq!(multipart_bodies(MULTIPART, &[left, right]), whole);
    let single: Vec<_> = input.chunks(1).collect();
    assert_eq!(multipart_bodies(MULTIPART, &single), whole);
    let bytes: usize = whole.iter().flatten().map(Vec::len).sum();
    assert!(bytes <= input.len());
    // The input as a content type: whatever boundary it names, nothing breaks.
    let content_type = format!("multipart/mixed;{}", String::from_utf8_lossy(input));
    if let Some(parts) = multipart_bodies(&content_type, &[input]) {
        assert!(parts.iter().all(|part| part.len() < input.len()));
    }
}

pub(super) fn multipart_examples() -> Vec<Vec<u8>> {
    let examples = [
        &b"preamble\r\n--B\r\nContent-Type: application/json\r\nContent-Disposition: form-data\r\n\r\n{}\r\n--B\r\nContent-Type: application/pdf\r\nContent-Disposition: file; filename=\"a;\\\"b\\\".pdf\";documentid=7\r\n\r\n%PDF\r\n--\r\n--A\r\nx\r\n--B--\r\nepilogue"[..],
        b"--B\r\n\r\n\r\n--B--",
        b"boundary=\"x\"\r\n--x\r\n\r\na\r\n--x--",
    ]
    .map(<[u8]>::to_vec);
    let parts = multipart_bodies(MULTIPART, &[&examples[0]]).unwrap();
    assert_eq!(parts, [&b"{}"[..], b"%PDF\r\n--\r\n--A\r\nx"]);
    examples.to_vec()
}

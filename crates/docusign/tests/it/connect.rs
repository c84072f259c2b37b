//! Connect: what is believed, and what is read.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ownhand_docusign::connect::{
    ConnectError, ConnectKey, ConnectMessage, EnvelopeEvent, event_notification, verify,
};
use ownhand_docusign::rest::EnvelopeStatus;
use proptest::prelude::*;
use url::Url;

use crate::fake::{ACCOUNT, ENVELOPE};

fn signature(key: &str, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    STANDARD.encode(hmac::sign(&key, body))
}

fn check(body: &[u8], headers: &[(&str, &str)], keys: &[&str]) -> Result<Vec<u8>, ConnectError> {
    let keys: Vec<_> = keys.iter().map(|key| ConnectKey::new(*key)).collect();
    let headers = headers.iter().map(|(name, text)| (*name, text.as_bytes()));
    verify(body, headers, &keys).map(|body| body.as_bytes().to_vec())
}

#[test]
fn the_signature_is_hmac_sha256_in_base64() {
    // RFC 4231, test case 2.
    let digest = hex::decode("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    let text = STANDARD.encode(digest.unwrap());
    let body = b"what do ya want for nothing?";
    let headers = [("X-DocuSign-Signature-1", text.as_str())];
    assert_eq!(check(body, &headers, &["Jefe"]).unwrap(), body);
}

#[test]
fn any_signature_by_any_key_will_do_and_nothing_else() {
    let body = b"{\"event\":\"envelope-completed\"}";
    let (ours, theirs) = (signature("new", body), signature("theirs", body));
    let both = [
        ("X-Authorization-Digest", "HMACSHA256"),
        ("x-docusign-signature-1", theirs.as_str()),
        ("X-DOCUSIGN-SIGNATURE-12", ours.as_str()),
    ];
    let swapped = [both[2], both[1]];
    for keys in [["old", "new"], ["new", "old"]] {
        assert!(check(body, &both, &keys).is_ok());
        assert!(check(body, &swapped, &keys).is_ok());
    }
    assert_eq!(check(body, &both, &["old"]), Err(ConnectError::Forged));
    assert_eq!(check(body, &both, &[]), Err(ConnectError::NoKey));
    assert_eq!(
        check(body, &both[..1], &["new"]),
        Err(ConnectError::NotSigned)
    );
    let by_nobody = signature("", body);
    let headers = [("x-docusign-signature-1", by_nobody.as_str())];
    assert_eq!(check(body, &headers, &[""]), Err(ConnectError::Forged));
    for name in [
        "x-docusign-signature-",
        "x-docusign-signature-x",
        "x-docusign-signature",
        "signature",
    ] {
        let misplaced = [(name, ours.as_str())];
        assert_eq!(
            check(body, &misplaced, &["new"]),
            Err(ConnectError::NotSigned)
        );
    }
    for broken in ["", "=", "not base64!", &ours[..43], &format!("{ours}AAAA")] {
        let headers = [("x-docusign-signature-1", broken)];
        assert_eq!(check(body, &headers, &["new"]), Err(ConnectError::Forged));
    }
}

proptest! {
    #[test]
    fn one_changed_bit_anywhere_is_a_forgery(
        body in proptest::collection::vec(any::<u8>(), 1..200),
        key in "[ -~]{1,64}",
        at: prop::sample::Index,
        bit in 0..8_u8,
        in_signature: bool,
    ) {
        let signed = signature(&key, &body);
        let headers = [("x-docusign-signature-3", signed.as_str())];
        prop_assert!(check(&body, &headers, &[&key]).is_ok());

        let mut digest = STANDARD.decode(&signed).unwrap();
        let mut changed = body.clone();
        if in_signature {
            digest[at.index(32)] ^= 1 << bit;
        } else {
            let at = at.index(body.len());
            changed[at] ^= 1 << bit;
        }
        let text = STANDARD.encode(digest);
        let headers = [("x-docusign-signature-3", text.as_str())];
        prop_assert_eq!(check(&changed, &headers, &[&key]), Err(ConnectError::Forged));
    }

    #[test]
    fn no_body_makes_the_reader_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(ConnectMessage::parse(&body).is_err());
    }
}

#[test]
fn a_minimal_message_is_read() {
    let body = format!(
        r#"{{"event":"envelope-completed","apiVersion":"v2.1","uri":"/restapi/v2.1/x","retryCount":3,
        "configurationId":21752918,"generatedDateTime":"2025-05-30T18:03:50.4233752Z",
        "data":{{"accountId":"{ACCOUNT}","userId":"u","envelopeId":"{ENVELOPE}"}}}}"#
    );
    let message = ConnectMessage::parse(body.as_bytes()).unwrap();
    assert_eq!(message.event, "envelope-completed");
    assert_eq!(message.retry_count, Some(3));
    assert_eq!(
        message.generated_date_time.as_deref(),
        Some("2025-05-30T18:03:50.4233752Z")
    );
    let news = message.envelope.unwrap();
    assert_eq!(news.account_id.to_string(), ACCOUNT);
    assert_eq!(news.envelope_id.to_string(), ENVELOPE);
    assert_eq!(news.status, Some(EnvelopeStatus::Completed));
}

#[test]
fn a_summary_says_more_than_the_event() {
    let body = format!(
        r#"{{"event":"recipient-declined","retryCount":"0","data":{{"accountId":"{ACCOUNT}","envelopeId":"{ENVELOPE}",
        "recipientId":1,"envelopeSummary":{{"status":"voided","voidedReason":"late","statusChangedDateTime":"t"}}}}}}"#
    );
    let message = ConnectMessage::parse(body.as_bytes()).unwrap();
    let news = message.envelope.unwrap();
    assert_eq!(news.status, Some(EnvelopeStatus::Voided));
    assert_eq!(news.voided_reason.as_deref(), Some("late"));
    assert_eq!(news.status_changed_date_time.as_deref(), Some("t"));
    assert_eq!(news.recipient_id.as_deref(), Some("1"));
}

#[test]
fn news_of_other_things_name_no_envelope_and_bad_ids_are_refused() {
    let other = ConnectMessage::parse(br#"{"event":"template-created","data":{}}"#).unwrap();
    assert_eq!(other.envelope, None);
    for bad in [
        "",
        "<xml/>",
        "{}",
        r#"{"event":"envelope-sent","data":{"envelopeId":"../x"}}"#,
    ] {
        assert!(ConnectMessage::parse(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn the_notification_asks_for_signed_json_one_at_a_time() {
    let url = Url::parse("https://sign.example/hooks/docusign").unwrap();
    let events = [EnvelopeEvent::Completed, EnvelopeEvent::Voided];
    assert_eq!(
        event_notification(&url, &events),
        serde_json::json!({
            "url": "https://sign.example/hooks/docusign",
            "requireAcknowledgment": "true",
            "loggingEnabled": "true",
            "deliveryMode": "SIM",
            "events": ["envelope-completed", "envelope-voided"],
            "eventData": {"version": "restv2.1", "includeData": []},
            "includeHMAC": "true",
            "integratorManaged": "true",
        })
    );
}

//! The classifier, as a table.

use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, HeaderValue, StatusCode};
use ownhand_docusign::ErrorClass as C;
use ownhand_docusign::{CallError, Retry, classify};

const NOW: u64 = 1_700_000_000;

fn error(status: u16, headers: &[(&'static str, &str)], body: &str) -> CallError {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, text)| {
            let name = http::HeaderName::from_static(name);
            (name, HeaderValue::from_str(text).unwrap())
        })
        .collect();
    let status = StatusCode::from_u16(status).unwrap();
    CallError::Api(Box::new(classify(status, &headers, body.as_bytes())))
}

fn coded(code: &str) -> String {
    format!(r#"{{"errorCode":"{code}","message":"words"}}"#)
}

#[test]
fn codes_count_more_than_statuses() {
    for (status, code, class) in [
        (401, "AUTHORIZATION_INVALID_TOKEN", C::InvalidToken),
        (401, "USER_AUTHENTICATION_FAILED", C::Authentication),
        (401, "PARTNER_AUTHENTICATION_FAILED", C::Authentication),
        (401, "USER_LACKS_MEMBERSHIP", C::NotAMember),
        (
            400,
            "USER_DOES_NOT_BELONG_TO_SPECIFIED_ACCOUNT",
            C::NotAMember,
        ),
        (400, "USER_LACKS_PERMISSIONS", C::Permission),
        // Inside an answer of success, and of no code that is known.
        (200, "ENVELOPE_IS_INCOMPLETE", C::Request),
        (400, "ENVELOPE_DOES_NOT_EXIST", C::NotFound),
        (404, "ENVELOPE_DOES_NOT_EXIST", C::NotFound),
        (400, "ENVELOPE_INVALID_STATUS", C::EnvelopeState),
        (400, "ENVELOPE_CANNOT_VOID_INVALID_STATE", C::EnvelopeState),
        (400, "ENVELOPE_ALLOWANCE_EXCEEDED", C::Allowance),
        (400, "HOURLY_APIINVOCATION_LIMIT_EXCEEDED", C::HourlyLimit),
        (429, "Hourly_APIInvocation_Limit_Exceeded", C::HourlyLimit),
        (
            400,
            "Hourly_Envelope_Polling_Limit_Exceeded",
            C::HourlyLimit,
        ),
        (
            429,
            "Burst_APIInvocation_Envelope_Limit_Exceeded",
            C::BurstLimit,
        ),
        (400, "burst_apiinvocation_limit_exceeded", C::BurstLimit),
        (429, "API_REQUEST_IS_THROTTLED", C::Throttled),
        (429, "RECIPIENT_LIMIT_EXCEEDED", C::Request),
        (400, "SOMETHING_NEW", C::Request),
        (429, "SOMETHING_NEW", C::Throttled),
        (500, "SOMETHING_NEW", C::Server),
    ] {
        let error = error(status, &[], &coded(code));
        assert_eq!(error.class(), Some(class), "{status} {code}");
        assert_eq!(error.error_code(), Some(code));
        assert_eq!(error.may_have_been_sent(), class == C::Server);
        assert_eq!(error.is_invalid_token(), class == C::InvalidToken);
        assert_eq!(error.needs_relink(), class == C::NotAMember);
    }
}

#[test]
fn bodies_that_say_nothing_leave_it_to_the_status() {
    for (status, class, retry, maybe) in [
        (400, C::Request, Retry::No, false),
        (401, C::Authentication, Retry::No, false),
        (403, C::Permission, Retry::No, false),
        (404, C::NotFound, Retry::No, false),
        (408, C::Server, Retry::After(None), true),
        (429, C::Throttled, Retry::After(None), false),
        (444, C::Throttled, Retry::After(None), false),
        (500, C::Server, Retry::After(None), true),
        (502, C::Server, Retry::After(None), true),
        (302, C::Server, Retry::After(None), true),
    ] {
        for body in ["", "<html><body>Blocked</body></html>", "[]", "{}", "\"x\""] {
            let error = error(status, &[("x-docusign-tracetoken", "trace")], body);
            assert_eq!(error.class(), Some(class), "{status} {body}");
            assert_eq!(error.error_code(), None);
            assert_eq!(error.trace_token(), Some("trace"));
            assert_eq!(error.retry(UNIX_EPOCH), retry, "{status} {body}");
            assert_eq!(error.may_have_been_sent(), maybe, "{status} {body}");
        }
    }
}

#[test]
fn limits_say_how_long_to_wait() {
    let now = UNIX_EPOCH + Duration::from_secs(NOW);
    let reset = (NOW + 90).to_string();
    let hourly = coded("HOURLY_APIINVOCATION_LIMIT_EXCEEDED");
    let burst = coded("BURST_APIINVOCATION_LIMIT_EXCEEDED");
    let seconds = |seconds| Retry::After(Some(Duration::from_secs(seconds)));

    let with_reset = [("x-ratelimit-reset", reset.as_str())];
    assert_eq!(error(400, &with_reset, &hourly).retry(now), seconds(90));
    assert_eq!(error(429, &with_reset, &burst).retry(now), seconds(30));
    let with_both = [("x-ratelimit-reset", reset.as_str()), ("retry-after", "7")];
    assert_eq!(error(429, &with_both, &hourly).retry(now), seconds(7));
    assert_eq!(error(429, &with_both, &burst).retry(now), seconds(7));
    for unreadable in ["", "soon", "-5", "1"] {
        let headers = [("x-ratelimit-reset", unreadable)];
        let retry = error(400, &headers, &hourly).retry(now);
        assert_eq!(retry, Retry::After(None), "{unreadable:?}");
    }
}

#[test]
fn a_message_is_kept_short_and_shown_once() {
    let long = "ü".repeat(10_000);
    let body = format!(r#"{{"errorCode":"X","message":"{long}"}}"#);
    let error = error(400, &[], &body);
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.starts_with("status 400, X: ü") && source.chars().count() < 600);
    assert_eq!(error.to_string(), "DocuSign refused the call");
}

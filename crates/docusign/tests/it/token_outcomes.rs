//! What is known about a spent token after each way in which a token call can end.

use std::time::Duration;

use ownhand_docusign::oauth::{OAuthClient, OAuthErrorClass, TokenCallError};
use ownhand_docusign::{ClientSecret, RefreshToken};
use tokio::net::TcpListener;

use crate::fake::{Fake, json};

async fn refresh(fake: &Fake) -> TokenCallError {
    OAuthClient::new(fake.http.clone(), fake.environment.clone(), "key")
        .refresh(&RefreshToken::new("old"), &ClientSecret::new("secret"))
        .await
        .unwrap_err()
}

#[tokio::test]
async fn a_refusal_is_definitive() {
    for (status, body, class) in [
        (
            400,
            r#"{"error":"invalid_grant"}"#,
            OAuthErrorClass::InvalidGrant,
        ),
        (
            400,
            r#"{"error":"invalid_grant","error_description":"expired_client_token"}"#,
            OAuthErrorClass::InvalidGrant,
        ),
        (
            401,
            r#"{"error":"invalid_client"}"#,
            OAuthErrorClass::InvalidClient,
        ),
        (
            400,
            r#"{"error":"consent_required"}"#,
            OAuthErrorClass::ConsentRequired,
        ),
        (
            400,
            r#"{"error":"invalid_scope","error_description":null}"#,
            OAuthErrorClass::Other,
        ),
    ] {
        let fake = Fake::answering(json(status, body)).await;
        let TokenCallError::Definitive(error) = refresh(&fake).await else {
            panic!("{body}");
        };
        assert_eq!(error.class, class, "{body}");
        assert_eq!(
            error.description.is_some(),
            body.contains("expired_client_token")
        );
    }
}

#[tokio::test]
async fn a_busy_server_says_when() {
    let mut answer = json(429, "slow down");
    answer.headers.push(("retry-after", "17".to_owned()));
    let fake = Fake::answering(answer).await;
    let TokenCallError::ServerBusy { retry_after } = refresh(&fake).await else {
        panic!();
    };
    assert_eq!(retry_after, Some(Duration::from_secs(17)));

    for (status, body) in [
        (503, "<html>"),
        (500, r#"{"error":"server_error"}"#),
        (400, r#"{"error":"temporarily_unavailable"}"#),
    ] {
        let error = refresh(&Fake::answering(json(status, body)).await).await;
        assert!(
            matches!(error, TokenCallError::ServerBusy { retry_after: None }),
            "{status} {body}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_leaves_the_outcome_unknown() {
    for (status, body) in [
        (
            200,
            "<html><body>Sign in to the hotel network</body></html>",
        ),
        (200, r#"{"access_token":"half-a-secr"#),
        (200, r#""half-a-secret""#),
        (200, r#"{"access_token":["half-a-secret"]}"#),
        (200, ""),
        (302, ""),
        (502, "<html>Bad gateway</html>"),
        (400, "<html>"),
    ] {
        let error = refresh(&Fake::answering(json(status, body)).await).await;
        let TokenCallError::OutcomeUnknown(source) = error else {
            panic!("{status} {body}: {error:?}");
        };
        assert!(!source.to_string().contains("half"), "{source}");
    }
}

#[tokio::test]
async fn an_answer_cut_in_half_or_never_given_leaves_the_outcome_unknown() {
    let half = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 400\r\n\r\n{\"access_token\":";
    for fake in [
        Fake::raw(Some(half.to_owned())).await,
        Fake::raw(Some(String::new())).await,
        Fake::raw(None).await.impatient(),
    ] {
        let error = refresh(&fake).await;
        assert!(
            matches!(error, TokenCallError::OutcomeUnknown(_)),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_call_that_finds_no_server_was_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let fake = Fake::at(listener.local_addr().unwrap(), std::sync::Arc::default());
    drop(listener);
    let error = refresh(&fake).await;
    assert!(matches!(error, TokenCallError::NotSent(_)), "{error:?}");
}

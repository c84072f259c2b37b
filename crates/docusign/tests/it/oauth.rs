//! The shapes of OAuth requests and answers.

use std::time::Duration;

use ownhand_docusign::oauth::{AuthorizeRequest, OAuthClient, authorize_url};
use ownhand_docusign::{
    AccessToken, AuthorizationCode, ClientSecret, Environment, PkceVerifier, RefreshToken,
};
use secrecy::SecretString;
use url::Url;

use crate::fake::{ACCOUNT, Fake, json};

const TOKENS: &str = r#"{"access_token":"new-access","token_type":"Bearer","refresh_token":"new-refresh","expires_in":28800,"scope":"signature"}"#;

fn client(fake: &Fake) -> OAuthClient {
    OAuthClient::new(fake.http.clone(), fake.environment.clone(), "the-key")
}

#[test]
fn the_authorize_url_says_everything_once() {
    let redirect_uri = Url::parse("https://sign.example/oauth/callback").unwrap();
    let state = SecretString::from("s+t/a=te");
    let request = AuthorizeRequest {
        client_id: "the-key",
        redirect_uri: &redirect_uri,
        state: &state,
        code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        scopes: &["signature", "extended"],
        prompt_login: true,
        login_hint: Some("jane+x@acme.example"),
    };
    let url = authorize_url(&Environment::demo().unwrap(), &request);
    assert_eq!(
        url.as_str(),
        "https://account-d.docusign.com/oauth/auth?response_type=code&scope=signature%20extended\
         &client_id=the-key&redirect_uri=https%3A%2F%2Fsign.example%2Foauth%2Fcallback&state=s%2Bt%2Fa%3Dte\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256\
         &prompt=login&login_hint=jane%2Bx%40acme.example"
    );
    let bare = AuthorizeRequest {
        prompt_login: false,
        login_hint: None,
        ..request
    };
    let url = authorize_url(&Environment::production().unwrap(), &bare);
    assert!(
        url.as_str()
            .starts_with("https://account.docusign.com/oauth/auth?")
    );
    assert!(url.as_str().ends_with("&code_challenge_method=S256"));
}

#[tokio::test]
async fn a_code_is_redeemed_with_basic_credentials_and_a_form() {
    let fake = Fake::answering(json(200, TOKENS)).await;
    let tokens = client(&fake)
        .redeem(
            &AuthorizationCode::new("the code&"),
            &PkceVerifier::new("the-verifier"),
            &Url::parse("https://sign.example/oauth/callback").unwrap(),
            &ClientSecret::new("the-secret"),
        )
        .await
        .unwrap();
    assert_eq!(tokens.access_token.expose(), "new-access");
    assert_eq!(
        tokens.refresh_token.as_ref().unwrap().expose(),
        "new-refresh"
    );
    assert_eq!(tokens.expires_in, Some(Duration::from_hours(8)));
    assert!(!format!("{tokens:?}").contains("new-"));

    let request = fake.request();
    assert_eq!(request.line, "POST /oauth/token");
    // the-key:the-secret
    assert_eq!(
        request.header("authorization"),
        "Basic dGhlLWtleTp0aGUtc2VjcmV0"
    );
    assert_eq!(
        request.header("content-type"),
        "application/x-www-form-urlencoded"
    );
    assert_eq!(
        request.text(),
        "grant_type=authorization_code&code=the+code%26&code_verifier=the-verifier\
         &redirect_uri=https%3A%2F%2Fsign.example%2Foauth%2Fcallback"
    );
}

#[tokio::test]
async fn a_refresh_carries_nothing_but_the_token() {
    let sparse = r#"{"access_token":"new-access","token_type":"Bearer","expires_in":"3600"}"#;
    let fake = Fake::answering(json(200, sparse)).await;
    let tokens = client(&fake)
        .refresh(&RefreshToken::new("old"), &ClientSecret::new("the-secret"))
        .await
        .unwrap();
    assert!(tokens.refresh_token.is_none());
    assert_eq!(tokens.expires_in, Some(Duration::from_hours(1)));
    let request = fake.request();
    assert_eq!(request.text(), "grant_type=refresh_token&refresh_token=old");
    assert!(request.header("authorization").starts_with("Basic "));
}

#[tokio::test]
async fn userinfo_is_read_whether_its_scalars_are_typed_or_texts() {
    let sub = "99999999-8888-7777-6666-555555555555";
    let body = format!(
        r#"{{"sub":"{sub}","name":"Jane","email":"jane@acme.example","created":"2015-08-13T22:03:03.45","accounts":[
            {{"account_id":"{ACCOUNT}","is_default":"true","account_name":"Acme","base_uri":"https://demo.docusign.net"}},
            {{"account_id":"{sub}","is_default":false,"account_name":7,"base_uri":"https://eu.docusign.net","organization":{{}}}}]}}"#
    );
    let fake = Fake::answering(json(200, body)).await;
    let user = client(&fake)
        .userinfo(&AccessToken::new("tok"))
        .await
        .unwrap();
    let request = fake.request();
    assert_eq!(request.line, "GET /oauth/userinfo");
    assert_eq!(request.header("authorization"), "Bearer tok");

    assert_eq!(user.sub.to_string(), sub);
    assert_eq!(user.email.as_deref(), Some("jane@acme.example"));
    let [first, second] = &user.accounts[..] else {
        panic!("{user:?}");
    };
    assert!(first.is_default && !second.is_default);
    assert_eq!(first.account_id.to_string(), ACCOUNT);
    assert_eq!(second.account_name.as_deref(), Some("7"));
    assert_eq!(second.base_uri.host_str(), Some("eu.docusign.net"));
}

#[tokio::test]
async fn userinfo_knows_the_faces_of_a_dead_token() {
    for (status, body, dead) in [
        (401, "", true),
        (
            500,
            r#"{"error":"internal_server_error","reference_id":"x"}"#,
            true,
        ),
        (400, r#"{"error":"internal_server_error"}"#, true),
        (400, r#"{"error":"invalid_token"}"#, true),
        (500, "<html>", false),
        (403, r#"{"error":"access_denied"}"#, false),
    ] {
        let fake = Fake::answering(json(status, body)).await;
        let error = client(&fake)
            .userinfo(&AccessToken::new("tok"))
            .await
            .unwrap_err();
        assert_eq!(error.is_invalid_token(), dead, "{status} {body}");
    }
}

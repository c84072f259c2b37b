use crate::world::{ALEX, JANE, REDIRECT, World, client, parameter, pkce, read};

#[tokio::test]
async fn the_code_flow_with_pkce_ends_in_tokens_and_userinfo() {
    let world = World::new().await;
    let (verifier, challenge) = pkce();
    let browser = client();
    let more = [
        ("scope", "signature extended"),
        ("state", "st ate"),
        ("code_challenge", &*challenge),
        ("code_challenge_method", "s256"),
    ];
    let back = world.walk(&browser, ALEX, &more, "accept").await;
    assert!(back.as_str().starts_with(REDIRECT));
    assert_eq!(parameter(&back, "state").as_deref(), Some("st ate"));
    let code = parameter(&back, "code").unwrap();

    let (status, body) = world
        .token_call(&[("grant_type", "authorization_code"), ("code", &code)])
        .await;
    assert_eq!(
        (status, body["error"].as_str()),
        (400, Some("invalid_grant")),
        "the verifier is missing"
    );
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("code_verifier", &verifier),
    ];
    let (status, body) = world.token_call(&fields).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 28800);
    assert_eq!(body["scope"], "extended signature");
    let (status, again) = world.token_call(&fields).await;
    assert_eq!(
        (status, again["error_description"].as_str()),
        (400, Some("expired_client_token")),
        "single use"
    );

    let token = body["access_token"].as_str().unwrap();
    let (status, info) = read(
        world
            .client
            .get(world.url("/oauth/userinfo"))
            .bearer_auth(token),
    )
    .await;
    assert_eq!(status, 200);
    assert_eq!(info["email"], ALEX.0);
    assert_eq!(info["accounts"].as_array().unwrap().len(), 2);
    assert_eq!(info["accounts"][0]["is_default"], false);
    assert_eq!(info["accounts"][1]["is_default"], true);
    assert_eq!(
        info["accounts"][1]["base_uri"],
        world.running.http.as_str().trim_end_matches('/')
    );
}

#[tokio::test]
async fn a_second_authorization_is_automatic_unless_a_login_is_demanded() {
    let world = World::new().await;
    let browser = client();
    world
        .walk(&browser, JANE, &[("scope", "signature")], "accept")
        .await;
    let again = browser
        .get(world.authorize_url(&[("scope", "signature")]))
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), 303);
    let more = [
        ("scope", "signature"),
        ("prompt", "login"),
        ("login_hint", "hint@acme.example"),
    ];
    let page = browser
        .get(world.authorize_url(&more))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        page.contains("action=\"/oauth/login\"") && page.contains("value=\"hint@acme.example\"")
    );
    let wider = browser
        .get(world.authorize_url(&[("scope", "signature extended")]))
        .send()
        .await
        .unwrap();
    assert!(
        wider
            .text()
            .await
            .unwrap()
            .contains("action=\"/oauth/consent\""),
        "a wider scope needs new consent"
    );
}

#[tokio::test]
async fn an_unregistered_redirect_uri_gets_a_page_and_no_redirect() {
    let world = World::new().await;
    let mut url = world.authorize_url(&[("scope", "signature")]);
    let query = url.query().unwrap().replace("callback", "callback%2F");
    url.set_query(Some(&query));
    let answer = client().get(url).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert!(
        answer
            .text()
            .await
            .unwrap()
            .contains("The redirect URI is not registered properly with Docusign")
    );
}

#[tokio::test]
async fn refused_consent_and_wrong_parameters_go_back_as_errors() {
    let world = World::new().await;
    let back = world
        .walk(
            &client(),
            JANE,
            &[("scope", "signature"), ("state", "s")],
            "deny",
        )
        .await;
    assert_eq!(parameter(&back, "error").as_deref(), Some("access_denied"));
    assert_eq!(parameter(&back, "state").as_deref(), Some("s"));
    let back = world
        .walk(
            &client(),
            JANE,
            &[("scope", "signature,extended")],
            "accept",
        )
        .await;
    assert_eq!(parameter(&back, "error").as_deref(), Some("invalid_scope"));
}

#[tokio::test]
async fn a_wrong_password_shows_the_form_again() {
    let world = World::new().await;
    let browser = client();
    let page = browser
        .get(world.authorize_url(&[("scope", "signature")]))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let request = crate::world::hidden(&page, "request");
    let fields = [
        ("request", &*request),
        ("email", JANE.0),
        ("password", "wrong"),
    ];
    let answer = browser
        .post(world.url("/oauth/login"))
        .form(&fields)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.unwrap().contains("password is wrong"));
}

#[tokio::test]
async fn a_public_client_needs_pkce_and_no_secret() {
    let seed = r#"
        [[integration]]
        key = "aaaaaaaa-0000-4000-8000-000000000001"
        public = true
        redirect_uris = ["http://127.0.0.1:8080/oauth/callback"]
        [[user]]
        id = "a1b6c1d0-0001-4000-8000-000000000001"
        name = "Jane Doe"
        email = "jane.doe@acme.example"
        password = "jane"
    "#;
    let world = World::seeded(seed).await;
    let key = "aaaaaaaa-0000-4000-8000-000000000001";
    let (verifier, challenge) = pkce();
    let start = |pkce: bool| {
        let mut url = world.running.http.join("/oauth/auth").unwrap();
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", key),
            ("redirect_uri", REDIRECT),
            ("scope", "signature"),
        ]);
        if pkce {
            url.query_pairs_mut().extend_pairs([
                ("code_challenge", &*challenge),
                ("code_challenge_method", "S256"),
            ]);
        }
        url
    };
    let refused = client().get(start(false)).send().await.unwrap();
    assert_eq!(
        parameter(&crate::world::location(&refused), "error").as_deref(),
        Some("invalid_request")
    );

    let browser = client();
    let page = browser
        .get(start(true))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let request = crate::world::hidden(&page, "request");
    let login = [
        ("request", &*request),
        ("email", JANE.0),
        ("password", JANE.1),
    ];
    browser
        .post(world.url("/oauth/login"))
        .form(&login)
        .send()
        .await
        .unwrap();
    let consent = [("request", &*request), ("decision", "accept")];
    let back = browser
        .post(world.url("/oauth/consent"))
        .form(&consent)
        .send()
        .await
        .unwrap();
    let code = parameter(&crate::world::location(&back), "code").unwrap();
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", key),
        ("code", &code),
        ("code_verifier", &verifier),
    ];
    assert_eq!(
        read(world.client.post(world.url("/oauth/token")).form(&fields))
            .await
            .0,
        200
    );
}

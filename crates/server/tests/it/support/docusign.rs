//! DocuSign's sign-in, as far as a link needs it: any code is good, and belongs to one user with two accounts.

use axum::{
    Json, Router,
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

pub(crate) const ACCOUNT: &str = "11111111-1111-4111-8111-111111111111";
pub(crate) const OTHER_ACCOUNT: &str = "22222222-2222-4222-8222-222222222222";

/// Starts it; its origin.
pub(super) async fn start() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let accounts = json!([
        { "account_id": ACCOUNT, "account_name": "Acme Legal", "is_default": true, "base_uri": origin },
        { "account_id": OTHER_ACCOUNT, "account_name": "Acme Sales", "is_default": false, "base_uri": origin },
    ]);
    let userinfo = move || async move {
        Json(json!({
            "sub": "99999999-9999-4999-8999-999999999999",
            "name": "Jane at DocuSign",
            "email": "jane@acme.example",
            "accounts": accounts,
        }))
    };
    let router = Router::new()
        .route("/oauth/token", post(token))
        .route("/oauth/userinfo", get(userinfo));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Url::parse(&origin).unwrap()
}

async fn token() -> Json<Value> {
    Json(json!({
        "access_token": "the-access-token",
        "refresh_token": "the-refresh-token",
        "token_type": "Bearer",
        "expires_in": 28800,
    }))
}

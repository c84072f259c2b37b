//! What the log holds of a walk: every request, and no secret of any.

use std::{
    io,
    sync::{Arc, Mutex},
};

use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{World, path_of, query};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn the_log_holds_patterns_and_ids_but_no_secret() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(lines.clone())
        .finish();
    // For all threads: a callsite that another thread meets first would else be taken for switched off.
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let world = World::new().await;
    let start = world.start_path("jane").await;
    let ticket = start.rsplit('/').next().unwrap().to_owned();
    let begun = world.form(&start, "", "").await;
    let (state, cookie) = (query(&begun.location(), "state"), begun.cookie());
    let callback = format!("/oauth/callback?code=the-secret-code&state={state}");
    let handle = query(&world.page(&callback, &cookie).await.location(), "handle");
    let body = json!({ "handle": handle }).to_string();
    let finished = world.api("jane", "POST", "me/link/finish", &body).await;
    let confirm = path_of(finished.json()["confirm_url"].as_str().unwrap());
    let token = confirm.rsplit('/').next().unwrap().to_owned();
    let refused = world.page(&confirm, "").await;
    assert_eq!(refused.status, 403);

    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    for expected in [
        "http.route=\"/link/{tenant}/start/{ticket}\"",
        "http.route=\"/oauth/callback\"",
        "http.status=303",
        "code=\"link_wrong_browser\"",
        refused.header("x-request-id"),
    ] {
        assert!(
            log.contains(expected),
            "{expected} is not in the log:\n{log}"
        );
    }
    let secret = cookie.split('=').nth(1).unwrap();
    for secret in [
        &ticket,
        &state,
        &handle,
        &token,
        secret,
        "the-secret-code",
        "jane.0",
        "the-access-token",
        "the-refresh-token",
    ] {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
}

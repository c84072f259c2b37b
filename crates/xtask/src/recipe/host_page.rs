//! A tiny host app with pages of its own, for a demo that is left running: a person can walk the whole way in their own browser.

use std::{fmt::Write as _, sync::Arc};

use axum::{
    Form, Router,
    extract::{Query, State},
    http::{
        HeaderMap, StatusCode,
        header::{COOKIE, LOCATION, SET_COOKIE},
    },
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use reqwest::Method;
use serde::Deserialize;

use super::cargo;
use crate::{
    Error, Result, error, output,
    world::{
        Installation, Person, host_app,
        people::{JANE, OMAR},
        site::TlsListener,
    },
};

const PEOPLE: [&Person; 2] = [&JANE, &OMAR];
const COOKIE_NAME: &str = "dms-user";

struct Page {
    installation: Arc<Installation>,
    tenant: &'static str,
}

type Shared = State<Arc<Page>>;

/// Serves the host app's pages until it is dropped.
///
/// # Errors
/// When the host app's port can't be listened on.
pub async fn serve(installation: Arc<Installation>, tenant: &'static str) -> Result<()> {
    let host = installation.host_app(tenant)?;
    let tls = host.tls.clone();
    let listener = host.listener.try_clone();
    let listener = listener.and_then(|listener| {
        listener.set_nonblocking(true)?;
        tokio::net::TcpListener::from_std(listener)
    });
    let listener = listener.map_err(error::io("listening as the host app"))?;
    let router = Router::new()
        .route("/", get(home))
        .route("/sign-in", post(sign_in))
        .route("/connect", post(connect))
        .route("/send", post(send))
        .route("/docusign/finish", get(finish))
        .route("/signatures", get(home))
        .route("/connection", get(connection))
        .route("/disconnect", post(disconnect))
        .with_state(Arc::new(Page {
            installation,
            tenant,
        }));
    let served = match tls {
        None => axum::serve(listener, router).await,
        Some(acceptor) => axum::serve(TlsListener { listener, acceptor }, router).await,
    };
    served.map_err(error::io("serving as the host app"))
}

/// Serves the host app's pages, prints where everything is, and ends everything when asked.
pub(super) async fn keep(
    installation: Installation,
    tenant: &'static str,
    end: impl Future<Output = ()>,
) -> Result<()> {
    tell(&installation, &installation.host_app(tenant)?.origin);
    let installation = Arc::new(installation);
    tokio::select! {
        served = serve(Arc::clone(&installation), tenant) => served?,
        () = end => {}
    }
    cargo::announce("ending");
    match Arc::into_inner(installation) {
        Some(installation) => installation.stop().await.map(drop),
        // A page is still being answered; the programs end with it.
        None => Ok(()),
    }
}

fn tell(installation: &Installation, origin: &str) {
    output::tell(format!(
        "\neverything is left running; ctrl-c ends it\n  host app   {origin}/\n  Ownhand    {}\n  DocuSign   {}",
        installation.public,
        installation.simulator.overview()
    ));
    for person in PEOPLE {
        output::tell(format!(
            "  login      {} at DocuSign: {} / {}",
            person.name, person.email, person.password
        ));
    }
}

/// The user who is signed in here.
fn user(headers: &HeaderMap) -> Option<&'static Person> {
    let login = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE_NAME)?.strip_prefix('='))?;
    PEOPLE.into_iter().find(|person| person.login == login)
}

async fn home(headers: HeaderMap) -> Html<String> {
    let mut text = "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>\
        <title>Demo DMS</title><style>body{font:16px/1.5 system-ui;max-width:38rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}\
        button{font:inherit;margin:.2rem .4rem .2rem 0}</style><h1>Demo DMS</h1>".to_owned();
    if let Some(person) = user(&headers) {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "<p>You are <strong>{}</strong> ({}).</p>\
             <form method=post action=/connect><button>Connect DocuSign</button></form>\
             <form method=post action=/send><button>Send {} for signature</button></form>\
             <form method=post action=/disconnect><button>Unlink DocuSign</button></form>",
            person.name, person.email, person.document
        );
    }
    text.push_str("<h2>Sign in as</h2>");
    for person in PEOPLE {
        let _ = write!(
            text,
            "<form method=post action=/sign-in><input type=hidden name=login value={}><button>{}</button></form>",
            person.login, person.name
        );
    }
    Html(text)
}

#[derive(Deserialize)]
struct SignIn {
    login: String,
}

async fn sign_in(State(page): Shared, Form(form): Form<SignIn>) -> Response {
    // Only a login of this page's own is kept.
    let login = PEOPLE
        .iter()
        .find(|person| person.login == form.login)
        .map_or("", |person| person.login);
    let secure = match page.installation.public.scheme() {
        "https" => "; Secure",
        _ => "",
    };
    let cookie = format!("{COOKIE_NAME}={login}; Path=/; HttpOnly; SameSite=Lax{secure}");
    let headers = [(SET_COOKIE, cookie), (LOCATION, "/".to_owned())];
    (StatusCode::SEE_OTHER, headers).into_response()
}

async fn connect(State(page): Shared, headers: HeaderMap) -> Response {
    let started = async {
        let host = page.installation.host_app(page.tenant)?;
        host.start_link(signed_in(&headers)?).await
    };
    go(started.await)
}

#[derive(Deserialize)]
struct Finish {
    handle: String,
}

async fn finish(State(page): Shared, headers: HeaderMap, Query(query): Query<Finish>) -> Response {
    let finished = async {
        let host = page.installation.host_app(page.tenant)?;
        let answer = host
            .finish_link(signed_in(&headers)?, &query.handle)
            .await?;
        host_app::address(&answer.expect(200)?, "confirm_url")
    };
    go(finished.await)
}

/// With which DocuSign user the user is connected, as Ownhand says.
async fn connection(State(page): Shared, headers: HeaderMap) -> Response {
    let asked = async {
        let host = page.installation.host_app(page.tenant)?;
        let session = host.session(signed_in(&headers)?).await?;
        host.call(Method::GET, "me", &session, None)
            .await?
            .expect(200)
    };
    match asked.await {
        Ok(answer) => {
            let email = answer.json()["link"]["docusign_email"].clone();
            email
                .as_str()
                .unwrap_or("not connected")
                .to_owned()
                .into_response()
        }
        Err(error) => trouble(&error),
    }
}

async fn disconnect(State(page): Shared, headers: HeaderMap) -> Response {
    let asked = async {
        let host = page.installation.host_app(page.tenant)?;
        let session = host.session(signed_in(&headers)?).await?;
        host.call(Method::DELETE, "me/link", &session, None)
            .await?
            .expect(200)
    };
    match asked.await {
        Ok(_) => (StatusCode::SEE_OTHER, [(LOCATION, "/connection")]).into_response(),
        Err(error) => trouble(&error),
    }
}

async fn send(State(page): Shared, headers: HeaderMap) -> Response {
    let sent = async {
        let host = page.installation.host_app(page.tenant)?;
        let person = signed_in(&headers)?;
        let session = host.session(person).await?;
        let sent = host.send(person, &session, &host_app::random()).await?;
        sent.expect(201)
    };
    match sent.await {
        Ok(answer) => Html(format!(
            "<!doctype html><meta charset=utf-8><title>Sent</title><p>Sent. The mail to sign lies in \
             <a href=\"{}\">DocuSign's outbox</a>.</p><pre>{}</pre><p><a href=/>Back</a></p>",
            page.installation.simulator.overview(),
            answer.text().replace('<', "&lt;")
        ))
        .into_response(),
        Err(error) => trouble(&error),
    }
}

fn signed_in(headers: &HeaderMap) -> Result<&'static Person> {
    user(headers).ok_or_else(|| error::wrong("sign in first"))
}

fn go(to: Result<url::Url>) -> Response {
    match to {
        Ok(url) => (StatusCode::SEE_OTHER, [(LOCATION, String::from(url))]).into_response(),
        Err(error) => trouble(&error),
    }
}

fn trouble(error: &Error) -> Response {
    let text = format!("{}\n", output::chain(error));
    (StatusCode::BAD_GATEWAY, text).into_response()
}

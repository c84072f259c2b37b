//! A server that records what it is asked and answers what it is told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response};
use ownhand_docusign::rest::{Caller, RestClient};
use ownhand_docusign::{AccessToken, AccountId, CustomEnvironment, EnvelopeId, Environment};
use ownhand_egress::{Client, EgressPolicy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

pub(crate) const ACCOUNT: &str = "11111111-2222-3333-4444-555555555555";
pub(crate) const ENVELOPE: &str = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";

pub(crate) fn envelope() -> EnvelopeId {
    ENVELOPE.parse().unwrap()
}

/// A request as it arrived.
pub(crate) struct Recorded {
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Recorded {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// What the server answers to everything.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

pub(crate) fn json(status: u16, body: impl Into<String>) -> Answer {
    Answer {
        status,
        headers: vec![("content-type", "application/json".to_owned())],
        body: body.into(),
    }
}

pub(crate) struct Fake {
    pub(crate) base: Url,
    pub(crate) environment: Environment,
    pub(crate) http: Client,
    requests: Arc<Mutex<Vec<Recorded>>>,
    account: AccountId,
    token: AccessToken,
}

type Shared = (Arc<Mutex<Vec<Recorded>>>, Answer);

impl Fake {
    pub(crate) async fn answering(answer: Answer) -> Self {
        let requests = Arc::default();
        let router = Router::new()
            .fallback(record)
            .with_state((Arc::clone(&requests), answer));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self::at(address, requests)
    }

    /// A server that reads a request's head, writes these bytes, and closes; without bytes it stays silent.
    pub(crate) async fn raw(answer: Option<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let answer = answer.clone();
                tokio::spawn(async move {
                    let mut buffer = [0; 8192];
                    while socket.read(&mut buffer).await.is_ok_and(|read| read > 0) {
                        if let Some(answer) = &answer {
                            let _ = socket.write_all(answer.as_bytes()).await;
                            return;
                        }
                    }
                });
            }
        });
        Self::at(address, Arc::default())
    }

    /// Speaks to a server at this address.
    pub(crate) fn at(address: SocketAddr, requests: Arc<Mutex<Vec<Recorded>>>) -> Self {
        let base = Url::parse(&format!("http://{address}")).unwrap();
        let environment = Environment::custom(CustomEnvironment {
            name: "fake".to_owned(),
            auth: base.clone(),
            rest: vec![base.clone()],
        })
        .unwrap();
        Self {
            base,
            http: Client::new(environment.egress_policy().unwrap()).unwrap(),
            environment,
            requests,
            account: ACCOUNT.parse().unwrap(),
            token: AccessToken::new("the-access-token"),
        }
    }

    /// Waits for an answer no longer than a moment; for servers that never give one.
    pub(crate) fn impatient(mut self) -> Self {
        let policy = EgressPolicy {
            read_timeout: Duration::from_millis(300),
            ..self.http.policy().clone()
        };
        self.http = Client::new(policy).unwrap();
        self
    }

    pub(crate) fn rest(&self) -> RestClient {
        RestClient::new(self.http.clone(), self.environment.clone())
    }

    pub(crate) fn caller(&self) -> Caller<'_> {
        Caller {
            base_uri: &self.base,
            account: &self.account,
            token: &self.token,
        }
    }

    pub(crate) fn requests(&self) -> Vec<Recorded> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }

    /// The only request so far.
    pub(crate) fn request(&self) -> Recorded {
        let mut all = self.requests();
        assert_eq!(all.len(), 1);
        all.remove(0)
    }
}

async fn record(State((requests, answer)): State<Shared>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    requests.lock().unwrap().push(Recorded {
        line: format!("{} {}", parts.method, parts.uri),
        headers: parts.headers,
        body: body.to_vec(),
    });
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(answer.body)).unwrap()
}

//! A whole installation in process, and calls to it.

mod docusign;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use ownhand_connector::{
    AllowedAccounts, Ambient, Clock, Connector, Entropy, Limits as CoreLimits, Parts, Sleeper,
    Tenant, Tenants, UnixMillis, Unwatched, WriteBackRules,
    seal::{KeyRing, SealingKey},
};
use ownhand_docusign::{
    ClientSecret, CustomEnvironment, Environment, connect::ConnectKey, oauth::OAuthClient,
    rest::RestClient,
};
use ownhand_egress::Client;
use ownhand_ledger::{Options, SqlLedger};
use ownhand_server::{Limits, Settings, router};
use ownhand_spi::{BoxFuture, TenantId};
use ownhand_testkit::{Assertions, MemoryDocuments, MemoryTokens};
use secrecy::SecretBox;
use serde_json::Value;
use tower::ServiceExt as _;
use url::Url;

pub(crate) use docusign::{ACCOUNT, OTHER_ACCOUNT};

pub(crate) const CONNECT_KEY: &str = "a-connect-key";
pub(crate) const PUBLIC: &str = "https://ownhand.example";
const NOW: UnixMillis = UnixMillis(1_795_435_200_000);

/// Time stands still, nobody waits, and the bytes are counted up: unpredictable enough for a test, and different each time.
struct Still(AtomicU64);

impl Clock for Still {
    fn now(&self) -> UnixMillis {
        NOW
    }
}

impl Entropy for Still {
    fn fill(&self, out: &mut [u8]) {
        for chunk in out.chunks_mut(8) {
            let number = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            chunk.copy_from_slice(&number[..chunk.len()]);
        }
    }
}

impl Sleeper for Still {
    fn sleep(&self, _: std::time::Duration) -> BoxFuture<'static, ()> {
        Box::pin(async {})
    }
}

pub(crate) struct World {
    router: Router,
    pub(crate) ledger: SqlLedger,
    pub(crate) auth_origin: String,
    jti: AtomicU64,
    _folder: tempfile::TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::reached_by(PUBLIC).await
    }

    pub(crate) async fn reached_by(public: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("ledger.sqlite").display());
        let ledger = SqlLedger::open(&url, Options::default()).await.unwrap();
        let auth = docusign::start().await;
        let environment = Environment::custom(CustomEnvironment {
            name: "simulator".into(),
            auth: auth.clone(),
            rest: vec![auth.clone()],
        })
        .unwrap();
        let http = Client::new(environment.egress_policy().unwrap()).unwrap();
        let still = Arc::new(Still(AtomicU64::new(1)));
        let public_url = Url::parse(public).unwrap();
        let key = SealingKey {
            id: "k1".into(),
            key: SecretBox::new(Box::new([7; 32])),
        };
        let connector = Connector::new(Parts {
            ambient: Ambient {
                clock: still.clone(),
                entropy: still.clone(),
                sleeper: still.clone(),
                checkpoints: Arc::new(Unwatched),
            },
            tenants: Tenants::new([tenant()]),
            ledger: Arc::new(ledger.clone()),
            token_store: Arc::new(MemoryTokens::default()),
            keys: KeyRing::new(vec![key]).unwrap(),
            oauth: OAuthClient::new(http.clone(), environment.clone(), "integration-key"),
            client_secrets: vec![ClientSecret::new("secret")],
            rest: RestClient::new(http, environment),
            connect_keys: vec![ConnectKey::new(CONNECT_KEY)],
            public_url: public_url.clone(),
            limits: CoreLimits::default(),
        });
        let auth_origin = auth.origin().ascii_serialization();
        let router = router(
            connector,
            Settings {
                public_url,
                auth_origin: auth_origin.clone(),
                form_origins: Arc::new(|tenant| match tenant {
                    "acme" => vec!["https://dms.acme.example".into()],
                    "broken" => panic!("a bug, and a secret in its words"),
                    _ => Vec::new(),
                }),
                entropy: still.clone(),
                clock: still,
                limits: Limits {
                    small: 1024,
                    definition: 4096,
                    event: 2048,
                },
            },
        );
        Self {
            router,
            ledger,
            auth_origin,
            jti: AtomicU64::new(0),
            _folder: folder,
        }
    }

    /// A credential of the host app that may be used once.
    pub(crate) fn assertion(&self, user: &str) -> String {
        format!("Bearer {user}.{}", self.jti.fetch_add(1, Ordering::Relaxed))
    }

    pub(crate) async fn call(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    /// A call of the host app's backend: `POST /v1/…` and the like, with a fresh assertion of `user`.
    pub(crate) async fn api(&self, user: &str, method: &str, path: &str, body: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("/v1/tenants/acme/{path}"))
            .header(header::AUTHORIZATION, self.assertion(user))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_owned()))
            .unwrap();
        self.call(request).await
    }

    /// A page asked for by a browser with this cookie.
    pub(crate) async fn page(&self, path: &str, cookie: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, cookie);
        self.call(request.body(Body::empty()).unwrap()).await
    }

    /// A form sent by a browser with this cookie from our own page.
    pub(crate) async fn form(&self, path: &str, cookie: &str, body: &str) -> Answer {
        let request = Request::post(path)
            .header(header::COOKIE, cookie)
            .header("sec-fetch-site", "same-origin")
            .header(header::ORIGIN, "null")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.call(request.body(Body::from(body.to_owned())).unwrap())
            .await
    }

    /// A start page's path, for `user`.
    pub(crate) async fn start_path(&self, user: &str) -> String {
        let answer = self.api(user, "POST", "me/link", "").await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        path_of(answer.json()["start_url"].as_str().unwrap())
    }
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Where the answer sends the browser.
    pub(crate) fn location(&self) -> Url {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        Url::parse(self.header("location")).unwrap()
    }

    /// The cookie as the browser sends it back.
    pub(crate) fn cookie(&self) -> String {
        self.header("set-cookie")
            .split(';')
            .next()
            .unwrap()
            .to_owned()
    }

    /// The problem's code, after the checks that every problem must pass.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let body = self.json();
        assert_eq!(body["status"], status);
        assert_eq!(body["request_id"], self.header("x-request-id"));
        assert!(self.header("x-request-id").starts_with("req_"));
        let code = body["code"].as_str().unwrap().to_owned();
        assert_eq!(body["type"], format!("urn:ownhand:problem:{code}"));
        assert!(
            body["title"].is_string()
                && body["detail"].is_string()
                && body["retryable"].is_boolean()
        );
        code
    }
}

/// A value of a URL's query.
pub(crate) fn query(url: &Url, name: &str) -> String {
    let mut pairs = url.query_pairs();
    pairs
        .find(|(found, _)| found == name)
        .unwrap()
        .1
        .into_owned()
}

/// Path and query of a URL of ours.
pub(crate) fn path_of(url: &str) -> String {
    let url = Url::parse(url).unwrap();
    url[url::Position::BeforePath..].to_owned()
}

fn tenant() -> Tenant {
    Tenant {
        id: TenantId::new("acme").unwrap(),
        name: "Acme Legal".into(),
        finish_url: Url::parse("https://dms.acme.example/docusign/finish").unwrap(),
        return_urls: vec![Url::parse("https://dms.acme.example/signatures").unwrap()],
        allowed_accounts: AllowedAccounts::Any,
        require_same_email: false,
        one_host_user_per_docusign_user: true,
        users: Vec::new(),
        write_back: WriteBackRules {
            folder: None,
            name: "{stem} (signed).pdf".into(),
            certificate: None,
        },
        identity: Arc::new(Assertions),
        documents: Arc::new(MemoryDocuments::default()),
    }
}

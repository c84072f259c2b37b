//! A whole life of an installation at trace level: walks, sends, renewals, refusals, panics; and then the search.

use std::{fs, path::Path, process::Command};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ownhand_e2e::routes::routes;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;
use xtask::{
    recipe::demo::report::{Report, Sent},
    world::{Answer, Form, HostApp, Installation, Plan, Site, people::JANE, story},
};

use super::places::{Places, Secrets};
use crate::{
    support::{programs, said, started},
    table::Table,
};

const TENANTS: [&str; 4] = ["acme", "globex", "initech", "umbrella"];

#[tokio::test]
async fn no_secret_stands_where_it_must_not() {
    let plan = Plan {
        site: Site::Localhost,
        more_plugins: &["misbehaving"],
        operator: "\n[log]\nfilter = \"trace\"\n",
        ..Plan::new(Form::Libraries, &TENANTS)
    };
    let (_folder, installation) = started(&plan).await;
    // Soon every send needs a new token.
    let short = json!({ "access_token_seconds": 3 });
    let switched = installation.simulator.replace("switches", &short).await;
    switched.unwrap().expect(200).unwrap();
    let mut life = Life {
        installation,
        places: Places::default(),
        secrets: Secrets::default(),
    };
    life.keys();
    life.walks().await;
    life.sends().await;
    life.refusals().await;
    life.plugins().await;
    life.around().await;
    life.ends().await;
}

/// An installation, what was said and kept in its life so far, and its secrets.
pub(super) struct Life {
    pub(super) installation: Installation,
    pub(super) places: Places,
    pub(super) secrets: Secrets,
}

impl Life {
    pub(super) fn host(&self, tenant: &str) -> &HostApp {
        self.installation.host_app(tenant).unwrap()
    }

    pub(super) fn file(&self, name: &str) -> String {
        fs::read_to_string(self.installation.folder.join(name)).unwrap()
    }

    pub(super) fn databases(&mut self) {
        let folder = self.installation.folder.clone();
        self.places.databases(&folder);
    }

    /// The secrets that lie in files.
    fn keys(&mut self) {
        for (kind, name) in [
            ("client secret", "secrets/client-secret"),
            ("Connect key", "secrets/connect-key"),
            ("sealing key", "secrets/seal-k1.key"),
        ] {
            let secret = self.file(name);
            self.secrets.add(kind, [secret], &[]);
        }
        let key = self.file("secrets/ownhand-tls.key");
        let body: String = key.lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(body).unwrap();
        // An octet string of 32 bytes: the private number. What follows is the public one.
        let start = der.windows(2).position(|two| two == [4, 32]).unwrap() + 2;
        let private = STANDARD.encode(&der[start..start + 32]);
        self.secrets.add("TLS key", [private], &[]);
    }

    /// Calls the API and writes down what it answered.
    pub(super) async fn call(
        &mut self,
        tenant: &str,
        method: Method,
        path: &str,
        bearer: &str,
        body: Option<Value>,
    ) -> Answer {
        let host = self.host(tenant);
        let key = xtask::world::host_app::random();
        let headers = [("idempotency-key", key.as_str())];
        let headers = if path == "envelopes" {
            &headers[..]
        } else {
            &[]
        };
        let called = format!("{method} {path}");
        let answer = host
            .call_with(method, path, bearer, body.as_ref(), headers)
            .await
            .unwrap();
        self.places.answer(&called, &answer);
        answer
    }

    /// Two sends, each with a new pair of tokens; one of them comes back signed, as in the demo.
    async fn sends(&mut self) {
        let assertion = self.host("acme").assertion(&JANE);
        let opened = self
            .call("acme", Method::POST, "me/session", &assertion, None)
            .await;
        let session = opened.json()["access_token"].as_str().unwrap().to_owned();
        let definition = json!({
            "emailSubject": "Please sign",
            "documents": [{ "documentId": "1", "hostDocument": JANE.document }],
            "recipients": { "signers": [{ "recipientId": "1", "routingOrder": "1", "name": "N", "email": "n@x.example" }] },
        });
        let sent = self
            .call(
                "acme",
                Method::POST,
                "envelopes",
                &session,
                Some(definition),
            )
            .await;
        let id = sent.expect(201).unwrap().json()["envelope_id"]
            .as_str()
            .unwrap()
            .to_owned();
        for path in ["me", "me/accounts", "envelopes", &format!("envelopes/{id}")] {
            self.call("acme", Method::GET, path, &session, None)
                .await
                .expect(200)
                .unwrap();
        }
        self.databases();
        let envelope = story::send_sign(&self.installation, self.host("acme"), &JANE)
            .await
            .unwrap();
        let sent = [Sent {
            person: &JANE,
            envelope,
        }];
        let report = Report::of("acme", &self.installation.libraries, &sent);
        self.places.add("demo file", report.json());
        self.places.add("demo's own words", report.table());
        self.secrets
            .add("session", [session], &["POST me/session: body"]);
    }

    /// What the program says on its command line, and to those who watch over it.
    async fn around(&mut self) {
        let operator = self.installation.configuration();
        let config = ownhand_config::load(&operator, &ownhand_config::ProcessEnvironment);
        let config = config.unwrap_or_else(|_| panic!("the configuration is good"));
        self.places
            .add("configuration in Debug", format!("{config:?} {config:#?}"));
        let run = |words: &[&str]| {
            let command = Command::new(programs().ownhand)
                .args(words)
                .arg("--config")
                .arg(&operator)
                .env_clear()
                .output();
            let (_, out, err) = said(&command.unwrap());
            out + &err
        };
        self.places.add("config check", run(&["config", "check"]));
        self.places
            .add("links list", run(&["links", "list", "--tenant", "acme"]));
        let good = fs::read_to_string(&operator).unwrap();
        for (from, to) in [
            ("[keys]", "[keyz]"),
            ("secrets/seal-k1.key", "secrets/client-secret"),
            ("id = \"k1\"", "id = \"k 1\""),
        ] {
            assert!(good.contains(from));
            fs::write(&operator, good.replacen(from, to, 1)).unwrap();
            self.places
                .add("config check of a wrong file", run(&["config", "check"]));
        }
        fs::write(&operator, good).unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let stranger = self.installation.browser().unwrap();
        for route in routes(&root).unwrap() {
            if route.method == "GET" && !route.path.contains('{') {
                let url = self.installation.at(&route.path).unwrap();
                self.page("open routes", &stranger, &url).await;
            }
        }
    }

    /// What DocuSign has given out, and was shown, so far.
    pub(super) async fn issued(&mut self) {
        let issued = self.installation.simulator.secrets().await.unwrap();
        for (kind, name) in [
            ("authorization code", "codes"),
            ("access token", "access_tokens"),
            ("refresh token", "refresh_tokens"),
            ("PKCE verifier", "code_verifiers"),
        ] {
            let values: Vec<_> = issued[name]
                .as_array()
                .unwrap()
                .iter()
                .map(|value| value.as_str().unwrap())
                .collect();
            self.secrets.add(kind, values.iter().copied(), &[]);
        }
    }

    /// The end: what is left when the server has gone, and the search.
    async fn ends(mut self) {
        self.issued().await;
        self.databases();
        let folder = self.installation.folder.clone();
        let log = self.installation.server_log();
        assert!(log.contains("TRACE") && log.contains("the adapter panicked"));
        self.places
            .add("log at trace level, panic messages among it", log);
        self.places
            .add("ready file", fs::read(folder.join("ownhand.json")).unwrap());
        assert!(self.installation.stop().await.unwrap().success());
        self.places.databases(&folder);
        self.places.add(
            "log at trace level, panic messages among it",
            fs::read(folder.join("ownhand.log")).unwrap(),
        );

        let mut table = Table::new("canaries");
        for place in [
            "file ledger.db",
            "file ledger.db-wal",
            "file tokens.db",
            "file tokens.db-wal",
        ] {
            table.row(
                format!("looked at {place}"),
                "true",
                self.places.has(place).to_string(),
            );
        }
        let (places, bytes) = self.places.size();
        table.row(
            "places and bytes that were looked at",
            "more than 40, and 1 MB",
            if places > 40 && bytes > 1_000_000 {
                "more than 40, and 1 MB".to_owned()
            } else {
                format!("{places}, and {bytes}")
            },
        );
        self.secrets.look(&self.places, &mut table);
        table.judge();
    }
}

/// The one-time value at the end of a link page's address.
pub(super) fn last(url: &Url) -> String {
    url.path_segments().unwrap().next_back().unwrap().to_owned()
}

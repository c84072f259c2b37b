//! The shipped configuration works as it stands: by the commands that its first lines name, up to an envelope in the sender's account.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;
use xtask::world::{Browser, Person, host_app::random, time, walk};

use crate::program::{Program, free_port};
use crate::support::{programs, said};

const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../config");
const SEED: &str = include_str!("../../crates/simulator/seeds/default.toml");

/// Jane, as the simulator knows her when it is told nothing else.
const JANE: Person = Person {
    subject: "u-1",
    login: "j.doe",
    name: "Jane Doe",
    email: "jane.doe@acme.example",
    password: "jane",
    docusign_user: "a1b6c1d0-0001-4000-8000-000000000001",
    account: "ac000000-0001-4000-8000-000000000001",
    account_number: "10000001",
    account_name: "Jane Doe, Acme Legal",
    document: "contracts/nda.pdf",
    email_subject: "Please sign: non-disclosure agreement",
    signer: ("Nora Berg", "nora.berg@customer.example"),
};

/// A copy of the shipped folder, on ports of its own.
struct Shipped {
    folder: TempDir,
    environment: BTreeMap<String, String>,
    /// What the fixed ports of the files are replaced by.
    ports: [(&'static str, String); 3],
}

impl Shipped {
    fn copied() -> Self {
        let ports = ["8080", "9080", "9090"].map(|fixed| (fixed, free_port().to_string()));
        let shipped = Self {
            folder: tempfile::tempdir().unwrap(),
            environment: BTreeMap::new(),
            ports,
        };
        shipped.copy(Path::new(CONFIG), &shipped.folder.path().join("config"));
        let seed = shipped.on_own_ports(SEED);
        fs::write(shipped.folder.path().join("seed.toml"), seed).unwrap();
        shipped
    }

    fn on_own_ports(&self, text: &str) -> String {
        self.ports
            .iter()
            .fold(text.to_owned(), |text, (fixed, own)| {
                text.replace(&format!(":{fixed}"), &format!(":{own}"))
            })
    }

    fn port(&self, fixed: &str) -> &str {
        let own = self.ports.iter().find(|(known, _)| *known == fixed);
        &own.unwrap().1
    }

    fn copy(&self, from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let (source, target) = (entry.path(), to.join(entry.file_name()));
            if source.is_dir() {
                self.copy(&source, &target);
            } else if source.extension().is_some_and(|ending| ending == "toml") {
                let text = fs::read_to_string(&source).unwrap();
                fs::write(target, self.on_own_ports(&text)).unwrap();
            } else if !entry.file_name().to_string_lossy().contains(".db") {
                fs::copy(source, target).unwrap();
            }
        }
    }

    /// The commands in the first lines of the operator's file.
    fn commands(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.path().join("config/ownhand.toml")).unwrap();
        text.lines()
            .take_while(|line| line.starts_with('#'))
            .filter_map(|line| line.strip_prefix("#   "))
            .map(str::to_owned)
            .collect()
    }

    /// `NAME=VALUE`, as a shell understands it.
    fn export(&mut self, assignment: &str) {
        let (name, value) = assignment.split_once('=').unwrap();
        let value = value.split(" #").next().unwrap().trim();
        let value = match value.trim_matches('"') {
            "$(ownhand keys generate)" => {
                let made = Command::new(programs().ownhand)
                    .args(["keys", "generate"])
                    .output();
                said(&made.unwrap()).1.trim_end().to_owned()
            }
            plain => plain.to_owned(),
        };
        self.environment.insert(name.to_owned(), value);
    }

    /// A command that begins with the name of a program.
    fn command(&self, words: &[&str]) -> Command {
        let program = match words[0] {
            "ownhand" => programs().ownhand,
            "ownhand-simulator" => programs().simulator,
            other => panic!("{other} is no program of ours"),
        };
        let mut command = Command::new(program);
        command
            .args(&words[1..])
            .current_dir(self.folder.path())
            .env_clear()
            .envs(&self.environment);
        command
    }
}

/// The backend of Acme's DMS, with the secret that it shares with Ownhand.
struct Dms<'a> {
    client: Client,
    base: String,
    origin: String,
    secret: &'a str,
}

impl Dms<'_> {
    fn assertion(&self) -> String {
        let now = time::now();
        let head = json!({ "alg": "HS256", "typ": "JWT" });
        let claims = json!({
            "iss": self.origin, "aud": "ownhand", "iat": now, "exp": now + 120, "jti": random(),
            "sub": JANE.subject, "login": JANE.login, "name": JANE.name, "email": JANE.email, "email_verified": true,
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&head), part(&claims));
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_bytes());
        let signature = hmac::sign(&key, signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    async fn call(&self, path: &str, bearer: &str, body: &Value) -> Value {
        let url = format!("{}/v1/tenants/acme/{path}", self.base);
        let answer = self
            .client
            .request(Method::POST, &url)
            .bearer_auth(bearer)
            .header("idempotency-key", "the-only-one")
            .json(body)
            .send()
            .await
            .unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    fn address(answer: &Value, name: &str) -> Url {
        answer[name].as_str().unwrap().parse().unwrap()
    }

    async fn link(&self) {
        let browser = Browser::open().unwrap();
        let body = json!({ "return_url": format!("{}/signatures", self.origin) });
        let started = self.call("me/link", &self.assertion(), &body).await;
        let start = Self::address(&started, "start_url");
        let docusign = walk::begin(&browser, &start, &JANE).await.unwrap();
        let callback = walk::sign_in(&browser, &docusign, &JANE).await.unwrap();
        let handle = walk::come_back(&browser, &callback).await.unwrap();
        let finish = json!({ "handle": handle });
        let finished = self
            .call("me/link/finish", &self.assertion(), &finish)
            .await;
        let confirm = Self::address(&finished, "confirm_url");
        walk::confirm(&browser, &confirm, &JANE).await.unwrap();
    }

    async fn send(&self) -> Value {
        let session = self
            .call("me/session", &self.assertion(), &Value::Null)
            .await;
        let (name, email) = JANE.signer;
        let envelope = json!({
            "emailSubject": JANE.email_subject,
            "documents": [{ "documentId": "1", "hostDocument": JANE.document }],
            "recipients": { "signers": [{ "recipientId": "1", "routingOrder": "1", "name": name, "email": email }] },
        });
        let bearer = session["access_token"].as_str().unwrap();
        self.call("envelopes", bearer, &envelope).await
    }
}

#[tokio::test]
async fn the_commands_in_its_first_lines_lead_to_an_envelope() {
    let mut shipped = Shipped::copied();
    let folder = shipped.folder.path().to_owned();
    let mut running = Vec::new();
    let mut checked = false;
    let mut control = Value::Null;
    for line in shipped.commands() {
        if let Some(assignment) = line.strip_prefix("export ") {
            shipped.export(assignment);
            continue;
        }
        let words: Vec<_> = line.split(' ').filter(|word| !word.is_empty()).collect();
        let mut command = shipped.command(&words);
        match words[..] {
            [] => {}
            ["ownhand-simulator", ..] => {
                // Known by its port, like everything here.
                command.args(["--seed", "seed.toml"]);
                let mut simulator = Program::start(&mut command, folder.join("simulator.log"));
                control = simulator.ready(&folder.join("simulator.json")).await;
                running.push(simulator);
            }
            ["ownhand", "config", "check", ..] => {
                let (code, out, err) = said(&command.output().unwrap());
                assert_eq!((code, err.as_str()), (0, ""));
                assert_eq!(out, "config/ownhand.toml: ok, 1 tenant(s)\n");
                checked = true;
            }
            ["ownhand", "serve", ..] => {
                let ready = folder.join("ownhand.json");
                command.arg("--ready-file").arg(&ready);
                let mut server = Program::start(&mut command, folder.join("ownhand.log"));
                server.ready(&ready).await;
                running.push(server);
            }
            _ => panic!("{line} is no command that this test knows"),
        }
    }
    assert!(checked && running.len() == 2);

    #[expect(
        clippy::disallowed_methods,
        reason = "the test is the host app; egress rules are for the product"
    )]
    let client = Client::builder().no_proxy().build().unwrap();
    let dms = Dms {
        client: client.clone(),
        base: format!("http://127.0.0.1:{}", shipped.port("8080")),
        origin: format!("http://127.0.0.1:{}", shipped.port("9090")),
        secret: &shipped.environment["OWNHAND_T_ACME_HOST_SECRET"],
    };
    dms.link().await;
    let sent = dms.send().await;
    assert_eq!(sent["account_id"], JANE.account);
    let text = |name: &str| control[name].as_str().unwrap();
    let envelopes = client
        .get(format!("{}/_simulator/envelopes", text("http")))
        .bearer_auth(text("control_key"))
        .send()
        .await
        .unwrap();
    let envelopes: Value = serde_json::from_str(&envelopes.text().await.unwrap()).unwrap();
    assert_eq!(envelopes.as_array().map(Vec::len), Some(1), "{envelopes}");
    assert_eq!(envelopes[0]["accountId"], JANE.account);
    assert_eq!(envelopes[0]["envelopeId"], sent["envelope_id"]);
}

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

fn binary() -> Command {
    Command::new(env!("CARGO_BIN_EXE_ownhand-simulator"))
}

/// Ends the child even when an assertion fails.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "a client that trusts the local authority only"
)]
async fn the_binary_tells_when_it_is_ready_and_serves_tls_under_its_own_authority() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ready.json");
    let child = binary()
        .args([
            "--listen",
            "127.0.0.1:0",
            "--tls-listen",
            "127.0.0.1:0",
            "--ready-file",
        ])
        .arg(&file)
        .env_remove("RUST_LOG")
        .stderr(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut child = Ended(child);
    let mut log = BufReader::new(child.0.stderr.take().unwrap()).lines();
    assert!(log.any(|line| line.unwrap().contains("ready")));

    let ready: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let pem = fs::read(ready["ca_file"].as_str().unwrap()).unwrap();
    let client = reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(&pem).unwrap()])
        .resolve("eu.docusign.localhost", "127.0.0.1:0".parse().unwrap())
        .build()
        .unwrap();
    let https = ready["https"].as_str().unwrap();
    for base in [
        https.to_owned(),
        https.replace("localhost", "127.0.0.1"),
        https.replace("localhost", "eu.docusign.localhost"),
        ready["http"].as_str().unwrap().to_owned(),
    ] {
        let url = format!("{base}/_simulator/journal");
        let answer = client
            .get(url)
            .bearer_auth(ready["control_key"].as_str().unwrap())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{base}");
    }

    // The client's side of its connections only closes when its runtime runs.
    drop(client);
    let id = child.0.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    let code = tokio::task::spawn_blocking(move || child.0.wait().unwrap().code());
    assert_eq!(code.await.unwrap(), Some(0));
}

#[test]
fn wrong_options_and_a_wrong_seed_have_their_exit_codes() {
    assert_eq!(
        binary().arg("--nonsense").output().unwrap().status.code(),
        Some(2)
    );
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("seed.toml");
    fs::write(&seed, "[[user]]\nid = \"x\"\n").unwrap();
    let output = binary().arg("--seed").arg(&seed).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("seed"));
    assert!(output.stdout.is_empty());
    assert_eq!(
        binary()
            .args(["--listen", "0.0.0.0:0"])
            .output()
            .unwrap()
            .status
            .code(),
        Some(1)
    );
}

//! What the machine takes away for a while: the database's lock, the disk, the time to finish.

use std::{
    fs,
    io::Write as _,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use futures_util::future::join_all;
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;
use xtask::world::{Browser, Form, Installation, people::JANE, story, time::until, walk};

use crate::support::{installation, ownhand, programs, said};

/// Long enough for every back-off that a short outage causes.
const PATIENCE: Duration = Duration::from_mins(1);

async fn linked() -> (TempDir, Installation) {
    let (folder, installation) = installation(Form::BuiltIn).await;
    let host = installation.host_app("acme").unwrap();
    walk::link(host, &Browser::open().unwrap(), &JANE)
        .await
        .unwrap();
    (folder, installation)
}

/// Asks the signer's outbox and DocuSign's accounts: how many mails to sign, and how many envelopes.
async fn sent(installation: &Installation) -> (usize, usize) {
    let outbox = installation.simulator.outbox().await.unwrap();
    let mails = outbox
        .iter()
        .filter(|mail| mail["kind"] == "signing_request");
    let envelopes = installation.simulator.envelopes().await.unwrap();
    (mails.count(), envelopes.len())
}

async fn send_until_out(installation: &Installation, key: &str) -> String {
    let host = installation.host_app("acme").unwrap();
    story::send_until_out(host, &JANE, key).await.unwrap()
}

#[tokio::test]
async fn a_second_server_on_the_same_ledger_says_so_and_ends() {
    let (_folder, mut installation) = linked().await;
    let configuration = installation.configuration();
    let second = ownhand(&["serve", "--config"], &configuration);
    let (code, out, err) = said(&second);
    assert_eq!((code, out.as_str()), (1, ""), "{err}");
    assert!(err.contains("another process serves"), "{err}");
    assert!(err.contains("`ledger.url`"), "{err}");
    // The first one goes on; and once it has ended, however it ended, another may begin.
    send_until_out(&installation, "key-1").await;
    installation.ask_server_to_end().unwrap();
    assert!(installation.server_ends().await.unwrap().success());
    let mut program = Command::new(programs().ownhand);
    installation.start_server(&mut program).await.unwrap();
}

#[tokio::test]
async fn a_locked_ledger_is_told_and_loses_nothing() {
    let (_folder, installation) = linked().await;
    let host = installation.host_app("acme").unwrap();
    let session = host.session(&JANE).await.unwrap();
    let file = installation.folder.join("data/ledger.db");
    let mut other = SqliteConnection::connect(&format!("sqlite://{}", file.display()))
        .await
        .unwrap();
    let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let answer = host.send(&JANE, &session, "key-1").await.unwrap();
    assert_eq!(
        (answer.status, answer.code()),
        (503, "ledger_unavailable".to_owned()),
        "{}",
        answer.text()
    );
    assert_eq!(answer.json()["retryable"], true);
    assert_eq!(sent(&installation).await, (0, 0));
    lock.rollback().await.unwrap();
    send_until_out(&installation, "key-1").await;
    assert_eq!(sent(&installation).await, (1, 1));
}

/// The server again, with its data on a small disk of its own, in a mount namespace of its own.
async fn on_a_small_disk(installation: &mut Installation, kilobytes: u32, options: &str) {
    installation.ask_server_to_end().unwrap();
    assert!(installation.server_ends().await.unwrap().success());
    let mut program = small_disk(&installation.folder, kilobytes, options);
    program.arg(programs().ownhand);
    installation.start_server(&mut program).await.unwrap();
}

/// A command that gives what follows it the folder's data on a disk of its own. As root; others get a user namespace.
fn small_disk(folder: &Path, kilobytes: u32, options: &str) -> Command {
    let mut command = Command::new("unshare");
    if !rustix::process::geteuid().is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    let script = format!(
        "mkdir -p disk && mount -t tmpfs -o size={kilobytes}k tmpfs disk && cp -a data/. disk/ && \
         mount --bind disk data && mount -o {options},remount,bind data && exec \"$@\""
    );
    command
        .args(["--mount", "--", "sh", "-ec", &script, "sh"])
        .current_dir(folder);
    command
}

/// The small disk, as the server sees it.
fn disk_of(installation: &Installation) -> PathBuf {
    let folder = installation.folder.join("data");
    let pid = installation.server_pid();
    Path::new(&format!("/proc/{pid}/root")).join(folder.strip_prefix("/").unwrap())
}

/// Writes until there is no room left.
fn fill(disk: &Path) -> PathBuf {
    let path = disk.join("filler");
    let mut file = fs::File::create(&path).unwrap();
    while file.write_all(&[0; 512]).is_ok() {}
    path
}

#[tokio::test]
async fn a_full_disk_is_told_and_loses_nothing() {
    let (_folder, mut installation) = linked().await;
    on_a_small_disk(&mut installation, 4096, "rw").await;
    let disk = disk_of(&installation);
    let first = send_until_out(&installation, "key-1").await;
    let filler = fill(&disk);
    let host = installation.host_app("acme").unwrap();
    let session = host.session(&JANE).await;
    // Whichever call first needs to write is refused, and says that trying again may help.
    let refused = if let Ok(session) = session {
        host.send(&JANE, &session, "key-2").await.unwrap()
    } else {
        let assertion = host.assertion(&JANE);
        let session = host.call(reqwest::Method::POST, "me/session", &assertion, None);
        session.await.unwrap()
    };
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert_eq!(refused.json()["retryable"], true, "{}", refused.text());
    // Signed while nothing can be written down: neither an event nor the signed document has a place.
    let mail = installation
        .simulator
        .mail_to_sign(&first, JANE.signer.1)
        .await
        .unwrap();
    installation.simulator.sign(&mail).await.unwrap();
    until("an event to be refused", PATIENCE, async || {
        let deliveries = installation.simulator.deliveries().await?;
        // The first one: the later ones of an envelope wait behind it.
        let refused = deliveries
            .iter()
            .any(|tried| tried["status"] == 503 && tried["outcome"] == "will_retry");
        Ok(refused.then_some(()))
    })
    .await
    .unwrap();
    fs::remove_file(filler).unwrap();
    let second = send_until_out(&installation, "key-2").await;
    assert_ne!(first, second);
    let session = host.session(&JANE).await.unwrap();
    let envelope = serde_json::json!({ "envelope_id": first });
    installation
        .simulator
        .set("connect/redeliver", &envelope)
        .await
        .unwrap();
    story::signed_and_back(host, &session, &first)
        .await
        .unwrap();
    assert_eq!(sent(&installation).await, (2, 2));
}

#[tokio::test]
async fn a_disk_that_can_only_be_read_is_told_at_the_start() {
    let (_folder, mut installation) = linked().await;
    installation.ask_server_to_end().unwrap();
    assert!(installation.server_ends().await.unwrap().success());
    let mut program = small_disk(&installation.folder, 4096, "ro");
    program
        .arg(programs().ownhand)
        .args(["serve", "--config"])
        .arg(installation.configuration())
        .process_group(0);
    let (code, _, err) = said(&program.output().unwrap());
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("ledger.db"), "{err}");
    assert!(err.contains("Read-only file system"), "{err}");
}

#[tokio::test]
async fn sigterm_under_load_loses_no_send() {
    let (_folder, mut installation) = linked().await;
    let host = installation.host_app("acme").unwrap();
    let session = host.session(&JANE).await.unwrap();
    let keys: Vec<_> = (0..24).map(|n| format!("key-{n}")).collect();
    // The later half is still under way when the first ones are out.
    let slow = serde_json::json!([{
        "method": "POST", "path_contains": "/envelopes", "nth": 13, "times": 12,
        "action": { "kind": "delay", "ms": 2000 },
    }]);
    installation.simulator.set("faults", &slow).await.unwrap();
    let load = join_all(keys.iter().map(|key| host.send(&JANE, &session, key)));
    let ending = async {
        // Some are out, others are on their way, others have not been taken.
        let out = until("a send to be out", PATIENCE, async || {
            let out = installation.simulator.outbox().await?.len();
            Ok((out >= 3).then_some(out))
        });
        let out = out.await.unwrap();
        installation.ask_server_to_end().unwrap();
        out
    };
    let (answers, out) = tokio::join!(load, ending);
    assert!(out < keys.len(), "all {out} were out already");
    assert!(installation.server_ends().await.unwrap().success());
    let taken = answers
        .iter()
        .filter(|answer| answer.as_ref().is_ok_and(|answer| answer.status == 201));
    assert!(taken.count() >= 3);
    let mut program = Command::new(programs().ownhand);
    installation.start_server(&mut program).await.unwrap();
    for key in &keys {
        send_until_out(&installation, key).await;
    }
    assert_eq!(sent(&installation).await, (keys.len(), keys.len()));
}

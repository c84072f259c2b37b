//! The server is killed at every named checkpoint, started again, and nothing is lost or done twice.

use std::{
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Command, ExitStatus},
};

use ownhand_connector::Checkpoint;
use tempfile::TempDir;
use xtask::world::{Browser, Form, HostApp, Installation, people::JANE, story, walk};

use crate::{
    support::{installation, ownhand, programs},
    table::Table,
};

const SIGKILL: i32 = 9;
const EXPECTED: &str = "one mail, one envelope, two files";

/// An installation whose server can be exchanged for one that is killed on its way.
struct Crashing {
    installation: Installation,
    _folder: TempDir,
}

impl Crashing {
    async fn start() -> Self {
        let (folder, installation) = installation(Form::BuiltIn).await;
        Self {
            installation,
            _folder: folder,
        }
    }

    fn host(&self) -> &HostApp {
        self.installation.host_app("acme").unwrap()
    }

    /// From now on the server is one that is killed at the checkpoint.
    async fn arm(&mut self, at: Checkpoint) {
        self.installation.ask_server_to_end().unwrap();
        assert!(self.installation.server_ends().await.unwrap().success());
        let mut program = Command::new(env!("CARGO_BIN_EXE_ownhand-crashing"));
        program.env("OWNHAND_CRASH_AT", at.name());
        self.installation.start_server(&mut program).await.unwrap();
    }

    /// The server is dead, by no will of its own; another one takes over.
    async fn take_over(&mut self) -> ExitStatus {
        let ended = self.installation.server_ends().await.unwrap();
        assert_eq!(ended.signal(), Some(SIGKILL), "{ended}");
        let mut program = Command::new(programs().ownhand);
        self.installation.start_server(&mut program).await.unwrap();
        ended
    }

    /// Jane's document is sent, signed and back, once: what the world looks like then.
    async fn send_and_get_back(&self, key: &str) -> Result<String, xtask::Error> {
        let host = self.host();
        let id = story::send_until_out(host, &JANE, key).await?;
        let session = host.session(&JANE).await?;
        self.sign_and_get_back(&session, &id).await
    }

    async fn sign_and_get_back(&self, session: &str, id: &str) -> Result<String, xtask::Error> {
        let simulator = &self.installation.simulator;
        let mail = simulator.mail_to_sign(id, JANE.signer.1).await?;
        simulator.sign(&mail).await?;
        story::signed_and_back(self.host(), session, id).await?;
        self.outcome().await
    }

    /// How often the signer was asked, how many envelopes DocuSign holds, and how many files were brought back.
    async fn outcome(&self) -> Result<String, xtask::Error> {
        let simulator = &self.installation.simulator;
        let outbox = simulator.outbox().await?;
        let mails = outbox
            .iter()
            .filter(|mail| mail["kind"] == "signing_request");
        let envelopes = simulator.envelopes().await?;
        let folder = self.installation.document("acme", JANE.document);
        let files = std::fs::read_dir(folder.parent().unwrap()).unwrap().count();
        // The document itself lies there too.
        Ok(counted(mails.count(), envelopes.len(), files - 1))
    }

    /// The tenant's links, as the operator sees them.
    fn links(&self) -> Vec<String> {
        let configuration = self.installation.configuration();
        let output = ownhand(
            &["links", "list", "--tenant", "acme", "--config"],
            Path::new(&configuration),
        );
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

fn counted(mails: usize, envelopes: usize, files: usize) -> String {
    let word = |n, one: &str, many: &str| match n {
        0 => format!("no {one}"),
        1 => format!("one {one}"),
        2 => format!("two {many}"),
        n => format!("{n} {many}"),
    };
    format!(
        "{}, {}, {}",
        word(mails, "mail", "mails"),
        word(envelopes, "envelope", "envelopes"),
        word(files, "file", "files")
    )
}

fn of(group: &'static str) -> impl Iterator<Item = Checkpoint> {
    Checkpoint::ALL
        .into_iter()
        .filter(move |at| at.name().starts_with(group))
}

#[tokio::test]
async fn links_survive() {
    let mut table = Table::new("a link, the server killed at");
    for at in of("link.") {
        let mut world = Crashing::start().await;
        world.arm(at).await;
        let browser = Browser::open().unwrap();
        let broken = walk::link(world.host(), &browser, &JANE).await;
        assert!(broken.is_err(), "{} was not reached", at.name());
        world.take_over().await;
        let found = world.links();
        // The user presses the host app's button once more.
        walk::link(world.host(), &browser, &JANE).await.unwrap();
        let links = world.links();
        assert_eq!(links.len(), 1, "{links:?}");
        assert!(links[0].contains("\"state\":\"active\""), "{links:?}");
        let seen = world.send_and_get_back("key-1").await.unwrap();
        // A link that was there before the walk had ended could not be used by anybody.
        let early = found.len() == usize::from(at == Checkpoint::LinkConcluded);
        let seen = format!("{seen}{}", if early { "" } else { ", a half link" });
        table.row(at.name(), EXPECTED, seen);
    }
    table.judge();
}

#[tokio::test]
async fn sends_that_are_asked_for_again_survive() {
    let mut table = Table::new("a send that is asked for again, the server killed at");
    for at in of("send.") {
        let mut world = Crashing::start().await;
        let browser = Browser::open().unwrap();
        walk::link(world.host(), &browser, &JANE).await.unwrap();
        world.arm(at).await;
        let broken = world.send_and_get_back("key-1").await;
        assert!(broken.is_err(), "{} was not reached", at.name());
        world.take_over().await;
        let seen = world.send_and_get_back("key-1").await.unwrap();
        table.row(at.name(), EXPECTED, seen);
    }
    table.judge();
}

#[tokio::test]
async fn sends_that_nobody_asks_for_again_survive() {
    let mut table = Table::new("a send that nobody asks for again, the server killed at");
    // Of a mere intent DocuSign has no document yet: the caller has to bring it.
    for at in of("send.").filter(|at| *at != Checkpoint::SendIntent) {
        let mut world = Crashing::start().await;
        let browser = Browser::open().unwrap();
        walk::link(world.host(), &browser, &JANE).await.unwrap();
        world.arm(at).await;
        let broken = world.send_and_get_back("key-1").await;
        assert!(broken.is_err(), "{} was not reached", at.name());
        world.take_over().await;
        let host = world.host();
        let session = host.session(&JANE).await.unwrap();
        let id = story::sent_in_the_background(host, &session).await.unwrap();
        let seen = world.sign_and_get_back(&session, &id).await.unwrap();
        table.row(at.name(), EXPECTED, seen);
    }
    table.judge();
}

#[tokio::test]
async fn events_and_write_backs_survive() {
    let mut table = Table::new("an envelope's way back, the server killed at");
    for at in of("event.").chain(of("write_back.")) {
        let mut world = Crashing::start().await;
        let browser = Browser::open().unwrap();
        walk::link(world.host(), &browser, &JANE).await.unwrap();
        world.arm(at).await;
        // The server dies on the way, early or late; what the caller had asked for is asked for again.
        let first = world.send_and_get_back("key-1").await;
        assert!(first.is_err(), "{} was not reached", at.name());
        world.take_over().await;
        let host = world.host();
        let session = host.session(&JANE).await.unwrap();
        let id = story::send_until_out(host, &JANE, "key-1").await.unwrap();
        let seen = if let Ok(seen) = world.sign_and_get_back(&session, &id).await {
            seen
        } else {
            // It was signed before the server died.
            story::signed_and_back(host, &session, &id).await.unwrap();
            world.outcome().await.unwrap()
        };
        table.row(at.name(), EXPECTED, seen);
    }
    table.judge();
}

//! A tenant's file that reaches for what is not its own is refused everywhere: by the check, at the start, and while the server runs.

use std::{fs, path::Path};

use reqwest::Method;
use rustix::process::Signal;
use xtask::world::{Browser, Form, Installation, people::JANE, time::until};

use crate::{
    program::{PATIENCE, Program},
    support::{installation, ownhand, programs, said},
};

/// What stands in a tenant's file, what the tenant would like to stand there, and what it is told.
type Reach = (&'static str, &'static str, &'static str);

const SECRETS: [Reach; 4] = [
    (
        "{ file = \"dms.pem\" }",
        "{ file = \"../client-secret\" }",
        "\"../client-secret\" leads out of this tenant's folder",
    ),
    (
        "{ file = \"dms.pem\" }",
        "{ env = \"PATH\" }",
        "the environment variable PATH is not this tenant's",
    ),
    (
        "{ file = \"dms.pem\" }",
        "{ file = \"../globex/dms.pem\" }",
        "\"../globex/dms.pem\" leads out of this tenant's folder",
    ),
    (
        "{ file = \"dms.pem\" }",
        "{ env = \"OWNHAND_T_GLOBEX_KEY\" }",
        "the environment variable OWNHAND_T_GLOBEX_KEY is not this tenant's",
    ),
];

const FOLDERS: [Reach; 3] = [
    ("root = \"acme\"", "root = \"/\"", "it is absolute"),
    (
        "root = \"acme\"",
        "root = \"globex\"",
        "must be `acme` or a folder below it",
    ),
    (
        "root = \"acme\"",
        "root = \"../..\"",
        "a part of it begins with a dot",
    ),
];

const PLUGINS: [Reach; 2] = [
    (
        "plugin = \"documents-files\"",
        "plugin = \"tokens-sql\"",
        "`host.plugin` names \"tokens-sql\", which is not in `tenants.plugins`",
    ),
    (
        "[docusign]",
        "[tokens]\nplugin = \"tokens-sql\"\n[docusign]",
        "unknown key `tokens`",
    ),
];

/// The name of the tenant that its pages show.
async fn shown(installation: &Installation) -> String {
    let acme = installation.host_app("acme").unwrap();
    let start = acme.start_link(&JANE).await.unwrap();
    let page = Browser::open().unwrap().get(&start).await.unwrap();
    page.expect(200).unwrap().text()
}

/// Says what the check and the start say about a configuration that is wrong; both must refuse it, and leave nothing on standard output.
fn refused(operator: &Path) -> String {
    let (code, out, complaint) = said(&ownhand(&["config", "check", "--config"], operator));
    assert_eq!((code, out.as_str()), (1, ""), "{complaint}");
    let (code, out, at_start) = said(&ownhand(&["serve", "--config"], operator));
    assert_eq!((code, out.as_str()), (1, ""), "{at_start}");
    // The server may have logged something before.
    assert!(at_start.ends_with(&complaint), "{at_start}");
    complaint
}

#[tokio::test]
async fn a_tenant_that_reaches_too_far_is_refused_everywhere_and_changes_nothing() {
    let (_folder, installation) = installation(Form::BuiltIn).await;
    let operator = installation.configuration();
    let file = installation.tenant_file("acme");
    let good = fs::read_to_string(&file).unwrap();
    let globex = installation.host_app("globex").unwrap().origin.clone();
    let acme = installation.host_app("acme").unwrap();
    let session = acme.session(&JANE).await.unwrap();
    let finish = format!("finish_url = \"{}/docusign/finish\"", acme.origin);
    let mut reaches: Vec<(String, String, String)> = [&SECRETS[..], &FOLDERS, &PLUGINS]
        .concat()
        .into_iter()
        .map(|(from, to, told)| (from.to_owned(), to.to_owned(), told.to_owned()))
        .collect();
    for origin in [globex.as_str(), "https://evil.example"] {
        reaches.push((
            finish.clone(),
            format!("finish_url = \"{origin}/docusign/finish\""),
            format!("the operator does not allow this tenant the origin {origin}"),
        ));
    }
    reaches.push((
        format!("issuer = \"{}\"", acme.origin),
        format!("issuer = \"{globex}\""),
        "the credentials of one would count for the other".to_owned(),
    ));
    for (from, to, told) in reaches {
        assert_eq!(good.matches(&from).count(), 1, "{from}");
        // With another name, which would be seen if the file counted.
        let name = good.replacen("name = \"", "name = \"Taken over by ", 1);
        fs::write(&file, name.replace(&from, &to)).unwrap();
        let complaint = refused(&operator);
        let plain = complaint.replace("\n  | ", " ");
        assert!(plain.contains(&told), "{to}: {complaint}");
        installation.ask_server_to_reload().unwrap();
        until(&told, PATIENCE, async || {
            Ok(installation.server_log().contains(&told).then_some(()))
        })
        .await
        .unwrap();
        let page = shown(&installation).await;
        assert!(
            !page.contains("Taken over") && page.contains("Acme Legal"),
            "{to}"
        );
        let me = acme.call(Method::GET, "me", &session, None).await.unwrap();
        me.expect(200).unwrap();
    }
    fs::write(&file, &good).unwrap();
    installation.stop().await.unwrap();
}

#[tokio::test]
async fn a_ready_file_that_can_not_be_written_ends_the_program() {
    let (_folder, installation) = installation(Form::BuiltIn).await;
    let (folder, operator) = (installation.folder.clone(), installation.configuration());
    installation.stop().await.unwrap();
    let nowhere = folder.join("nowhere/ready.json");
    let config = operator.to_str().unwrap();
    let (code, _, err) = said(&ownhand(
        &["serve", "--config", config, "--ready-file"],
        &nowhere,
    ));
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("nowhere/ready.json can't be written"), "{err}");
}

#[tokio::test]
async fn a_signal_during_the_start_neither_kills_nor_is_lost() {
    let (_folder, installation) = installation(Form::BuiltIn).await;
    let (folder, operator) = (installation.folder.clone(), installation.configuration());
    installation.stop().await.unwrap();
    // The start waits as long as the operator's file, a pipe now, is not written.
    let text = fs::read_to_string(&operator).unwrap();
    fs::remove_file(&operator).unwrap();
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mkfifoat(rustix::fs::CWD, &operator, mode).unwrap();
    let ready = folder.join("again.json");
    let mut server = Program::start(
        std::process::Command::new(programs().ownhand)
            .arg("serve")
            .arg("--config")
            .arg(&operator)
            .arg("--ready-file")
            .arg(&ready),
        folder.join("again.log"),
    );
    // Opening a pipe waits for its reader: so the program is at its configuration now.
    let pipe = operator.clone();
    let opened = tokio::task::spawn_blocking(move || fs::OpenOptions::new().write(true).open(pipe));
    let mut pipe = opened.await.unwrap().unwrap();
    server.signal(Signal::HUP);
    assert!(!ready.exists());
    // From now on the path leads to a file again, which the reload finds.
    let beside = folder.join("ownhand.toml.new");
    fs::write(&beside, &text).unwrap();
    fs::rename(&beside, &operator).unwrap();
    std::io::Write::write_all(&mut pipe, text.as_bytes()).unwrap();
    drop(pipe);
    server.ready(&ready).await;
    server.says("asked to read the configuration anew").await;
    server.says("the tenants' files were read anew").await;
    server.signal(Signal::TERM);
    assert_eq!(server.ended().await.code(), Some(0));
    assert!(server.data().is_empty(), "the log goes to standard error");
}

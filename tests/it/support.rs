//! What the tests share.

use std::{
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;
use xtask::world::{Form, Installation, Plan, Programs};

/// The built programs.
pub(crate) fn programs() -> Programs {
    Programs::from_environment().unwrap()
}

/// A running installation with the tenants acme and globex, and its folder: the programs end first.
pub(crate) async fn installation(form: Form) -> (TempDir, Installation) {
    started(&Plan::new(form, &["acme", "globex"])).await
}

/// A running installation of any kind, and its folder.
pub(crate) async fn started(plan: &Plan<'_>) -> (TempDir, Installation) {
    let folder = tempfile::tempdir().unwrap();
    match Installation::of(plan, folder.path(), &programs()).await {
        Ok(installation) => (folder, installation),
        Err(error) => panic!("{}", xtask::output::chain(&error)),
    }
}

/// Runs `ownhand` to its end, without anything of this machine's environment.
pub(crate) fn ownhand(arguments: &[&str], file: &Path) -> Output {
    Command::new(programs().ownhand)
        .args(arguments)
        .arg(file)
        .env_clear()
        .output()
        .unwrap()
}

/// The exit code, standard output and standard error.
pub(crate) fn said(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code().unwrap_or(-1),
        text(&output.stdout),
        text(&output.stderr),
    )
}

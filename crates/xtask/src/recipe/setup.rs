//! What the tests need besides Rust: cargo-nextest, Chromium, Node and the browser tests' packages.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use rustix::process::geteuid;

use super::cargo;
use crate::{Result, error::wrong};

/// Debian's packages, each with the program that it brings.
const DEBIAN: [(&str, &str); 3] = [("chromium", "chromium"), ("nodejs", "node"), ("npm", "npm")];

/// The test runner.
pub(super) fn nextest() -> Result<()> {
    let mut present = cargo::cargo()?;
    present.args(["nextest", "--version"]);
    if answers(&mut present) {
        return Ok(());
    }
    cargo::announce("installing cargo-nextest");
    cargo::run(cargo::cargo()?.args(["install", "--locked", "cargo-nextest"]))
}

/// Chromium, Node, and the packages of `tests/browser`.
pub(super) fn browser() -> Result<()> {
    // Only what is missing: a machine may have its Node from elsewhere.
    let missing: Vec<_> = DEBIAN
        .iter()
        .filter(|(_, program)| on_path(program).is_none())
        .map(|(package, _)| *package)
        .collect();
    if !missing.is_empty() {
        debian(&missing)?;
    }
    let folder = cargo::root()?.join("tests/browser");
    if is_current(&folder) {
        return Ok(());
    }
    cargo::run(
        Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&folder),
    )
}

fn debian(packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    if !geteuid().is_root() {
        return Err(wrong(format!(
            "the browser tests need {names}; run: sudo apt-get install {names}"
        )));
    }
    cargo::announce(&format!("installing {names}"));
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive").arg("-q");
        apt
    };
    cargo::run(apt().arg("update"))?;
    cargo::run(
        apt()
            .args(["install", "-y", "--no-install-recommends"])
            .args(packages),
    )
}

/// Whether `npm ci` ran since the lock file was changed.
fn is_current(folder: &Path) -> bool {
    let changed = |path: &str| {
        folder
            .join(path)
            .metadata()
            .and_then(|file| file.modified())
            .ok()
    };
    changed("node_modules/.package-lock.json")
        .zip(changed("package-lock.json"))
        .is_some_and(|(installed, locked)| installed >= locked)
}

fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

fn answers(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

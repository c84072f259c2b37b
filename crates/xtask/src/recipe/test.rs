//! `cargo xtask test`: everything that must hold, in the order in which it fails soonest.

use std::env;

use super::{cargo, generate, setup};
use crate::{Result, world::time::now};

/// Libraries that do wrong on purpose, and libraries for other versions of the plugin ABI.
const LIBRARIES: [&str; 6] = [
    "ownhand-misbehaving-so",
    "ownhand-raw-1-0-so",
    "ownhand-raw-1-1-so",
    "ownhand-raw-1-2-so",
    "ownhand-raw-1-3-so",
    "ownhand-raw-1-4-so",
];

/// Runs the recipe. The runner's closing lines come last.
///
/// # Errors
/// The first step that fails.
pub fn run() -> Result<()> {
    step("what the tests need", || {
        setup::nextest()?;
        setup::browser()
    })?;
    step("format", || cargo(&["fmt", "--all", "--check"]))?;
    step("lints", || {
        cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ])
    })?;
    let programs = step("programs and plugin libraries", || cargo::build(&LIBRARIES))?;
    step("generated files", || {
        generate::files(generate::Mode::Check, &programs)
    })?;
    step("documentation", || {
        cargo::run(
            cargo::cargo()?
                .args(["doc", "--workspace", "--no-deps", "--quiet"])
                .env("RUSTDOCFLAGS", "-D warnings"),
        )
    })?;
    step("examples in the documentation", || {
        cargo(&["test", "--workspace", "--doc", "--quiet"])
    })?;
    cargo::announce("tests");
    let mut tests = cargo::cargo()?;
    tests.args(["nextest", "run", "--workspace"]);
    if env::var_os("CI").is_some() {
        tests.args(["--show-progress", "none"]);
    }
    cargo::run(tests.envs(programs.environment()))
}

fn cargo(words: &[&str]) -> Result<()> {
    cargo::run(cargo::cargo()?.args(words))
}

/// Announces a step, does it, and says how long it took.
fn step<T>(what: &str, act: impl FnOnce() -> Result<T>) -> Result<T> {
    cargo::announce(what);
    let began = now();
    let done = act()?;
    cargo::announce(&format!("{what}: good, {} s", now().saturating_sub(began)));
    Ok(done)
}

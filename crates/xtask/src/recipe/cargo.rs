//! Cargo, and other programs that a recipe runs.

use std::{
    collections::BTreeMap,
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{Result, error, error::wrong, output, world::Programs};

/// What the demo and the tests need to be built.
const BUILT: [&str; 5] = [
    "ownhand",
    "ownhand-simulator",
    "ownhand-identity-jwt-so",
    "ownhand-documents-files-so",
    "ownhand-tokens-sql-so",
];

/// The root of the workspace.
pub(crate) fn root() -> Result<PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .filter(|root| root.join("Cargo.toml").is_file())
        .map(Path::to_owned)
        .ok_or_else(|| wrong("the workspace that this program was built from is gone"))
}

/// `cargo`, as whoever runs the recipe has it, at the root.
pub(crate) fn cargo() -> Result<Command> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root()?);
    Ok(cargo)
}

/// Runs a program to its end, with its output shown.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .map_err(error::io(format!("can't run {}", line(command))))?;
    if status.success() {
        Ok(())
    } else {
        Err(wrong(format!("`{}` ended with {status}", line(command))))
    }
}

/// The command line of a program.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Builds the programs and the plugin libraries, and `more` packages; answers where they are.
pub(crate) fn build(more: &[&str]) -> Result<Programs> {
    let mut command = cargo()?;
    command.args(["build", "--message-format=json-render-diagnostics"]);
    for package in BUILT.iter().chain(more) {
        command.args(["--package", package]);
    }
    let built = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(error::io("can't run cargo"))?;
    if !built.status.success() {
        return Err(wrong("the build failed"));
    }
    let mut files = BTreeMap::new();
    for line in built.stdout.split(|byte| *byte == b'\n') {
        let Ok(message) = serde_json::from_slice::<Value>(line) else {
            continue;
        };
        let name = message["target"]["name"].as_str().unwrap_or_default();
        let library = message["filenames"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|file| file.as_str().is_some_and(is_library));
        if let Some(file) = message["executable"]
            .as_str()
            .or(library.and_then(Value::as_str))
        {
            files.insert(name.to_owned(), PathBuf::from(file));
        }
    }
    let file = |name: &str| {
        files
            .get(name)
            .cloned()
            .ok_or_else(|| wrong(format!("the build made no {name}")))
    };
    let plugin = file("ownhand_plugin_identity_jwt")?;
    Ok(Programs {
        ownhand: file("ownhand")?,
        simulator: file("ownhand-simulator")?,
        plugins: plugin.parent().map(Path::to_owned).unwrap_or_default(),
    })
}

fn is_library(file: &str) -> bool {
    Path::new(file)
        .extension()
        .is_some_and(|extension| extension == "so")
}

/// A folder below `target/` that is new.
pub(crate) fn fresh_folder(under: &str) -> Result<PathBuf> {
    let name = format!("{}-{}", crate::world::time::now(), std::process::id());
    let folder = root()?.join("target").join(under).join(name);
    std::fs::create_dir_all(&folder).map_err(error::io(folder.display().to_string()))?;
    Ok(folder)
}

/// Says what comes now.
pub(crate) fn announce(what: &str) {
    output::warn(format!("── {what}"));
}

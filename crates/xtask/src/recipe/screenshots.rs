//! `cargo xtask screenshots`: the link pages in Chromium, looked at by a script and saved as pictures.

use std::{path::Path, sync::Arc};

use tokio::process::Command;

use super::{cargo, host_page, setup};
use crate::{
    Result, error,
    error::wrong,
    output,
    world::{Form, Installation, Programs, people::JANE},
};

const TENANT: &str = "acme";

/// Runs the recipe.
///
/// # Errors
/// When the set-up is missing, or a page is not as it must be.
pub async fn run() -> Result<()> {
    setup::browser()?;
    let programs = cargo::build(&[])?;
    take(&programs).await
}

/// Takes the pictures of an installation of its own.
///
/// # Errors
/// When a page is not as it must be; the script says which.
pub async fn take(programs: &Programs) -> Result<()> {
    let root = cargo::root()?;
    let pictures = root.join("target/screenshots");
    std::fs::create_dir_all(&pictures).map_err(error::io(pictures.display().to_string()))?;
    let folder = cargo::fresh_folder("browser")?;
    let installation = Installation::start(&folder, programs, Form::BuiltIn, &[TENANT]).await?;
    let installation = Arc::new(installation);
    let ended = tokio::select! {
        served = host_page::serve(Arc::clone(&installation), TENANT) => served,
        done = script(&root, &pictures, &installation) => done,
    };
    if ended.is_err() {
        output::warn(installation.log_tails());
    }
    ended
}

async fn script(root: &Path, pictures: &Path, installation: &Installation) -> Result<()> {
    let status = Command::new("node")
        .arg("link-pages.mjs")
        .current_dir(root.join("tests/browser"))
        .env("HOST_APP", &installation.host_app(TENANT)?.origin)
        .env("OWNHAND", installation.public.as_str())
        .env("SIMULATOR", installation.simulator.http.as_str())
        .env("SIMULATOR_KEY", installation.simulator.control_key())
        .env("LOGIN", JANE.login)
        .env("EMAIL", JANE.email)
        .env("PASSWORD", JANE.password)
        .env("PICTURES", pictures)
        .kill_on_drop(true)
        .status()
        .await
        .map_err(error::io("can't run node"))?;
    if status.success() {
        Ok(())
    } else {
        Err(wrong(format!(
            "the script of the link pages ended with {status}"
        )))
    }
}

//! `cargo xtask screenshots`: the link pages in Chromium, looked at by a script and saved as pictures.

use std::{path::Path, sync::Arc};

use serde_json::json;
use tokio::process::Command;

use super::{cargo, host_page, setup};
use crate::{
    Result, error,
    error::wrong,
    output,
    world::{
        Form, Installation, Plan, Programs, Site,
        people::{JANE, OMAR},
    },
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
    let plan = Plan::new(Form::BuiltIn, &[TENANT]);
    play("link-pages.mjs", &plan, &folder, programs, &pictures)
        .await
        .map(drop)
}

/// Tries the attacks of a script of `tests/browser`, each person in a browser of their own; answers the table of what was seen.
///
/// # Errors
/// When something is seen that is not expected; with the table.
pub async fn attacks(script: &str, programs: &Programs) -> Result<String> {
    let folder = cargo::fresh_folder("browser")?;
    let plan = Plan {
        site: Site::Localhost,
        same_email: false,
        ..Plan::new(Form::BuiltIn, &[TENANT])
    };
    play(script, &plan, &folder, programs, &folder).await
}

/// Plays a script against an installation of its own, with the host app's pages served; answers what it printed.
async fn play(
    script: &str,
    plan: &Plan<'_>,
    folder: &Path,
    programs: &Programs,
    pictures: &Path,
) -> Result<String> {
    let installation = Arc::new(Installation::of(plan, folder, programs).await?);
    let ended = tokio::select! {
        served = host_page::serve(Arc::clone(&installation), TENANT) => Err(wrong(format!("the host app's pages ended: {served:?}"))),
        done = run_script(script, pictures, &installation) => done,
    };
    if ended.is_err() {
        output::warn(installation.log_tails());
    }
    ended
}

async fn run_script(name: &str, pictures: &Path, installation: &Installation) -> Result<String> {
    let people = [&JANE, &OMAR].map(|person| {
        json!({
            "login": person.login, "name": person.name, "email": person.email,
            "password": person.password, "docusign_user": person.docusign_user,
        })
    });
    let run = Command::new("node")
        .arg(name)
        .current_dir(cargo::root()?.join("tests/browser"))
        .env("HOST_APP", &installation.host_app(TENANT)?.origin)
        .env(
            "OWNHAND",
            installation.public.origin().ascii_serialization(),
        )
        .env("SIMULATOR", installation.simulator.http.as_str())
        .env("DOCUSIGN", installation.simulator.public.as_str())
        .env("SIMULATOR_KEY", installation.simulator.control_key())
        .env("PEOPLE", json!(people).to_string())
        .env("PICTURES", pictures)
        .kill_on_drop(true)
        .output()
        .await
        .map_err(error::io("can't run node"))?;
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    if run.status.success() {
        Ok(said)
    } else {
        let complained = String::from_utf8_lossy(&run.stderr);
        Err(wrong(format!(
            "{name} ended with {}\n{said}\n{complained}",
            run.status
        )))
    }
}

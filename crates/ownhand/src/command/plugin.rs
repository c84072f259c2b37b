//! `ownhand plugin`.

use std::{
    env,
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Subcommand;
use ownhand_connector::chain;
use ownhand_plugin_host::{LoadOptions, Pin, answer_probe, inspect, load, probe_in_child};

use super::{block_on, ending};
use crate::output::{Exit, data, refuse, say};

/// How long a probe may take before the file counts as harmful.
const PROBE: Duration = Duration::from_secs(20);

#[derive(Debug, Subcommand)]
pub(super) enum Plugin {
    /// Say what a plugin library is, and whether this program can load it
    Check {
        /// The library
        file: PathBuf,
        /// The SHA-256 that it must have, in hex
        #[arg(long, value_name = "HEX")]
        sha256: Option<Pin>,
    },
    /// Load a library and end: run in a child process, so that a harmful file harms nothing else
    #[command(hide = true)]
    Probe {
        /// The library
        file: PathBuf,
        /// The SHA-256 that it must have, in hex
        #[arg(long, value_name = "HEX")]
        sha256: Option<Pin>,
    },
}

impl Plugin {
    pub(super) fn run(&self) -> Exit {
        match self {
            Self::Check { file, sha256 } => check(file, sha256.as_ref()),
            Self::Probe { file, sha256 } => {
                match load(file, sha256.as_ref(), &LoadOptions::default()) {
                    // Said only now, as the proof that the load has come to its end.
                    Ok(_) => match answer_probe(io::stdin().lock(), io::stdout().lock()) {
                        Ok(()) => Exit::Done,
                        Err(error) => refuse(&error),
                    },
                    Err(error) => refuse(&error),
                }
            }
        }
    }
}

fn check(file: &Path, pin: Option<&Pin>) -> Exit {
    let inspection = match inspect(file, pin) {
        Ok(inspection) => inspection,
        Err(error) => return refuse_file(file, &error),
    };
    ending(block_on(async {
        let own = env::current_exe().map_err(|error| refuse(&error))?;
        // The child loads exactly the bytes that were looked at here.
        let seen = inspection.sha256.to_string();
        let arguments = ["plugin", "probe", "--sha256", &seen].map(OsStr::new);
        probe_in_child(&own, &arguments, &inspection.path, PROBE)
            .await
            .map_err(|error| refuse_file(file, &error))?;
        let manifest = &inspection.manifest;
        let roles: Vec<_> = manifest.roles.iter().map(|role| role.as_str()).collect();
        data(format!("name     {}", manifest.name));
        data(format!("version  {}", manifest.version));
        data(format!("abi      {}", inspection.abi_version));
        data(format!("roles    {}", roles.join(", ")));
        data(format!("sha256   {seen}"));
        data(format!("path     {}", inspection.path.display()));
        Ok(())
    }))
}

/// Says why a file is no plugin that can be used.
fn refuse_file(file: &Path, error: &dyn std::error::Error) -> Exit {
    say(format!("error: {}: {}", file.display(), chain(error)));
    Exit::Refused
}

//! The whole check of a configuration: files, secrets, plugins, keys. `config check` says what it finds, `serve` starts with nothing else,
//! and a reload replaces nothing without it.

use std::path::Path;

use ownhand_config::{Diagnostic, Environment, Installation, Report};

use crate::{adapters::Adapters, material};

/// A configuration in which nothing is wrong, with its plugins opened.
pub struct Checked {
    pub(crate) installation: Installation,
    pub(crate) adapters: Adapters,
}

impl Checked {
    /// How many tenants there are.
    pub fn tenants(&self) -> usize {
        self.installation.tenants.len()
    }
}

/// Reads a configuration and checks it whole. It makes and changes nothing, and listens nowhere.
///
/// # Errors
/// A [`Report`] of everything that is wrong, each at its place.
pub async fn check(file: &Path, environment: &dyn Environment) -> Result<Checked, Report> {
    let (installation, wrong) = ownhand_config::read(file, environment);
    whole(installation, wrong).await
}

/// The rest of the check, after the files were read.
pub(crate) async fn whole(
    installation: Option<Installation>,
    mut wrong: Vec<Diagnostic>,
) -> Result<Checked, Report> {
    let Some(installation) = installation else {
        return Err(Report::new(wrong));
    };
    let (adapters, mut found) = Adapters::open(&installation.operator);
    found.extend(adapters.check(&installation).await);
    found.extend(material::check(&installation.operator));
    // A place that the files alone show to be wrong is not complained of again for what follows from that.
    let known: Vec<_> = wrong
        .iter()
        .map(|diagnostic| (diagnostic.file.clone(), diagnostic.position))
        .collect();
    found.retain(|diagnostic| !known.contains(&(diagnostic.file.clone(), diagnostic.position)));
    wrong.extend(found);
    if wrong.is_empty() {
        Ok(Checked {
            installation,
            adapters,
        })
    } else {
        Err(Report::new(wrong))
    }
}

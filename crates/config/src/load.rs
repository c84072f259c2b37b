//! Loads a whole configuration.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::Value;

use crate::{
    Installation, Operator, Tenant, apart,
    check::{self, Check},
    environment::Environment,
    id::is_tenant_id,
    operator::{OperatorFile, tenants::TenantBounds},
    report::{Diagnostic, Report},
    schema::{schema_operator, schema_tenant},
    secret::Namespace,
    source::Source,
    tenant::TenantFile,
};

/// The largest file of a tenant: room for some thousand people.
const MAX_TENANT_BYTES: u64 = 1024 * 1024;

/// Reads the operator's file and all tenants' files, checks them together and resolves their secrets.
///
/// Files are read on the calling thread.
///
/// # Errors
/// A [`Report`] of everything that is wrong, as far as it can be seen at once: a file whose shape is wrong is not looked into any
/// further, and without the operator's bounds no tenant can be judged.
pub fn load(path: &Path, environment: &dyn Environment) -> Result<Installation, Report> {
    match read(path, environment) {
        (Some(installation), found) if found.is_empty() => Ok(installation),
        (_, found) => Err(Report::new(found)),
    }
}

/// As [`load`], for those who look for more that is wrong: what could be read, and everything that is wrong so far. The installation lacks
/// the tenants that are wrong; it must be used only when nothing is.
pub fn read(path: &Path, environment: &dyn Environment) -> (Option<Installation>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let installation = try_load(path, environment, &mut diagnostics);
    (installation, diagnostics)
}

fn try_load(
    path: &Path,
    environment: &dyn Environment,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Installation> {
    let given_folder = path.parent().unwrap_or(Path::new(""));
    let folder = std::path::absolute(path)
        .ok()
        .and_then(|path| path.parent().map(Path::to_owned))
        .unwrap_or_else(|| given_folder.to_owned());
    let (source, bounds, operator) = load_operator(path, &folder, environment, diagnostics)?;
    let mut tenants = BTreeMap::new();
    let files = tenant_files(&bounds, &folder, given_folder, diagnostics);
    let ids: Vec<_> = files.iter().map(|(id, _)| id.as_str()).collect();
    diagnostics.extend(apart::origins(&bounds, &ids, &source));
    let known = known_ids(&files, &bounds);
    let schema = schema_tenant();
    for (id, file) in files {
        let loaded = load_tenant(&id, &file, &schema, &bounds, &known, environment);
        match loaded {
            Ok(tenant) => drop(tenants.insert(id, tenant)),
            Err(found) => diagnostics.extend(found),
        }
    }
    diagnostics.extend(apart::issuers(&bounds, tenants.values()));
    Some(Installation {
        operator: operator?,
        tenants,
    })
}

fn load_operator(
    path: &Path,
    folder: &Path,
    environment: &dyn Environment,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(Arc<Source>, TenantBounds, Option<Operator>)> {
    let (source, file): (_, OperatorFile) = match check::parse(path, &schema_operator()) {
        Ok(parsed) => parsed,
        Err(found) => {
            diagnostics.extend(found);
            return None;
        }
    };
    let source = Arc::new(source);
    let mut check = Check {
        source: &source,
        namespace: Namespace::Operator { folder },
        environment,
        diagnostics: Vec::new(),
    };
    let (bounds, operator) = file.validate(folder, &source, &mut check);
    diagnostics.append(&mut check.diagnostics);
    Some((source, bounds, operator))
}

fn load_tenant(
    id: &str,
    path: &Path,
    schema: &Value,
    bounds: &TenantBounds,
    known: &[String],
    environment: &dyn Environment,
) -> Result<Tenant, Vec<Diagnostic>> {
    ordinary(path)?;
    let (source, file): (_, TenantFile) = check::parse(path, schema)?;
    let source = Arc::new(source);
    let mut check = Check {
        source: &source,
        namespace: Namespace::Tenant {
            id,
            secrets_dir: &bounds.secrets_dir,
            known,
        },
        environment,
        diagnostics: Vec::new(),
    };
    match file.validate(id, bounds, &source, &mut check) {
        Some(tenant) if check.diagnostics.is_empty() => Ok(tenant),
        _ => Err(check.diagnostics),
    }
}

/// Refuses what a customer could put in a file's place to hold up everybody: a pipe, on which reading waits, or a file without end.
fn ordinary(path: &Path) -> Result<(), Vec<Diagnostic>> {
    let wrong = |message: String| Err(vec![Diagnostic::of_file(path, message, None)]);
    match std::fs::metadata(path) {
        Err(error) => wrong(format!("the file can't be read: {error}")),
        Ok(metadata) if !metadata.is_file() => wrong("this is not a regular file".to_owned()),
        Ok(metadata) if metadata.len() > MAX_TENANT_BYTES => {
            wrong(format!("the file has more than {MAX_TENANT_BYTES} bytes"))
        }
        Ok(_) => Ok(()),
    }
}

/// The tenants' files by id. Other files in the folder are left alone.
fn tenant_files(
    bounds: &TenantBounds,
    folder: &Path,
    given_folder: &Path,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    if !bounds.dir.is_dir() {
        // Noted at the line that names the folder.
        return files;
    }
    let found = entries(&bounds.dir).unwrap_or_else(|error| {
        let message = format!("the folder of the tenants' files can't be read: {error}");
        diagnostics.push(Diagnostic::of_file(&bounds.dir, message, None));
        Vec::new()
    });
    for path in found {
        // Shown as the operator would write it, from where they named their own file.
        let shown = path
            .strip_prefix(folder)
            .map_or_else(|_| path.clone(), |inner| given_folder.join(inner));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let Some(id) = name
            .strip_suffix(".toml")
            .filter(|_| !name.starts_with('.'))
        else {
            continue;
        };
        if is_tenant_id(id) {
            files.push((id.to_owned(), shown));
        } else {
            let message = format!("\"{id}\" is no tenant's id, and the file's name must be one");
            let help =
                "1 to 40 lower-case letters, digits and inner hyphens, for example acme.toml";
            diagnostics.push(Diagnostic::of_file(&shown, message, Some(help.to_owned())));
        }
    }
    files
}

/// Who may own an environment variable: tenants with a file, and tenants whose secrets are still there.
fn known_ids(files: &[(String, PathBuf)], bounds: &TenantBounds) -> Vec<String> {
    // An installation without secret files needs no folder for them.
    let folders = entries(&bounds.secrets_dir).unwrap_or_default();
    let with_secrets = folders.into_iter().filter_map(|path| {
        let name = path.file_name()?.to_str()?.to_owned();
        (path.is_dir() && is_tenant_id(&name)).then_some(name)
    });
    let ids: BTreeSet<String> = files
        .iter()
        .map(|(id, _)| id.clone())
        .chain(with_secrets)
        .collect();
    ids.into_iter().collect()
}

/// What a folder holds, ordered by name.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = std::fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

//! Resolves references to secrets, each in the namespace of the file it stands in.

use std::{env::VarError, fs::File, io::Read, os::unix::fs::MetadataExt, path::Path};

use cap_std::{ambient_authority, fs::Dir};
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::environment::Environment;

/// Largest secret, in bytes; a certificate chain with its key stays far below.
const MAX_BYTES: usize = 64 * 1024;

/// A reference to a secret; the secret itself never stands in a file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(extend("x-ownhand-secret" = true))]
#[schemars(rename = "Secret")]
pub(crate) enum SecretRef {
    /// Name of an environment variable.
    Env(String),
    /// Path of a file that others can't read.
    File(String),
}

/// Where references of one file may lead.
pub(crate) enum Namespace<'a> {
    /// The operator's: any variable, any file; relative paths count from the folder.
    Operator { folder: &'a Path },
    /// A tenant's: its own variables and its own folder.
    Tenant {
        id: &'a str,
        secrets_dir: &'a Path,
        /// All known tenants: a variable belongs to the one with the longest fitting prefix.
        known: &'a [String],
    },
}

/// Why a reference does not resolve, and the mend.
pub(crate) struct Refusal {
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Refusal {
    fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
        }
    }

    fn with_help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }
}

impl Namespace<'_> {
    /// The operator's text with `{folder}` replaced by the folder of the file; a tenant's text as it is.
    pub(crate) fn with_folder(&self, text: &str) -> String {
        match self {
            Self::Operator { folder } => text.replace("{folder}", &folder.to_string_lossy()),
            Self::Tenant { .. } => text.to_owned(),
        }
    }

    /// The secret behind a reference.
    pub(crate) fn resolve(
        &self,
        reference: &SecretRef,
        environment: &dyn Environment,
    ) -> Result<SecretString, Refusal> {
        match reference {
            SecretRef::Env(name) => self.variable(name, environment),
            SecretRef::File(path) => self.file(path),
        }
    }

    fn variable(&self, name: &str, environment: &dyn Environment) -> Result<SecretString, Refusal> {
        let shape = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if name.is_empty() || !name.bytes().all(shape) {
            return Err(Refusal::new(format!(
                "\"{name}\" is no name of an environment variable"
            )));
        }
        if let Self::Tenant { id, known, .. } = self {
            check_owner(name, id, known)?;
        }
        let value = environment.var(name).map(Zeroizing::new).map_err(|error| {
            Refusal::new(match error {
                VarError::NotPresent => format!("the environment variable {name} is not set"),
                VarError::NotUnicode(_) => format!("the environment variable {name} is not text"),
            })
        })?;
        trimmed(&value)
            .ok_or_else(|| Refusal::new(format!("the environment variable {name} is empty")))
    }

    fn file(&self, path: &str) -> Result<SecretString, Refusal> {
        match self {
            Self::Operator { folder } => {
                let full = folder.join(path);
                let unreadable = |error| {
                    unreadable(path, &error)
                        .with_help("a relative path counts from the folder of this file")
                };
                // Opening a pipe would wait for its writer.
                if !std::fs::metadata(&full).map_err(unreadable)?.is_file() {
                    return Err(not_a_file(path));
                }
                read(path, File::open(&full).map_err(unreadable)?)
            }
            Self::Tenant {
                id, secrets_dir, ..
            } => tenant_file(path, id, secrets_dir),
        }
    }
}

/// The prefix of a tenant's environment variables.
fn prefix(id: &str) -> String {
    format!("OWNHAND_T_{}_", id.to_ascii_uppercase().replace('-', "_"))
}

fn check_owner(name: &str, id: &str, known: &[String]) -> Result<(), Refusal> {
    let own = prefix(id);
    let mend = || format!("a variable of this tenant begins with {own}");
    if name.strip_prefix(&own).is_none_or(str::is_empty) {
        let message = format!("the environment variable {name} is not this tenant's");
        return Err(Refusal::new(message).with_help(mend()));
    }
    let nearer_owner = known.iter().any(|other| {
        let theirs = prefix(other);
        theirs.len() > own.len() && name.starts_with(&theirs)
    });
    if nearer_owner {
        let message = format!("the environment variable {name} is another tenant's");
        let help = format!("{}, and with the prefix of no other tenant", mend());
        return Err(Refusal::new(message).with_help(help));
    }
    Ok(())
}

fn tenant_file(path: &str, id: &str, secrets_dir: &Path) -> Result<SecretString, Refusal> {
    let home = format!(
        "this tenant's secret files lie in the folder \"{id}\" of the operator's folder of secrets"
    );
    let outside = || {
        Refusal::new(format!("\"{path}\" leads out of this tenant's folder"))
            .with_help(home.clone())
    };
    let relative = Path::new(path);
    let plain = relative
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_)));
    if !plain {
        return Err(outside());
    }
    let parent = Dir::open_ambient_dir(secrets_dir, ambient_authority())
        .map_err(|error| unreadable(path, &error).with_help(home.clone()))?;
    let own_folder = parent
        .symlink_metadata(id)
        .map_err(|error| unreadable(path, &error).with_help(home.clone()))?;
    if !own_folder.is_dir() {
        let message =
            format!("\"{id}\" in the operator's folder of secrets is not a folder itself");
        return Err(Refusal::new(message));
    }
    // The handle refuses every way out, symbolic links included, also while somebody exchanges files.
    let folder = parent
        .open_dir(id)
        .map_err(|error| unreadable(path, &error))?;
    let escape_or = |error: std::io::Error| {
        if error.kind() == std::io::ErrorKind::PermissionDenied && is_link(&folder, relative) {
            outside()
        } else {
            unreadable(path, &error).with_help(home.clone())
        }
    };
    if !folder.metadata(relative).map_err(escape_or)?.is_file() {
        return Err(not_a_file(path));
    }
    read(path, folder.open(relative).map_err(escape_or)?.into_std())
}

/// Whether some part of the way to a file is a symbolic link.
fn is_link(folder: &Dir, relative: &Path) -> bool {
    relative.ancestors().any(|part| {
        folder
            .symlink_metadata(part)
            .is_ok_and(|metadata| metadata.is_symlink())
    })
}

fn unreadable(path: &str, error: &std::io::Error) -> Refusal {
    if error.kind() == std::io::ErrorKind::NotFound {
        return Refusal::new(format!("there is no file \"{path}\""));
    }
    Refusal::new(format!("the file \"{path}\" can't be read: {error}"))
}

fn not_a_file(path: &str) -> Refusal {
    Refusal::new(format!("\"{path}\" is not a regular file"))
}

/// Reads a secret from an open file; what is checked and what is read is the same file.
fn read(path: &str, file: File) -> Result<SecretString, Refusal> {
    let metadata = file.metadata().map_err(|error| unreadable(path, &error))?;
    if !metadata.is_file() {
        return Err(not_a_file(path));
    }
    // Owner: anything. Group: reading. Others: nothing.
    if metadata.mode() & 0o037 != 0 {
        let message = format!(
            "the file \"{path}\" has mode {:04o}: others could read or change the secret",
            metadata.mode() & 0o7777
        );
        return Err(Refusal::new(message).with_help(format!("chmod 600 {path}")));
    }
    if metadata.len() > MAX_BYTES as u64 {
        return Err(Refusal::new(format!(
            "the file \"{path}\" is too large for a secret"
        )));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES));
    file.take(MAX_BYTES as u64)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(path, &error))?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Refusal::new(format!("the file \"{path}\" is not text")))?;
    trimmed(text).ok_or_else(|| Refusal::new(format!("the file \"{path}\" is empty")))
}

/// The secret without the line ends that editors and `echo` add; `None` when nothing is left.
fn trimmed(text: &str) -> Option<SecretString> {
    let text = text.trim_end_matches(['\n', '\r']);
    (!text.trim().is_empty()).then(|| SecretString::from(text.to_owned()))
}

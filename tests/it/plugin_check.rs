//! `ownhand plugin check`: one clear answer for every kind of file.

use std::{fs, path::PathBuf};

use tempfile::tempdir;
use xtask::world::programs::PLUGINS;

use crate::support::{ownhand, programs, said};

#[test]
fn each_shipped_plugin_is_described() {
    let roles = ["identity_mapper", "document_source", "token_store"];
    for (name, role) in PLUGINS.into_iter().zip(roles) {
        let file = programs().library(name);
        let (code, out, err) = said(&ownhand(&["plugin", "check"], &file));
        assert_eq!(code, 0, "{err}");
        let value = |key: &str| {
            out.lines()
                .find_map(|line| line.strip_prefix(key)?.strip_prefix(' '))
                .unwrap_or_else(|| panic!("{key} in {out}"))
                .trim()
                .to_owned()
        };
        assert_eq!(value("name"), name);
        assert_eq!(value("roles"), role);
        assert_eq!(value("version"), env!("CARGO_PKG_VERSION"));
        assert!(value("abi").starts_with("1."), "{out}");
        let sha256 = value("sha256");
        assert!(sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let pinned = ["plugin", "check", "--sha256", &sha256];
        assert_eq!(said(&ownhand(&pinned, &file)).0, 0);
        let wrong = "0".repeat(64);
        let (code, _, err) = said(&ownhand(&["plugin", "check", "--sha256", &wrong], &file));
        assert_eq!(code, 1, "{err}");
    }
}

/// A shared library of the system that is no plugin.
fn libc() -> PathBuf {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let path = maps.lines().find_map(|line| {
        let path = line.split_whitespace().last()?;
        path.rsplit('/')
            .next()?
            .starts_with("libc.so")
            .then(|| path.into())
    });
    path.expect("this program is linked with the C library")
}

#[test]
fn anything_else_is_refused_in_one_line() {
    let folder = tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("text.so"), "I am no library, just some text.\n").unwrap();
    fs::write(at("empty.so"), "").unwrap();
    fs::create_dir(at("folder.so")).unwrap();
    let whole = fs::read(programs().library("identity-jwt")).unwrap();
    fs::write(at("half.so"), &whole[..whole.len() / 2]).unwrap();
    let other = at("other.so");
    fs::copy(libc(), &other).unwrap();
    for file in [
        "missing.so",
        "folder.so",
        "text.so",
        "empty.so",
        "half.so",
        "other.so",
    ] {
        let (code, out, err) = said(&ownhand(&["plugin", "check"], &at(file)));
        assert!(code == 1 || code == 2, "{file}: {code}");
        assert_eq!(out, "", "{file}");
        assert_eq!(err.trim_end().lines().count(), 1, "{file}: {err}");
        assert!(
            err.starts_with("error: ") && err.contains(file),
            "{file}: {err}"
        );
    }
}

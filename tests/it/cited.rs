//! The documents name the tests that hold what they say.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use cargo_metadata::MetadataCommand;

/// The tests of each package, by the package's short name; each as its path.
type Tests = BTreeMap<String, BTreeSet<Vec<String>>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn tests() -> Tests {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .unwrap();
    let mut tests = Tests::new();
    for package in metadata.workspace_packages() {
        // The end-to-end tests are called by their folder.
        let name = package.name.trim_start_matches("ownhand-");
        let name = if name == "e2e" { "tests" } else { name };
        let folder = package.manifest_path.parent().unwrap().as_std_path();
        let found = tests.entry(name.to_owned()).or_default();
        for below in ["src", "tests/it", "it"] {
            read(&folder.join(below), &[], found);
        }
    }
    tests
}

/// Collects the tests below a folder.
fn read(folder: &Path, module: &[String], found: &mut BTreeSet<Vec<String>>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let mut inner = module.to_vec();
        if !["main", "lib", "mod"].contains(&stem.as_str()) {
            inner.push(stem);
        }
        if path.is_dir() {
            read(&path, &inner, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let mut marked = false;
            for line in text.lines().map(str::trim) {
                if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                    marked = true;
                } else if let Some((_, rest)) = line.split_once("fn ").filter(|_| marked) {
                    let name = rest.split(['(', '<']).next().unwrap();
                    found.insert([&inner[..], &[name.to_owned()]].concat());
                    marked = false;
                }
            }
        }
    }
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn the_tests_that_documents_name_are_there() {
    let tests = tests();
    for document in ["SECURITY.md", "ARCHITECTURE.md"] {
        let text = fs::read_to_string(root().join(document)).unwrap();
        let (mut package, mut cited) = (None, 0);
        for word in quoted(&text) {
            if tests.contains_key(word) {
                package = Some(word);
            }
            let is_path = word.contains("::")
                && word
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_:*".contains(c));
            if !is_path {
                continue;
            }
            let path = word.trim_end_matches("::*").split("::");
            let path: Vec<_> = path.map(str::to_owned).collect();
            let package = package.unwrap_or_else(|| panic!("{document}: whose is `{word}`?"));
            assert!(
                tests[package].iter().any(|test| test.starts_with(&path)),
                "{document}: `{package}` has no test `{word}`"
            );
            cited += 1;
        }
        assert!(cited >= 15, "{document} cites {cited} tests");
    }
}

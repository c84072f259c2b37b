//! Configurations that are wrong, each a file of its own, and what people read about each.

use std::{collections::BTreeSet, fs, path::Path};

use crate::scratch::{CORPUS, Scratch};

/// How many wrong files there are at least.
const LEAST: usize = 60;
/// How each of the files begins.
const HEAD: &str = "# Wrong: ";

/// What stands in the files, or in those they refer to, and must not be shown.
const SECRETS: [&str; 5] = [
    "s3cret",
    "12345678",
    "Bearer abcdef",
    "PRIVATE KEY",
    "MDEyMzQ1",
];

/// The names of the files in a folder that end so, without the ending.
fn stems(folder: &Path, beginning: &str, ending: &str) -> BTreeSet<String> {
    let names = fs::read_dir(folder).unwrap();
    names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| {
            let stem = name.strip_prefix(beginning)?.strip_suffix(ending)?;
            Some(stem.to_owned())
        })
        .collect()
}

/// Where a file of the corpus takes the place of a good one: its name says so.
fn place(stem: &str) -> &'static str {
    match stem.split_once('-') {
        Some(("operator", _)) => "ownhand.toml",
        Some(("tenant", _)) => "tenants/acme.toml",
        _ => panic!("{stem} must begin with operator- or tenant-"),
    }
}

#[tokio::test]
async fn each_wrong_file_gets_its_message() {
    let folder = format!("{CORPUS}/wrong");
    let files = stems(Path::new(&folder), "", ".toml");
    assert!(files.len() >= LEAST, "{} files", files.len());
    for stem in &files {
        let text = fs::read_to_string(format!("{folder}/{stem}.toml")).unwrap();
        let why = text.lines().next().unwrap().strip_prefix(HEAD);
        let why = why.unwrap_or_else(|| panic!("{stem} must say in its first line what is wrong"));
        let scratch = Scratch::new();
        scratch.write(place(stem), &text);
        let complaint = match scratch.check().await {
            Ok(_) => panic!("{stem} is found to be right"),
            Err(report) => scratch.shown(&report),
        };
        for secret in SECRETS {
            assert!(!complaint.contains(secret), "{stem}: {complaint}");
        }
        insta::with_settings!({ description => why, omit_expression => true }, {
            insta::assert_snapshot!(format!("corpus-{stem}"), complaint);
        });
    }
}

#[test]
fn each_wrong_file_has_a_snapshot_and_each_snapshot_a_file() {
    let files = stems(Path::new(&format!("{CORPUS}/wrong")), "", ".toml");
    let snapshots = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/snapshots");
    let snapshots = stems(&snapshots, "it__corpus__corpus-", ".snap");
    let alone: Vec<_> = snapshots.symmetric_difference(&files).collect();
    assert!(alone.is_empty(), "{alone:?}");
}

#[tokio::test]
async fn the_configuration_that_the_corpus_spoils_is_right() {
    let checked = Scratch::new().check().await;
    let checked = checked.unwrap_or_else(|report| panic!("{report}"));
    assert_eq!(checked.tenants(), 2);
}

#[tokio::test]
async fn what_is_wrong_in_several_files_is_said_at_once() {
    let scratch = Scratch::new();
    // In the files, in the plugins' settings of both tenants, in the operator's bound, and in what only the wiring knows.
    scratch.edit("ownhand.toml", "secrets/seal.key", "secrets/short.key");
    scratch.edit("ownhand.toml", "tokens.db\"", "tokens.db\", wal = true");
    scratch.edit("tenants/acme.toml", "audience", "audeince");
    scratch.edit("tenants/acme.toml", "root = \"acme\"", "root = \"/\"");
    scratch.edit("tenants/beta.toml", "root = \"beta\"", "root = \"acme\"");
    insta::assert_snapshot!(scratch.complaint().await);
}

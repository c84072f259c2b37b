//! A trial load in another process.

use std::{ffi::OsStr, path::Path, time::Duration};

use ownhand_plugin_host::{LoadError, probe_in_child};

use crate::support::{changed, copy, raw};

/// The program itself is what the child runs: its hidden command loads the file and ends.
async fn probe(path: &Path) -> Result<(), LoadError> {
    let exe =
        std::env::var_os("OWNHAND_BIN").expect("OWNHAND_BIN is not set; run `cargo xtask test`");
    let args = ["plugin", "probe"].map(OsStr::new);
    probe_in_child(Path::new(&exe), &args, path, Duration::from_secs(20)).await
}

#[tokio::test]
async fn a_good_file() {
    let (_folder, path) = copy();
    probe(&path).await.unwrap();
}

#[tokio::test]
async fn an_orderly_refusal_is_told() {
    let error = probe(Path::new("/missing.so")).await.unwrap_err();
    assert!(
        matches!(&error, LoadError::Probe { reason } if reason.contains("there is no such file")),
        "{error}"
    );
}

#[tokio::test]
async fn damage_ends_the_child_only() {
    // Everything that the linker reads beyond the headers: relocations, dynamic section, code.
    let (_folder, path) = changed(|bytes| {
        let relocations = section(bytes, ".rela.dyn").or_else(|| section(bytes, ".rela.plt"));
        let range = relocations.unwrap();
        for entry in bytes[range].chunks_exact_mut(24) {
            // The address to be changed: far outside.
            entry[..8].copy_from_slice(&0x7fff_0000_0000_u64.to_le_bytes());
        }
    });
    let error = probe(&path).await.unwrap_err();
    assert!(matches!(error, LoadError::Crashed { .. }), "{error}");
}

#[tokio::test]
async fn an_initialiser_that_ends_the_process_is_no_success() {
    let (_folder, path) = raw(*b"exit...");
    let error = probe(&path).await.unwrap_err();
    assert!(matches!(error, LoadError::EndedEarly), "{error}");
    let args = [OsStr::new("-c"), OsStr::new("cat; echo more")];
    let shell = Path::new("/bin/sh");
    let error = probe_in_child(shell, &args, Path::new("x"), Duration::from_secs(20)).await;
    assert!(matches!(error, Err(LoadError::EndedEarly)), "{error:?}");
}

#[tokio::test]
async fn a_flood_of_errors_is_read_and_not_kept() {
    let (_folder, path) = raw(*b"flood..");
    let error = probe(&path).await.unwrap_err();
    // The last line, and nothing that the terminal would obey.
    assert!(
        matches!(&error, LoadError::Probe { reason } if reason == r"error: \u{1b}[2Jdone"),
        "{error}"
    );
}

#[tokio::test]
async fn an_initialiser_that_hangs_is_ended() {
    let exe =
        std::env::var_os("OWNHAND_BIN").expect("OWNHAND_BIN is not set; run `cargo xtask test`");
    let (_folder, path) = raw(*b"hang...");
    let args = ["plugin", "probe"].map(OsStr::new);
    let patience = Duration::from_secs(2);
    let error = probe_in_child(Path::new(&exe), &args, &path, patience)
        .await
        .unwrap_err();
    assert!(matches!(error, LoadError::ProbeTimedOut(_)), "{error}");
}

#[tokio::test]
async fn a_child_that_does_not_end_is_killed() {
    let patience = Duration::from_millis(200);
    let args = [OsStr::new("-c"), OsStr::new("while :; do :; done")];
    let error = probe_in_child(Path::new("/bin/sh"), &args, Path::new("x"), patience)
        .await
        .unwrap_err();
    assert!(matches!(error, LoadError::ProbeTimedOut(_)), "{error}");
}

fn section(bytes: &[u8], name: &str) -> Option<std::ops::Range<usize>> {
    use object::{Object, ObjectSection};
    let file = object::File::parse(bytes).unwrap();
    let (offset, size) = file.section_by_name(name)?.file_range()?;
    Some(usize::try_from(offset).unwrap()..usize::try_from(offset + size).unwrap())
}

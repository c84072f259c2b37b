//! Files that are not the plugin that is meant.

use std::{
    fs,
    os::unix::net::UnixListener,
    path::{Path, PathBuf},
};

use ownhand_plugin_host::{LoadError, LoadOptions, Pin, inspect, load};
use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::support::{built, changed, copy, replace};

pub(crate) fn refused(path: &Path) -> LoadError {
    let inspected = inspect(path, None).unwrap_err();
    let loaded = load(path, None, &LoadOptions::default()).unwrap_err();
    assert_eq!(inspected.to_string(), loaded.to_string());
    loaded
}

fn written(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.so");
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

#[test]
fn a_good_file_is_described() {
    let inspection = inspect(&built(), None).unwrap();
    assert_eq!(inspection.manifest.name, "misbehaving");
    assert_eq!(inspection.abi_version, "1.0.0");
    assert_eq!(inspection.size, fs::metadata(built()).unwrap().len());
    let pin: Pin = inspection.sha256.to_string().parse().unwrap();
    inspect(&built(), Some(&pin)).unwrap();
}

#[test]
fn not_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    assert!(matches!(refused(&path("missing.so")), LoadError::Missing));
    assert!(matches!(
        refused(Path::new("libm.so.6")),
        LoadError::Missing
    ));
    let directory = refused(folder.path());
    assert!(
        directory.to_string().starts_with("this is a directory"),
        "{directory}"
    );
    mknodat(
        CWD,
        path("pipe"),
        FileType::Fifo,
        Mode::RUSR | Mode::WUSR,
        0,
    )
    .unwrap();
    let pipe = refused(&path("pipe"));
    assert!(pipe.to_string().starts_with("this is a pipe"), "{pipe}");
    let _listens = UnixListener::bind(path("socket")).unwrap();
    let socket = refused(&path("socket"));
    assert!(
        socket.to_string().starts_with("this is a socket"),
        "{socket}"
    );
    let device = refused(Path::new("/dev/null"));
    assert!(
        device.to_string().starts_with("this is a device"),
        "{device}"
    );
}

#[test]
fn not_a_library() {
    for bytes in [&b""[..], b"a text", b"\x7fELF", &[0; 4096]] {
        let (_folder, path) = written(bytes);
        let error = refused(&path);
        assert!(matches!(error, LoadError::NotALibrary { .. }), "{error}");
    }
}

#[test]
fn not_a_plugin() {
    let program = std::env::current_exe().unwrap();
    let error = refused(&program);
    assert!(matches!(error, LoadError::NotAPlugin), "{error}");
    let (_folder, other) = changed(|bytes| replace(bytes, b"\0.ownhand\0", b"\0.another\0"));
    assert!(matches!(refused(&other), LoadError::NotAPlugin));
}

#[test]
fn a_cut_off_file_is_never_opened() {
    let length = fs::metadata(built()).unwrap().len();
    let length = usize::try_from(length).unwrap();
    for keep in [1, 63, 64, 1000, 4096, length / 4, length / 2, length - 1] {
        let (_folder, path) = changed(|bytes| bytes.truncate(keep));
        let error = refused(&path);
        let told = matches!(
            error,
            LoadError::NotALibrary { .. } | LoadError::Truncated { .. } | LoadError::NotAPlugin
        );
        assert!(told, "{keep}: {error}");
    }
}

#[test]
fn another_machine() {
    // The machine's number in the ELF header: AArch64, or x86-64 where that is our own.
    let number = if cfg!(target_arch = "aarch64") {
        62
    } else {
        183
    };
    let (_folder, path) = changed(|bytes| bytes[18] = number);
    let error = refused(&path);
    assert!(matches!(error, LoadError::Architecture { .. }), "{error}");
}

#[test]
fn another_abi() {
    let ours = br#""abi":"1.0.0""#;
    let (_folder, path) = changed(|bytes| replace(bytes, ours, br#""abi":"2.0.0""#));
    let error = refused(&path);
    assert!(
        error
            .to_string()
            .starts_with("it was built for plugin ABI 2.0.0, this host speaks 1.0.0")
    );

    let (_folder, path) = changed(|bytes| replace(bytes, ours, br#""abi" "1.0.0""#));
    assert!(matches!(refused(&path), LoadError::Manifest { .. }));
}

#[test]
fn a_different_type_is_refused_in_one_line() {
    // The names of fields stand in the layouts that are compared.
    let (_folder, path) = changed(|bytes| replace(bytes, b"now_unix_ms", b"now_unix_us"));
    inspect(&path, None).unwrap();
    let error = load(&path, None, &LoadOptions::default()).unwrap_err();
    let LoadError::Layout { reason } = error else {
        panic!("{error}");
    };
    assert!(
        reason.starts_with("the types at the boundary differ: UnexpectedField at "),
        "{reason}"
    );
    assert!(reason.len() < 300, "{reason}");
}

#[test]
fn the_manifest_must_say_what_the_header_says() {
    let ours = br#""abi":"1.0.0""#;
    let (_folder, path) = changed(|bytes| replace(bytes, ours, br#""abi":"1.9.0""#));
    assert_eq!(inspect(&path, None).unwrap().abi_version, "1.9.0");
    let error = load(&path, None, &LoadOptions::default()).unwrap_err();
    assert!(
        matches!(&error, LoadError::AbiMismatch { manifest, header } if manifest == "1.9.0" && header == "1.0.0"),
        "{error}"
    );
}

#[test]
fn a_library_whose_panics_would_end_the_host_is_never_opened() {
    let (_folder, path) =
        changed(|bytes| replace(bytes, br#""panic":"unwind""#, br#""panic":"abort!""#));
    assert!(matches!(refused(&path), LoadError::Aborts));
    // One that does not say is not believed to be harmless.
    let (_folder, path) =
        changed(|bytes| replace(bytes, br#""panic":"unwind""#, br#""silent":"nothi""#));
    assert!(matches!(refused(&path), LoadError::Manifest { .. }));
}

#[test]
fn a_manifest_cannot_speak_to_the_terminal() {
    let ours = br#""name":"misbehaving""#;
    let (_folder, path) = changed(|bytes| replace(bytes, ours, br#""name":"\u001b[2Jab""#));
    let error = refused(&path);
    assert!(matches!(error, LoadError::Manifest { .. }), "{error}");
    assert!(!error.to_string().contains('\u{1b}'), "{error}");
}

#[test]
fn the_wrong_pin() {
    let (_folder, path) = copy();
    let pin = Pin([7; 32]);
    let error = load(&path, Some(&pin), &LoadOptions::default()).unwrap_err();
    assert!(error.to_string().contains("0707"), "{error}");
    // A pinned file that was damaged is told by its digest, before anything else.
    let good = inspect(&path, None).unwrap().sha256;
    let (_folder, damaged) = changed(|bytes| bytes.truncate(5000));
    let error = load(&damaged, Some(&good), &LoadOptions::default()).unwrap_err();
    assert!(matches!(error, LoadError::Pin { .. }), "{error}");
    assert!("abc".parse::<Pin>().is_err());
}

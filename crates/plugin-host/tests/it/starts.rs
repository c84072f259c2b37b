//! Libraries that do not start, or not as they should.

use std::fs;

use ownhand_plugin_host::{LoadError, LoadOptions, load};
use ownhand_spi::{AdapterFactory, ErrorKind, InstanceArgs};

use crate::support::{PATIENCE, Source, changed, of, options, raw, replace};

/// How many copies of libraries this process holds, as open files and as mapped ones.
fn held() -> (usize, usize) {
    let files = fs::read_dir("/proc/self/fd").unwrap().filter(|entry| {
        let link = fs::read_link(entry.as_ref().unwrap().path());
        link.is_ok_and(|link| link.to_string_lossy().contains("memfd:ownhand-plugin"))
    });
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let mapped = maps.matches("memfd:ownhand-plugin").count();
    (files.count(), mapped)
}

#[test]
fn a_library_that_failed_is_not_started_again() {
    let other_type = |bytes: &mut Vec<u8>| replace(bytes, b"now_unix_ms", b"now_unix_us");
    for (_folder, path) in [changed(other_type), raw(*b"init...")] {
        let first = load(&path, None, &LoadOptions::default()).unwrap_err();
        let after_one = held();
        for _ in 0..3 {
            let again = load(&path, None, &LoadOptions::default()).unwrap_err();
            assert!(
                matches!(&again, LoadError::FailedBefore { reason } if *reason == first.to_string()),
                "{again}"
            );
        }
        // It is in memory once, and stays there: it may have left something behind.
        assert_eq!(held(), after_one);
    }
    assert_eq!(held().0, 2);
}

#[test]
fn a_library_that_the_linker_refuses_leaves_nothing() {
    // The name of a symbol that it needs.
    let (_folder, path) = changed(|bytes| replace(bytes, b"pthread_create\0", b"pthread_crXate\0"));
    for _ in 0..3 {
        let error = load(&path, None, &LoadOptions::default()).unwrap_err();
        assert!(matches!(error, LoadError::Open { .. }), "{error}");
        assert_eq!(held(), (0, 0));
    }
}

#[test]
fn a_start_that_hangs_is_given_up() {
    let (_folder, path) = raw(*b"inhang.");
    let options = LoadOptions {
        start_timeout: PATIENCE,
        ..options()
    };
    let error = load(&path, None, &options).unwrap_err();
    assert!(matches!(error, LoadError::Start { .. }), "{error}");
    // Nobody waits for it again, and others start.
    let error = load(&path, None, &options).unwrap_err();
    assert!(matches!(error, LoadError::FailedBefore { .. }), "{error}");
    of(raw(*b"good..."));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_hangs_when_asked_what_it_is_is_given_up() {
    let (_folder, path) = raw(*b"good...");
    let options = LoadOptions {
        build_timeout: PATIENCE,
        ..options()
    };
    let plugin = load(&path, None, &options).unwrap();
    let args = |instance: &str| InstanceArgs {
        instance: instance.to_owned(),
        ..InstanceArgs::default()
    };
    let error = plugin.build(args("hangs when asked")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    let instance = plugin.build(args("well")).await.unwrap();
    let source = Source(instance.document_source.unwrap());
    assert_eq!(source.says("version").await, "1.0.0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_that_hangs_when_told_of_a_new_filter_holds_nobody_up() {
    let plugin = of(raw(*b"notice."));
    // Returns.
    plugin.plugin.log_filter_changed();
    let instance = plugin.named("well").await.unwrap();
    let source = Source(instance.document_source.unwrap());
    assert_eq!(source.says("version").await, "1.0.0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_the_manifest_does_not_name_is_refused() {
    let plugin = of(raw(*b"good..."));
    let error = plugin.named("another role").await.unwrap_err();
    assert!(
        error
            .message()
            .ends_with("identity_mapper, which its manifest does not name"),
        "{error}"
    );
}

//! Instances, their settings and their secrets.

use std::time::Duration;

use ownhand_plugin_host::{LoadError, LoadOptions, load};
use ownhand_spi::{
    ActorKind, AdapterFactory, Credential, CredentialUse, ErrorKind, InstanceArgs, Role,
};
use serde_json::json;

use crate::support::{PATIENCE, Source, context, copy, loaded};

#[tokio::test(flavor = "multi_thread")]
async fn instances_of_one_library_are_independent() {
    let plugin = loaded();
    let one = plugin.try_build(json!({"label": "one"})).await.unwrap();
    let two = plugin.try_build(json!({"label": "two"})).await.unwrap();
    let (one, two) = (one.document_source.unwrap(), two.document_source.unwrap());
    assert_eq!(Source(one.clone()).says("label").await, "one");
    assert_eq!(Source(two.clone()).says("label").await, "two");
    drop(one);
    assert_eq!(Source(two.clone()).says("label").await, "two");
    assert!(two.capabilities().versions && !two.capabilities().acts_later);
    assert_eq!(two.acting(), ActorKind::Service);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_files_of_one_plugin_share_nothing() {
    let (one, two) = (loaded(), loaded());
    let (a, b) = (one.source().await, two.source().await);
    // Counted in statics of the library.
    tokio::select! {
        _ = a.open("hang") => panic!("it hangs"),
        () = a.until_begun(1) => {}
    }
    assert_eq!(b.says("begun").await, "0");
    one.plugin.shutdown(Duration::from_secs(5)).await.unwrap();
    a.open("label").await.unwrap_err();
    assert_eq!(b.says("label").await, "one");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_roles_of_one_instance_share_its_state_and_one_outlives_the_other() {
    let plugin = loaded();
    let instance = plugin.try_build(json!({"label": "shared"})).await.unwrap();
    let mapper = instance.identity_mapper.unwrap();
    let source = Source(instance.document_source.unwrap());
    let cx = context(Duration::from_secs(20));
    let opened = async || {
        let credential = Credential {
            scheme: "bearer".into(),
            value: "x".into(),
        };
        let identity = mapper.resolve(&cx, credential).await.unwrap();
        identity.user.claims["opened"].clone()
    };
    assert_eq!(opened().await, "0");
    assert_eq!(source.says("label").await, "shared");
    assert_eq!(source.says("label").await, "shared");
    assert_eq!(opened().await, "2");
    // Another instance counts for itself.
    assert_eq!(plugin.source().await.says("label").await, "one");
    assert_eq!(opened().await, "2");
    drop(source);
    assert_eq!(opened().await, "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_arrive_and_print_as_redacted() {
    let plugin = loaded();
    let settings = json!({"label": "l", "secret": {"$secret": "key"}});
    let instance = plugin.try_build(settings).await.unwrap();
    let credential = Credential {
        scheme: "bearer".into(),
        value: "tok-3n".into(),
    };
    let cx = context(Duration::from_secs(20));
    let mapper = instance.identity_mapper.unwrap();
    let identity = mapper.resolve(&cx, credential).await.unwrap();
    let claims = &identity.user.claims;
    assert_eq!(
        (claims["length"].as_str(), claims["setting_length"].as_str()),
        ("6", "7")
    );
    assert_eq!(
        (claims["tenant"].as_str(), claims["time"].as_str()),
        ("acme", "1700000000123")
    );
    assert_eq!(claims["instance"], "acme/host");
    assert_eq!(identity.user.name.as_deref(), Some("acme"));
    let once = CredentialUse::Single {
        id: "jti".into(),
        expires_unix_ms: 1_700_000_000_124,
    };
    assert_eq!(identity.credential_use, once);

    let source = Source(instance.document_source.unwrap());
    let shown = format!("{claims:?} {}", source.says("actor").await);
    assert!(shown.contains("redacted"), "{shown}");
    assert!(
        !shown.contains("tok-3n") && !shown.contains("hunter2"),
        "{shown}"
    );
    assert!(
        shown.contains("StoredKey") && shown.contains("u1"),
        "{shown}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_settings_are_named_by_path() {
    let plugin = loaded();
    for (settings, path, message) in [
        (json!({"lable": "x"}), "lable", "did you mean `label`?"),
        (
            json!({"rules": [{"path": "a"}, {"pth": "b"}]}),
            "rules[1].pth",
            "did you mean `path`?",
        ),
        (
            json!({"rules": [{"path": ""}]}),
            "rules[0].path",
            "is empty",
        ),
        (json!({"secret": "hunter2"}), "secret", "{ file = \"…\" }"),
    ] {
        let error = plugin.try_build(settings).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert_eq!(error.path(), Some(path));
        assert!(error.message().ends_with(message), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_configured_time_bounds_builds_and_calls() {
    let (_folder, path) = copy();
    let options = LoadOptions {
        build_timeout: PATIENCE,
        call_timeout: PATIENCE,
        ..LoadOptions::default()
    };
    let plugin = load(&path, None, &options).unwrap();
    let args = |build| InstanceArgs {
        settings: json!({"build": build}),
        ..InstanceArgs::default()
    };
    let error = plugin.build(args("hang")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);

    let instance = plugin.build(args("well")).await.unwrap();
    let source = Source(instance.document_source.unwrap());
    let budget = Duration::from_mins(10);
    let error = source.open_within("hang", budget).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_loaded_goes_on_whatever_becomes_of_its_file() {
    let (_folder, path) = copy();
    let plugin = load(&path, None, &LoadOptions::default()).unwrap();
    let build = async || {
        let settings = json!({"label": "still here"});
        let args = InstanceArgs {
            settings,
            ..InstanceArgs::default()
        };
        Source(plugin.build(args).await.unwrap().document_source.unwrap())
    };
    let before = build().await;
    // Written over in place: a library that is mapped from this file would crash now.
    let length = std::fs::metadata(&path).unwrap().len();
    std::fs::write(&path, vec![0xcc; usize::try_from(length).unwrap()]).unwrap();
    assert_eq!(before.says("label").await, "still here");
    assert_eq!(build().await.says("timer").await, "true");
    std::fs::remove_file(&path).unwrap();
    assert_eq!(build().await.says("label").await, "still here");
}

#[test]
fn a_file_is_loaded_once() {
    let (folder, path) = copy();
    let options = LoadOptions::default();
    let first = load(&path, None, &options).unwrap();
    assert_eq!(first.manifest().name, "misbehaving");
    assert_eq!(
        first.manifest().roles,
        [Role::IdentityMapper, Role::DocumentSource]
    );

    let link = folder.path().join("link.so");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let again = load(&link, Some(&first.inspection().sha256), &options).unwrap();
    assert_eq!(again.inspection().path, first.inspection().path);

    // A new file over it, as an upgrade would put it there.
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.push(0);
    let new = folder.path().join("new.so");
    std::fs::write(&new, bytes).unwrap();
    std::fs::rename(&new, &path).unwrap();
    let error = load(&path, None, &options).unwrap_err();
    assert!(matches!(error, LoadError::Replaced { .. }), "{error}");
}

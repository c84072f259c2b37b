//! Who else could put another file in the plugin's place.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, chown, symlink},
    path::Path,
};

use ownhand_plugin_host::{LoadError, LoadOptions, inspect, load};

use crate::{files::refused, support::copy};

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn writable_by_others() {
    let (folder, path) = copy();
    for open in [0o666, 0o664, 0o646] {
        mode(&path, open);
        let error = refused(&path);
        assert!(error.to_string().contains("plugin.so"), "{error}");
    }
    mode(&path, 0o644);
    for open in [0o777, 0o1777, 0o770, 0o1770] {
        mode(folder.path(), open);
        let error = refused(&path);
        assert!(
            matches!(&error, LoadError::Writable { path } if path.is_dir()),
            "{error}"
        );
    }
    mode(folder.path(), 0o700);
    inspect(&path, None).unwrap();
}

#[test]
fn a_sticky_directory_further_up_is_no_danger() {
    let (folder, path) = copy();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    fs::rename(&path, inner.join("plugin.so")).unwrap();
    mode(folder.path(), 0o1777);
    inspect(&inner.join("plugin.so"), None).unwrap();
    mode(folder.path(), 0o777);
    assert!(matches!(
        refused(&inner.join("plugin.so")),
        LoadError::Writable { .. }
    ));
}

#[test]
fn a_file_or_a_folder_of_somebody_else() {
    // Only root can give files away; as another user every file of root's is trusted, and there is no third user to ask for.
    let (folder, path) = copy();
    if let Err(denied) = chown(&path, Some(65_533), None) {
        assert_eq!(denied.kind(), std::io::ErrorKind::PermissionDenied);
        inspect(&path, None).unwrap();
        return;
    }
    let error = refused(&path);
    assert!(
        matches!(&error, LoadError::Foreign { path, owner: 65_533 } if path.ends_with("plugin.so")),
        "{error}"
    );
    chown(&path, Some(0), None).unwrap();
    chown(folder.path(), Some(65_533), None).unwrap();
    let error = refused(&path);
    assert!(
        matches!(&error, LoadError::Foreign { path, .. } if path.is_dir()),
        "{error}"
    );
}

#[test]
fn links_that_lead_nowhere_are_told_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    symlink("missing.so", at("dangling.so")).unwrap();
    symlink("b.so", at("a.so")).unwrap();
    symlink("a.so", at("b.so")).unwrap();
    symlink("self.so", at("self.so")).unwrap();
    for (link, words) in [
        ("dangling.so", "leads nowhere"),
        ("a.so", "in a circle"),
        ("self.so", "in a circle"),
    ] {
        let error = refused(&at(link));
        assert!(
            matches!(&error, LoadError::Link { link: told, .. } if *told == at(link)),
            "{error}"
        );
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn the_folder_of_a_link_counts_like_that_of_the_file() {
    let (_safe, path) = copy();
    let open = tempfile::tempdir().unwrap();
    let link = open.path().join("link.so");
    symlink(&path, &link).unwrap();
    inspect(&link, None).unwrap();
    // Whoever can write here can let the link lead elsewhere.
    for loose in [0o777, 0o1777, 0o770] {
        mode(open.path(), loose);
        let error = refused(&link);
        assert!(
            matches!(&error, LoadError::Writable { path } if path == open.path()),
            "{error}"
        );
    }
    // Also when the link is one of a folder on the way.
    let folder = open.path().join("folder");
    symlink(path.parent().unwrap(), &folder).unwrap();
    let error = refused(&folder.join("plugin.so"));
    assert!(
        matches!(&error, LoadError::Writable { path } if path == open.path()),
        "{error}"
    );
    mode(open.path(), 0o700);
    let found = inspect(&folder.join("plugin.so"), None).unwrap();
    assert_eq!(found.path, path.canonicalize().unwrap());
    // Two dots lead to where the link leads, as for the system.
    let name = path.parent().unwrap().file_name().unwrap();
    let round = folder.join("..").join(name).join("plugin.so");
    load(&round, None, &LoadOptions::default()).unwrap();
}

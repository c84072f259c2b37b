//! What lies in files: the configuration, and plugin libraries.

use std::{cell::RefCell, collections::BTreeMap, fs};

use ownhand_config::{Style, load};
use tempfile::TempDir;

thread_local! {
    static FOLDER: RefCell<Option<TempDir>> = const { RefCell::new(None) };
}

/// Does something with the path of a file that holds `data`.
fn with_file(name: &str, data: &[u8], act: impl FnOnce(&std::path::Path)) {
    FOLDER.with_borrow_mut(|folder| {
        let folder = folder.get_or_insert_with(|| tempfile::tempdir().expect("a folder"));
        let path = folder.path().join(name);
        fs::write(&path, data).expect("a file");
        act(&path);
    });
}

/// A configuration of any bytes is read or refused with a report that can be shown, and shows no variable's value.
pub fn config_toml(data: &[u8]) {
    let secret = "the-value-of-a-variable";
    let names = [
        "OWNHAND_CLIENT_SECRET",
        "OWNHAND_CONNECT_KEY",
        "OWNHAND_SEAL_KEY",
    ];
    let environment: BTreeMap<_, _> = names
        .iter()
        .map(|name| ((*name).to_owned(), secret.to_owned()))
        .collect();
    with_file("ownhand.toml", data, |path| {
        if let Err(report) = load(path, &environment) {
            let text = report.render(Style::Plain);
            assert!(!text.trim().is_empty(), "a report without a word");
            assert!(!text.contains(secret), "{text}");
        }
    });
}

/// A file of any bytes is looked at and never opened as a library.
pub fn plugin_file(data: &[u8]) {
    with_file("plugin.so", data, |path| {
        if let Err(error) = ownhand_plugin_host::inspect(path, None) {
            assert!(!error.to_string().is_empty());
        }
    });
}

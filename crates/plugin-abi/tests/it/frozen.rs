//! The frozen copy of the version that is not released yet.

use std::{collections::BTreeMap, fs, path::Path};

fn files(folder: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = fs::read_dir(folder).unwrap().map(|entry| {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        (name, fs::read_to_string(entry.path()).unwrap())
    });
    files.collect()
}

/// Goes with the first tag: then the copy stays, and the source may go on to 1.1.0.
#[test]
fn the_copy_of_1_0_0_is_what_will_be_released() {
    assert_eq!(ownhand_plugin_abi::VERSION, "1.0.0");
    let (present, frozen) = (files("src"), files("frozen/v1_0_0/src"));
    assert!(present.len() > 10, "only {} files", present.len());
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&present), names(&frozen));
    for (name, text) in &present {
        assert!(
            *text == frozen[name],
            "{name} differs; cp crates/plugin-abi/src/*.rs crates/plugin-abi/frozen/v1_0_0/src/"
        );
    }
}

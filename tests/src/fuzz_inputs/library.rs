//! Files that say they are plugin libraries.

use std::fs;

use ownhand_plugin_host::inspect;

/// A file is looked at without running it; what is no library is refused by a sentence.
pub(super) fn elf(input: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plugin.so");
    fs::write(&file, input).unwrap();
    match inspect(&file, None) {
        Ok(inspection) => {
            assert_eq!(inspection.size, input.len() as u64);
            assert!(!inspection.manifest.name.is_empty());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// The head of a small shared object for x86-64: its file header, program headers and section headers, all of them empty.
pub(super) fn examples() -> Vec<Vec<u8>> {
    let mut head = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    let mut number =
        |value: u64, bytes: usize| head.extend_from_slice(&value.to_le_bytes()[..bytes]);
    number(3, 2); // A shared object,
    number(62, 2); // for x86-64,
    number(1, 4); // of the present version,
    number(0, 8); // without an entry;
    number(64, 8); // its program headers,
    number(64 + 56, 8); // and its section headers;
    number(0, 4); // no flags,
    for size in [64, 56, 1, 64, 2, 1] {
        number(size, 2); // sizes and counts.
    }
    let mut whole = head.clone();
    whole.resize(64 + 56 + 2 * 64, 0);
    vec![head, whole, b"\x7fELF".to_vec(), b"#!/bin/sh\n".to_vec()]
}

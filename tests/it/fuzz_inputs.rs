//! A bounded run of what `fuzz/` does without bounds: examples, what was found before, and disturbed copies of both.

use std::{collections::BTreeSet, fs, path::PathBuf};

use ownhand_e2e::fuzz_inputs::{TARGETS, Target};
use proptest::{
    prelude::*,
    sample::{Index, select},
    test_runner::{Config, TestRunner},
};

fn fuzz() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

/// Examples, and the inputs that are kept for a target.
fn corpus(target: &Target) -> Vec<Vec<u8>> {
    let mut corpus = (target.examples)();
    let kept = fs::read_dir(fuzz().join("corpus").join(target.name));
    for file in kept.into_iter().flatten() {
        corpus.push(fs::read(file.unwrap().path()).unwrap());
    }
    corpus
}

/// One input with some pieces exchanged for others, or any bytes at all.
fn disturbed(corpus: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..6),
        "[\\[\\]{}=.,\"'#\r\n /%:;-]{0,6}".prop_map(String::into_bytes),
    ];
    let change = (any::<Index>(), 0..12_usize, piece);
    let changed =
        (select(corpus), prop::collection::vec(change, 1..5)).prop_map(|(mut input, changes)| {
            for (at, length, piece) in changes {
                let start = at.index(input.len() + 1);
                let end = (start + length).min(input.len());
                input.splice(start..end, piece);
            }
            input
        });
    prop_oneof![
        6 => changed,
        1 => prop::collection::vec(any::<u8>(), 0..200),
    ]
}

fn run(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let corpus = corpus(target);
    for input in &corpus {
        (target.play)(input);
    }
    (target.play)(&[]);
    let config = Config {
        failure_persistence: None,
        ..Config::with_cases(target.cases)
    };
    TestRunner::new(config)
        .run(&disturbed(corpus), |input| {
            (target.play)(&input);
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{name}: {failure}"));
}

#[test]
fn connect_body() {
    run("connect_body");
}

#[test]
fn multipart() {
    run("multipart");
}

#[test]
fn jwt_credential() {
    run("jwt_credential");
}

#[test]
fn config_toml() {
    run("config_toml");
}

#[test]
fn sealed_record() {
    run("sealed_record");
}

#[test]
fn elf_inspection() {
    run("elf_inspection");
}

#[test]
fn ids_and_paths() {
    run("ids_and_paths");
}

#[test]
fn every_target_is_played_here_and_by_the_fuzzer() {
    let targets: BTreeSet<_> = TARGETS
        .iter()
        .map(|target| target.name.to_owned())
        .collect();
    let files = fs::read_dir(fuzz().join("fuzz_targets")).unwrap();
    let fuzzed: BTreeSet<_> = files
        .map(|file| {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).unwrap();
            assert!(
                text.contains(&format!("play(\"{name}\"")),
                "{} plays another target",
                path.display()
            );
            name
        })
        .collect();
    assert_eq!(fuzzed, targets);
    let here = include_str!("fuzz_inputs.rs");
    for name in targets {
        assert!(
            here.contains(&format!("fn {name}()")),
            "{name} is not played here"
        );
    }
}

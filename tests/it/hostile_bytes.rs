//! The fuzz targets, for a bounded time: over the seeds, and over what becomes of them by cutting, changing, doubling and mixing.

use std::{fs, path::Path};

use ownhand_e2e::hostile::{self, TARGETS, Target};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

/// The seeds of a target.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/corpus")
        .join(name);
    let mut seeds: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| fs::read(entry.unwrap().path()).unwrap())
        .collect();
    seeds.sort();
    assert!(seeds.len() > 2, "{} has hardly a seed", folder.display());
    seeds
}

/// Changes of a seed, of a few places or of its length, and bytes of no seed at all.
fn inputs(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let seed = proptest::sample::select(seeds);
    let places = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    let changed = (seed.clone(), places, any::<prop::sample::Index>(), 0..4_u8).prop_map(
        |(mut bytes, places, at, how)| {
            if bytes.is_empty() {
                return bytes;
            }
            for (place, byte) in places {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            let at = at.index(bytes.len());
            match how {
                0 => bytes.truncate(at),
                1 => bytes.extend_from_within(at..),
                2 => drop(bytes.drain(..at)),
                _ => {}
            }
            bytes
        },
    );
    prop_oneof![
        8 => changed,
        1 => prop::collection::vec(any::<u8>(), 0..2048),
        1 => (seed.clone(), seed).prop_map(|(first, second)| [first, second].concat()),
    ]
}

fn withstands(name: &str, cases: u32) {
    let (_, target): (_, Target) = TARGETS
        .into_iter()
        .find(|(known, _)| *known == name)
        .unwrap();
    let seeds = corpus(name);
    for seed in &seeds {
        target(seed);
    }
    let config = Config {
        failure_persistence: None,
        ..Config::with_cases(cases)
    };
    TestRunner::new(config)
        .run(&inputs(seeds), |bytes| {
            target(&bytes);
            Ok(())
        })
        .unwrap();
}

#[test]
fn connect_bodies() {
    withstands("connect_body", 4000);
}

#[test]
fn multipart_bodies() {
    withstands("multipart", 4000);
}

#[test]
fn credentials() {
    withstands("jwt_credential", 2000);
}

#[test]
fn configurations() {
    withstands("config_toml", 500);
}

#[test]
fn sealed_records() {
    withstands("sealed_record", 1000);
}

#[test]
fn plugin_files() {
    // A real library among the seeds would be too large to keep; here it is at hand.
    let library = crate::support::programs().library("identity-jwt");
    let head: Vec<_> = fs::read(library)
        .unwrap()
        .into_iter()
        .take(64 * 1024)
        .collect();
    hostile::plugin_file(&head);
    withstands("plugin_file", 2000);
}

#[test]
fn addresses() {
    withstands("paths", 500);
}

#[test]
fn every_target_has_its_program() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/fuzz_targets");
    let mut programs: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_owned())
        .collect();
    programs.sort();
    let mut names: Vec<std::ffi::OsString> =
        TARGETS.iter().map(|(name, _)| (*name).into()).collect();
    names.sort();
    assert_eq!(programs, names);
}

//! What strangers may send, tried with any bytes: each target is a plain function that ends in a failed assertion when
//! something holds no longer. The tests play it with disturbed examples, `fuzz/` with whatever libFuzzer finds.

#![expect(
    clippy::unwrap_used,
    reason = "a target ends by panicking, and needs what it sets up itself"
)]

mod configuration;
mod credential;
mod library;
mod routes;
mod sealed;
mod wire;

use std::sync::LazyLock;

use tokio::runtime::Runtime;

/// Something that reads what strangers send.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, also of its file in `fuzz/fuzz_targets`.
    pub name: &'static str,
    /// Plays one input.
    pub play: fn(&[u8]),
    /// Inputs from which to start.
    pub examples: fn() -> Vec<Vec<u8>>,
    /// How many inputs the tests try: fewer where each one takes long.
    pub cases: u32,
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target {
        name: "connect_body",
        play: wire::connect_body,
        examples: wire::connect_examples,
        cases: 2000,
    },
    Target {
        name: "multipart",
        play: wire::multipart,
        examples: wire::multipart_examples,
        cases: 2000,
    },
    Target {
        name: "jwt_credential",
        play: credential::jwt,
        examples: credential::examples,
        cases: 1000,
    },
    Target {
        name: "config_toml",
        play: configuration::toml,
        examples: configuration::examples,
        cases: 200,
    },
    Target {
        name: "sealed_record",
        play: sealed::record,
        examples: sealed::examples,
        cases: 2000,
    },
    Target {
        name: "elf_inspection",
        play: library::elf,
        examples: library::examples,
        cases: 400,
    },
    Target {
        name: "ids_and_paths",
        play: routes::ids_and_paths,
        examples: routes::examples,
        cases: 300,
    },
];

/// Plays an input of a target, for `fuzz/`.
///
/// # Panics
/// When something holds no longer, or there is no such target.
pub fn play(name: &str, input: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    (target.unwrap().play)(input);
}

/// Where asynchronous targets run.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

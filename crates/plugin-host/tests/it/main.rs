//! The host against real libraries: it builds none itself, it takes them from the folder that `cargo xtask test` names.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "helpers of tests fail like tests"
)]

mod calls;
mod files;
mod guarded;
mod hostile;
mod instances;
mod log;
mod probe;
mod starts;
mod streams;
mod support;
mod versions;
mod way;

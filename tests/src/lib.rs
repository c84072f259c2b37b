#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod edges;
#[expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a broken promise, or a machine that gives no folder, ends the run"
)]
pub mod hostile;

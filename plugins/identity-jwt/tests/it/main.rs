//! The adapter in both its forms: compiled in, and loaded from its library.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail like tests"
)]

mod conformance;
mod forms;
mod issuer;
mod keys;
mod persons;
mod rejections;
mod schema;

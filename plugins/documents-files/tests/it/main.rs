//! The adapter in both its forms: compiled in, and loaded from its library.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "helpers of tests fail like tests"
)]

mod conformance;
mod deposits;
mod forms;
mod incoming;
mod reading;
mod roots;
mod schema;

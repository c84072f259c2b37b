//! Tests of the configuration as its users meet it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test end it by panicking"
)]

mod apart;
mod changes;
mod namespaces;
mod noise;
mod right;
mod schemas;
mod scratch;
mod secrets;
mod wrong;

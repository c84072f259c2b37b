//! End-to-end tests over what is built.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test end it by panicking"
)]

mod browser;
mod canaries;
mod config_check;
mod edges;
mod fuzz_inputs;
mod link_attacks;
mod link_security;
mod plugin_check;
mod reload;
mod scene;
mod shutdown;
mod story;
mod support;
mod table;
mod tenant_matrix;

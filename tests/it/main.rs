//! End-to-end tests over what is built.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test end it by panicking"
)]

mod browser;
mod config_check;
mod edges;
mod link_security;
mod plugin_check;
mod plugin_damage;
mod reload;
mod shutdown;
mod story;
mod support;

//! End-to-end tests over what is built.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test end it by panicking"
)]

mod browser;
mod canaries;
mod cited;
mod commands;
mod config_check;
mod config_serve;
mod config_shipped;
mod config_users;
mod crashes;
mod edges;
mod fuzz_inputs;
mod link_attacks;
mod link_security;
mod plugin_check;
mod plugin_damage;
mod program;
mod reload;
mod resources;
mod scene;
mod shutdown;
mod story;
mod support;
mod table;
mod tenant_matrix;

//! The ledger on SQLite, as the core uses it.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests; the lint only knows the test functions themselves"
)]

mod audit;
mod events;
mod flows;
mod inconsistent;
mod links;
mod opening;
mod sample;
mod send_changes;
mod send_order;
mod sends;
mod tenants;
mod write_backs;

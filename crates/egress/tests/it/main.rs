//! The egress client against servers on loopback.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests; the lint only knows the test functions themselves"
)]

mod bodies;
mod servers;
mod targets;
mod tls;

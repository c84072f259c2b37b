//! The DocuSign client against a recording server on loopback.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests; the lint only knows the test functions themselves"
)]

mod calls;
mod connect;
mod create;
mod environment;
mod errors;
mod fake;
mod oauth;
mod token_outcomes;

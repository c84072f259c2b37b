//! The surface over a real core and a real ledger; only DocuSign and the host app are played.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first surprise, in its helpers too"
)]

mod api;
mod hook;
mod logs;
mod pages;
mod problems;
mod serving;
mod status;
mod support;
mod walk;

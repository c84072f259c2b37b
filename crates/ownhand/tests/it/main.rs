//! Tests of the program's library: what is wrong with a configuration, and how the command line explains itself.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers of a test end it by panicking"
)]

mod corpus;
mod help;
mod scratch;
mod traces;

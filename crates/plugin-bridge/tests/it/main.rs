//! Out and in again within one process, without a library.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "helpers of tests fail like tests"
)]

mod calls;
mod garbage;
mod guard;
mod hostile;
mod round_trip;
mod support;

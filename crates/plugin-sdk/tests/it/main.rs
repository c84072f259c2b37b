//! An adapter compiled in, through the kit's public face.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod builtin;

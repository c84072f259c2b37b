//! The core against the real ledger and the simulator, with time in the tests' hands.

#![forbid(unsafe_code)]
#![cfg(test)]

mod confirm;
mod interrupted;
mod links;
mod seal;
mod sending;
mod sends;
mod sessions;
mod tokens;

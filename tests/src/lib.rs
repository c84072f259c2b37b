#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod edges;
pub mod fuzz_inputs;
pub mod routes;

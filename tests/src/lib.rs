#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod edges;
pub mod routes;

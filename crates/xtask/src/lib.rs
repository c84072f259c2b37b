#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod error;
pub mod output;
pub mod recipe;
pub mod world;

pub use error::{Error, Result};

#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod adapters;
mod ambient;
mod check;
pub mod command;
mod installation;
mod logging;
mod material;
mod output;

pub use check::{Checked, check};
pub use command::Cli;
pub use output::Exit;

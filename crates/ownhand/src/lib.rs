#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod adapters;
mod ambient;
pub mod command;
mod installation;
mod logging;
mod output;

pub use command::Cli;
pub use output::Exit;

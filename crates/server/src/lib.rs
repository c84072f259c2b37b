#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod api;
mod caller;
mod cookie;
mod extract;
mod failure;
mod health;
mod hook;
mod pages;
mod problem;
mod request_log;
mod router;
mod same_origin;
mod serve;
mod settings;
mod status;

pub use router::router;
pub use serve::serve;
pub use settings::{FormOrigins, Limits, Settings};
pub use status::{Answer, answer};

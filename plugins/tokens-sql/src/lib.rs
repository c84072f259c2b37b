#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod database;
mod settings;
mod store;

pub use settings::{Settings, settings_schema};
pub use store::SqlTokens;

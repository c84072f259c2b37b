#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod blocking;
mod deposits;
mod errors;
mod incoming;
mod media_type;
mod place;
mod read;
mod root;
mod rules;
mod settings;
mod settle;
mod source;

pub use rules::Rule;
pub use settings::{Operator, Settings, operator_schema, settings_schema};
pub use source::FileDocuments;

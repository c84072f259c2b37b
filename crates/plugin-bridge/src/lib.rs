#![doc = include_str!("../README.md")]

mod convert;
mod export;
mod garbage;
mod home;
mod import;
mod kept;
mod redact;
mod stream;

pub use convert::Crosses;
pub use export::export_instance;
pub use garbage::Garbage;
pub use home::{Home, isolated};
pub use import::{Guard, import_instance};
pub use ownhand_plugin_abi as abi;
pub use stream::{accept, offer};

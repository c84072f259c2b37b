#![doc = include_str!("../README.md")]

mod convert;
mod export;
mod garbage;
mod guard;
mod home;
mod import;
mod kept;
mod native;
mod plain;
mod redact;
mod spans;
mod stream;

pub use convert::Crosses;
pub use export::export_instance;
pub use garbage::Garbage;
pub use guard::Guard;
pub use home::{Home, isolated};
pub use import::import_instance;
pub use native::{build_guarded, check_guarded};
pub use ownhand_plugin_abi as abi;
pub use plain::plain;
pub use spans::{Lent, Spans};
pub use stream::{StreamLimits, accept, offer};

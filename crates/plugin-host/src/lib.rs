#![doc = include_str!("../README.md")]

mod error;
mod inspect;
mod load;
mod log;
mod open;
mod plugin;
mod probe;

pub use error::LoadError;
pub use inspect::{Inspection, InvalidPin, Pin, inspect};
pub use load::{LoadOptions, load};
pub use plugin::LoadedPlugin;
pub use probe::probe_in_child;

#![doc = include_str!("../README.md")]

mod aside;
mod error;
mod guarded;
mod inspect;
mod load;
mod log;
mod open;
mod plugin;
mod probe;
mod roles;

pub use error::LoadError;
pub use guarded::guarded;
pub use inspect::{Inspection, InvalidPin, Pin, inspect};
pub use load::{LoadOptions, load};
pub use plugin::LoadedPlugin;
pub use probe::{answer_probe, probe_in_child};

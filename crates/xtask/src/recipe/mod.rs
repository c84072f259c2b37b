//! The recipes, one file each.

mod cargo;
pub mod demo;
pub mod generate;
pub mod host_page;
pub mod screenshots;
mod setup;
pub mod test;

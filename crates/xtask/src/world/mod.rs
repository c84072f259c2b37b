//! A whole installation made of built programs, and the people who use it.

pub mod answer;
pub mod browser;
mod configuration;
pub mod host_app;
pub mod installation;
pub mod pdf;
pub mod people;
pub mod programs;
mod service;
pub mod simulator;
pub mod site;
pub mod story;
pub mod time;
pub mod walk;

pub use answer::Answer;
pub use browser::Browser;
pub use host_app::HostApp;
pub use installation::{Form, Installation, Plan};
pub use people::Person;
pub use programs::Programs;
pub use simulator::Simulator;
pub use site::{Site, Trust};

#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod cli;
mod connect;
mod control;
mod crypto;
mod directory;
mod edge;
mod envelope;
mod faults;
mod journal;
mod limits;
mod loose;
mod multipart;
mod oauth;
mod pages;
mod pdf;
mod rest;
mod seed;
mod server;
mod signing;
mod sim;
mod store;
mod switches;

pub use multipart::multipart_bodies;
pub use seed::{Integration, Seed, SeedAccount, SeedError, SeedMember, User};
pub use server::{Options, Running, StartError, start};

#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod address;
mod client;
mod error;
mod policy;
mod request;
mod resolver;
mod response;
mod upload;

pub use address::is_public;
pub use client::Client;
pub use error::{BoxError, EgressError};
pub use policy::{AllowedHost, EgressPolicy, PolicyError, Reach};
pub use request::RequestBuilder;
pub use response::Response;

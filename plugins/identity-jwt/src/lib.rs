#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod claims;
mod key;
mod mapper;
mod rejection;
mod settings;

pub use mapper::{JwtIdentity, RENAMED_CLAIMS};
pub use settings::{Settings, SignatureAlgorithm, settings_schema};

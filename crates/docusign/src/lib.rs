#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod connect;
mod environment;
mod error;
mod ids;
pub mod oauth;
mod rate;
pub mod rest;
mod tokens;
mod tolerant;

pub use environment::{CustomEnvironment, Environment, EnvironmentError};
pub use error::{ApiError, CallError, ErrorClass, Retry, classify};
pub use ids::{AccountId, EnvelopeId, IdError, UserId};
pub use rate::RateLimits;
pub use tokens::{AccessToken, AuthorizationCode, ClientSecret, PkceVerifier, RefreshToken};

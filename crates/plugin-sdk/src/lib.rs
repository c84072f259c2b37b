#![doc = include_str!("../README.md")]

mod adapter;
mod builtin;
mod export;
mod known;
mod library;
mod log;
mod manifest;
mod secret;
mod settings;
mod suggestion;

pub use adapter::{Adapter, AdapterRoles, BuildContext, NoOperatorSettings};
pub use builtin::builtin;
pub use bytes::Bytes;
pub use ownhand_spi::*;
pub use secret::Secret;
pub use {bytes, futures_util, serde, serde_json, tokio, tracing};

/// What [`export_adapter!`] expands to; not for authors.
#[doc(hidden)]
pub mod __private {
    pub use crate::{
        export::{LibHeader, header_of},
        manifest::{manifest, manifest_len},
    };
}

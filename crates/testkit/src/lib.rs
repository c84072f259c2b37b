#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test has no use for an error it does not expect"
)]

mod ambient;
mod docusign;
mod host;
mod store;
mod world;

pub use ambient::{ManualClock, Tripwire, ambient};
pub use docusign::{Docusign, JANE, SAM, User};
pub use host::{Assertions, MemoryDocuments, assertion};
pub use store::MemoryTokens;
pub use world::{CONNECT_KEY, PUBLIC, World, pdf, tenant};

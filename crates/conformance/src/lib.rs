#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod content;
mod documents;
mod identity;
mod report;
mod tokens;

pub use documents::{DocumentFixture, NewReference, check_document_source};
pub use identity::{Accepted, IdentityFixture, Rejected, check_identity_mapper};
pub use report::{Check, Outcome, Report};
pub use tokens::{OpenStore, TokenFixture, check_token_store};

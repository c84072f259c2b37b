//! Tokens: sealed, fresh, and refreshed once.

mod pause;
mod refresh;
mod stored;
mod vault;

pub(crate) use stored::StoredTokens;
pub(crate) use vault::{Vault, VaultParts};

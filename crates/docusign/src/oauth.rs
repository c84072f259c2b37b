//! OAuth: the way to the consent page, codes and refresh tokens for tokens, and who the user is.

mod authorize;
mod client;
mod error;
mod userinfo;

pub use authorize::{AuthorizeRequest, authorize_url};
pub use client::{OAuthClient, TokenSet};
pub use error::{OAuthError, OAuthErrorClass, TokenCallError};
pub use userinfo::{UserAccount, UserInfo};

//! Why a credential does not hold.

use ownhand_plugin_sdk::AdapterError;

/// Why a JWT is refused. No variant holds anything of the JWT but the configured names of claims.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Rejection {
    #[error("the credential must come as a bearer")]
    Scheme,
    #[error("the credential is longer than {0} bytes")]
    TooLong(usize),
    #[error("the credential is no signed JWT")]
    Malformed,
    #[error("the JWT is signed with another algorithm than `{0}`")]
    WrongAlgorithm(&'static str),
    #[error("the JWT demands an extension (`crit`) that is not understood")]
    Critical,
    #[error("the JWT's signature does not fit the issuer's key")]
    WrongSignature,
    #[error("the JWT lacks the claim `{0}`")]
    Missing(String),
    #[error("the JWT's claim `{0}` has the wrong type")]
    WrongType(String),
    #[error("the JWT's claim `{0}` is too long, or holds control characters")]
    OutOfBounds(String),
    #[error("the JWT comes from another issuer")]
    WrongIssuer,
    #[error("the JWT is meant for another audience")]
    WrongAudience,
    #[error("the JWT has expired")]
    Expired,
    #[error("the JWT is not valid yet")]
    NotYet,
    #[error("the JWT was issued in the future")]
    IssuedInFuture,
    #[error("the JWT lives longer than {0} seconds")]
    LivesTooLong(u32),
    #[error("the credential is for another tenant")]
    OtherTenant,
}

impl From<Rejection> for AdapterError {
    fn from(rejection: Rejection) -> Self {
        Self::rejected(rejection.to_string())
    }
}

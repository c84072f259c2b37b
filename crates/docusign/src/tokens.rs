//! Secrets of the OAuth exchange, each a type of its own. They print as redacted and are wiped when dropped.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(secrecy::SecretString);

        impl $name {
            /// Takes the secret in.
            pub fn new(secret: impl Into<String>) -> Self {
                Self(secrecy::SecretString::from(secret.into()))
            }

            /// The secret itself, for the one call that needs it.
            pub fn expose(&self) -> &str {
                secrecy::ExposeSecret::expose_secret(&self.0)
            }
        }

        impl From<secrecy::SecretString> for $name {
            fn from(secret: secrecy::SecretString) -> Self {
                Self(secret)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    };
}
pub(crate) use secret;

secret! {
    /// What a call to the REST API carries as its bearer.
    AccessToken
}
secret! {
    /// What a new pair of tokens is asked for with.
    RefreshToken
}
secret! {
    /// What comes back from the consent page; works once, for minutes.
    AuthorizationCode
}
secret! {
    /// The secret key of the integration key.
    ClientSecret
}
secret! {
    /// The secret half of PKCE (RFC 7636).
    PkceVerifier
}

impl PkceVerifier {
    /// Makes a verifier of 43 characters from 32 random bytes.
    pub fn from_entropy(entropy: [u8; 32]) -> Self {
        Self::new(URL_SAFE_NO_PAD.encode(entropy))
    }

    /// The public half for the authorize URL, method `S256`.
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, self.expose().as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenge_is_the_one_of_rfc_7636() {
        let verifier = PkceVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(
            verifier.challenge(),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
        assert_eq!(PkceVerifier::from_entropy([0xff; 32]).expose().len(), 43);
    }

    #[test]
    fn debug_shows_nothing() {
        let shown = format!("{:?}", AccessToken::new("eyJ0eXAi"));
        assert_eq!(shown, "AccessToken([redacted])");
    }
}

//! The issuer's key: one type an issuer.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    VerificationAlgorithm,
};
use jsonwebtoken::{Algorithm, DecodingKey};
use ownhand_plugin_sdk::AdapterError;

use crate::{Settings, SignatureAlgorithm};

/// The shortest shared secret, in bytes: as long as the digest.
const MIN_SECRET: usize = 32;
/// The label of the one kind of PEM that is read.
const LABEL: &str = "-----BEGIN PUBLIC KEY-----";

/// A key and the one algorithm that it is used with.
pub(crate) struct IssuerKey {
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) key: DecodingKey,
}

impl SignatureAlgorithm {
    /// The algorithm's name as it stands in a JWT's header.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::EdDSA => "EdDSA",
            Self::ES256 => "ES256",
            Self::RS256 => "RS256",
            Self::HS256 => "HS256",
        }
    }

    pub(crate) fn of_jwt(self) -> Algorithm {
        match self {
            Self::EdDSA => Algorithm::EdDSA,
            Self::ES256 => Algorithm::ES256,
            Self::RS256 => Algorithm::RS256,
            Self::HS256 => Algorithm::HS256,
        }
    }
}

impl IssuerKey {
    /// Takes the key of the settings.
    ///
    /// # Errors
    /// When there is none or two, when it can't be read or is too weak, or does not fit the algorithm.
    pub(crate) fn from_settings(settings: &Settings) -> Result<Self, AdapterError> {
        match (&settings.public_key, &settings.hmac_secret) {
            (Some(pem), None) => Self::public(pem.expose(), settings.algorithm),
            (None, Some(secret)) => Self::shared(secret.expose(), settings.algorithm),
            (Some(_), Some(_)) => Err(AdapterError::configuration(
                "hmac_secret",
                "an issuer has one type of key: keep either `public_key` or `hmac_secret`",
            )),
            (None, None) => Err(AdapterError::configuration(
                "public_key",
                "an issuer needs `public_key` or `hmac_secret`",
            )),
        }
    }

    fn shared(secret: &str, asked: Option<SignatureAlgorithm>) -> Result<Self, AdapterError> {
        // A file of secrets usually ends with a line feed that the host app's copy does not have.
        let secret = secret.trim_end_matches(['\r', '\n']).as_bytes();
        if secret.len() < MIN_SECRET {
            return Err(AdapterError::configuration(
                "hmac_secret",
                format!("the secret must have at least {MIN_SECRET} bytes"),
            ));
        }
        let algorithm = SignatureAlgorithm::HS256;
        fits(algorithm, asked, "hmac_secret")?;
        Ok(Self {
            algorithm,
            key: DecodingKey::from_secret(secret),
        })
    }

    fn public(pem: &str, asked: Option<SignatureAlgorithm>) -> Result<Self, AdapterError> {
        let pem = pem.trim();
        let unreadable = |message: &str| AdapterError::configuration("public_key", message);
        if !pem.starts_with(LABEL) {
            return Err(unreadable(
                "expected a public key in PEM that begins with `-----BEGIN PUBLIC KEY-----`; \
                 `openssl pkey -in private.pem -pubout` writes one",
            ));
        }
        let (algorithm, key, verifier) = read(pem.as_bytes()).ok_or_else(|| {
            unreadable("this PEM holds no Ed25519, P-256 or RSA key that can be read")
        })?;
        // The JWT library reads any curve and any length; what can't verify is better refused now than at every sign-in.
        key.try_get_as_bytes()
            .ok()
            .and_then(|bytes| ParsedPublicKey::new(verifier, bytes).ok())
            .ok_or_else(|| {
                unreadable("the key must be Ed25519, ECDSA on P-256, or RSA of 2048 to 8192 bits")
            })?;
        fits(algorithm, asked, "public_key")?;
        Ok(Self { algorithm, key })
    }
}

type Read = (
    SignatureAlgorithm,
    DecodingKey,
    &'static dyn VerificationAlgorithm,
);

fn read(pem: &[u8]) -> Option<Read> {
    let ed =
        || DecodingKey::from_ed_pem(pem).map(|k| (SignatureAlgorithm::EdDSA, k, &ED25519 as _));
    let ec = || {
        DecodingKey::from_ec_pem(pem)
            .map(|k| (SignatureAlgorithm::ES256, k, &ECDSA_P256_SHA256_FIXED as _))
    };
    let rsa = || {
        DecodingKey::from_rsa_pem(pem).map(|k| {
            (
                SignatureAlgorithm::RS256,
                k,
                &RSA_PKCS1_2048_8192_SHA256 as _,
            )
        })
    };
    ed().or_else(|_| ec()).or_else(|_| rsa()).ok()
}

/// Whether the algorithm of the key is the one that was asked for, if one was.
fn fits(
    has: SignatureAlgorithm,
    asked: Option<SignatureAlgorithm>,
    key: &str,
) -> Result<(), AdapterError> {
    match asked {
        Some(asked) if asked != has => Err(AdapterError::configuration(
            "algorithm",
            format!(
                "`{}` does not fit `{key}`, which is a key for `{}`",
                asked.as_str(),
                has.as_str()
            ),
        )),
        _ => Ok(()),
    }
}

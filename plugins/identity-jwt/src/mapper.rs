//! The adapter: checks a JWT and names the person.

use std::{collections::BTreeMap, fmt};

use jsonwebtoken::{Validation, errors::ErrorKind};
use ownhand_plugin_sdk::{
    Adapter, AdapterError, BuildContext, CallContext, Credential, CredentialUse, ExposeSecret,
    HostUser, IdentityMapper, NoOperatorSettings, ResolvedIdentity, adapter,
};

use crate::{Settings, claims::Claims, key::IssuerKey, rejection::Rejection};

/// The longest JWT, in bytes.
const MAX_TOKEN: usize = 16 * 1024;
const MAX_JTI: usize = 128;
const MAX_SUBJECT: usize = 255;
const MAX_TEXT: usize = 320;
const MAX_GROUPS: usize = 200;
const MAX_GROUP: usize = 256;

/// Names host users by JWTs of one issuer, signed with one key.
pub struct JwtIdentity {
    tenant: Option<String>,
    issuer: String,
    audience: String,
    key: IssuerKey,
    validation: Validation,
    leeway: u64,
    max_age: u32,
    names: Names,
}

/// The keys of [`Settings::claims`] that rename what every host user has; all others declare further claims.
pub const RENAMED_CLAIMS: [&str; 5] = ["login", "email", "email_verified", "name", "groups"];

/// Under which claims the host app sends what the core calls `login`, `email`, `name`, `groups`, and the extra ones.
struct Names {
    login: String,
    email: String,
    /// None when nothing says whether that address was verified.
    email_verified: Option<String>,
    name: String,
    groups: String,
    extra: BTreeMap<String, String>,
}

impl Names {
    fn new(mut claims: BTreeMap<String, String>) -> Self {
        let mut take = |key: &str| claims.remove(key).unwrap_or_else(|| key.to_owned());
        let email = take("email");
        // The standard claim speaks of the standard address only (OpenID Connect Core, 5.1).
        let email_verified = if email == "email" {
            Some(take("email_verified"))
        } else {
            claims.remove("email_verified")
        };
        let mut take = |key: &str| claims.remove(key).unwrap_or_else(|| key.to_owned());
        Self {
            login: take("login"),
            email,
            email_verified,
            name: take("name"),
            groups: take("groups"),
            extra: claims,
        }
    }
}

impl fmt::Debug for JwtIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtIdentity")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("algorithm", &self.key.algorithm)
            .finish_non_exhaustive()
    }
}

impl Adapter for JwtIdentity {
    const NAME: &'static str = "identity-jwt";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    type Settings = Settings;
    type Operator = NoOperatorSettings;

    async fn build(
        context: BuildContext,
        _: NoOperatorSettings,
        settings: Settings,
    ) -> Result<Self, AdapterError> {
        settings.validate()?;
        let key = IssuerKey::from_settings(&settings)?;
        // The library checks the signature only: its time is the system's, ours is the call's.
        let mut validation = Validation::new(key.algorithm.of_jwt());
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        Ok(Self {
            tenant: context.tenant,
            issuer: settings.issuer,
            audience: settings.audience,
            key,
            validation,
            leeway: settings.leeway_seconds.into(),
            max_age: settings.max_age_seconds,
            names: Names::new(settings.claims),
        })
    }
}

adapter!(JwtIdentity: identity_mapper);

impl IdentityMapper for JwtIdentity {
    async fn resolve(
        &self,
        cx: &CallContext,
        credential: Credential,
    ) -> Result<ResolvedIdentity, AdapterError> {
        // An instance belongs to one tenant; a call for another one can only be a mistake of the host.
        if self
            .tenant
            .as_deref()
            .is_some_and(|t| t != cx.tenant.as_str())
        {
            return Err(Rejection::OtherTenant.into());
        }
        self.check(cx.now_unix_ms / 1000, &credential)
            .map_err(|rejection| {
                tracing::debug!(issuer = %self.issuer, reason = %rejection, "credential refused");
                rejection.into()
            })
    }
}

impl JwtIdentity {
    fn check(&self, now: u64, credential: &Credential) -> Result<ResolvedIdentity, Rejection> {
        if credential.scheme != "bearer" {
            return Err(Rejection::Scheme);
        }
        let token = credential.value.expose_secret();
        if token.len() > MAX_TOKEN {
            return Err(Rejection::TooLong(MAX_TOKEN));
        }
        let claims = self.signed(token)?;
        let issuer = claims.required("iss", usize::MAX)?;
        if issuer != self.issuer {
            return Err(Rejection::WrongIssuer);
        }
        let audiences = claims.texts("aud", MAX_GROUPS, usize::MAX)?;
        if audiences.is_empty() {
            return Err(Rejection::Missing("aud".into()));
        }
        if !audiences.contains(&self.audience) {
            return Err(Rejection::WrongAudience);
        }
        let until = self.valid_until(now, &claims)?;
        Ok(ResolvedIdentity {
            credential_use: CredentialUse::Single {
                id: claims.required("jti", MAX_JTI)?,
                expires_unix_ms: until * 1000,
            },
            user: self.person(issuer, &claims)?,
        })
    }

    /// The claims of a JWT whose signature fits. Errors of the library are not passed on: they may quote the JWT.
    fn signed(&self, token: &str) -> Result<Claims, Rejection> {
        let data =
            jsonwebtoken::decode(token, &self.key.key, &self.validation).map_err(|error| {
                match error.kind() {
                    ErrorKind::InvalidAlgorithm => {
                        Rejection::WrongAlgorithm(self.key.algorithm.as_str())
                    }
                    ErrorKind::InvalidSignature => Rejection::WrongSignature,
                    _ => Rejection::Malformed,
                }
            })?;
        // RFC 7515, 4.1.11: what the issuer calls critical must be understood, and nothing is.
        if data.header.crit.is_some() {
            return Err(Rejection::Critical);
        }
        Ok(Claims(data.claims))
    }

    /// Checks the JWT's times, in seconds since 1970; answers until when it would be accepted.
    fn valid_until(&self, now: u64, claims: &Claims) -> Result<u64, Rejection> {
        let expires = claims.required_seconds("exp")?;
        let issued = claims.required_seconds("iat")?;
        let until = expires + self.leeway;
        if now >= until {
            return Err(Rejection::Expired);
        }
        if issued > now + self.leeway {
            return Err(Rejection::IssuedInFuture);
        }
        if claims
            .seconds("nbf")?
            .is_some_and(|from| from > now + self.leeway)
        {
            return Err(Rejection::NotYet);
        }
        if expires.saturating_sub(issued) > u64::from(self.max_age) {
            return Err(Rejection::LivesTooLong(self.max_age));
        }
        Ok(until)
    }

    fn person(&self, issuer: String, claims: &Claims) -> Result<HostUser, Rejection> {
        let mut extra = BTreeMap::new();
        for (key, claim) in &self.names.extra {
            if let Some(value) = claims.text(claim, MAX_TEXT)? {
                extra.insert(key.clone(), value);
            }
        }
        Ok(HostUser {
            issuer,
            subject: claims.required("sub", MAX_SUBJECT)?,
            login: claims.text(&self.names.login, MAX_TEXT)?,
            email: claims.text(&self.names.email, MAX_TEXT)?,
            email_verified: match &self.names.email_verified {
                Some(claim) => claims.flag(claim)?,
                None => false,
            },
            name: claims.text(&self.names.name, MAX_TEXT)?,
            groups: claims.texts(&self.names.groups, MAX_GROUPS, MAX_GROUP)?,
            claims: extra,
        })
    }
}

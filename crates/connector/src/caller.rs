//! Who is calling: the host app's credential, or an Ownhand session made from one.

use std::{fmt, sync::Arc};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ownhand_spi::{
    Actor, ActorKind, AdapterError, Credential, CredentialUse, ErrorKind, ExposeSecret, HostUser,
    SecretString, TenantId,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{Connector, Error, Tenant, UnixMillis, one_time, seal::Place};

/// The prefix by which a session is told from a host app's credential (and found by secret scanners).
const PREFIX: &str = "ohs_";

/// The longest credential that is looked at, in bytes.
const LONGEST: usize = 16 * 1024;

/// What a call demands as proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The host app's own credential; an id that may be used once is burnt.
    Fresh,
    /// That (without burning), or an Ownhand session.
    Any,
}

/// A proven caller.
#[derive(Clone)]
pub struct Caller {
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) user: HostUser,
    pub(crate) relay: Option<SecretString>,
    pub(crate) request_id: String,
}

impl Caller {
    /// The caller's tenant.
    pub fn tenant(&self) -> &TenantId {
        &self.tenant.id
    }

    /// The host user.
    pub fn user(&self) -> &HostUser {
        &self.user
    }

    /// The caller as one who reads and writes documents.
    pub(crate) fn actor(&self) -> Actor {
        Actor {
            user: self.user.clone(),
            kind: self.tenant.documents.acting(),
            secret: self.relay.clone(),
        }
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("tenant", &self.tenant.id)
            .field("issuer", &self.user.issuer)
            .field("subject", &self.user.subject)
            .finish_non_exhaustive()
    }
}

/// A session: a bearer worth nothing outside this installation and this tenant.
#[derive(Debug)]
pub struct Session {
    /// The bearer.
    pub bearer: SecretString,
    /// When it ends.
    pub expires_at: UnixMillis,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    user: HostUser,
    expires_at: UnixMillis,
    relay: Option<String>,
}

impl Connector {
    /// Names the caller of a tenant from an `Authorization` header.
    ///
    /// # Errors
    /// [`Error::UnknownTenant`], or one of the credential's errors.
    pub async fn authenticate(
        &self,
        tenant: &str,
        authorization: Option<&str>,
        proof: Proof,
        request_id: &str,
    ) -> Result<Caller, Error> {
        let tenant = self.core.tenants.get(tenant)?;
        let (scheme, value) = authorization
            .and_then(|header| header.trim().split_once(' '))
            .ok_or(Error::CredentialMissing)?;
        let value = value.trim();
        if value.len() > LONGEST {
            let why = format!("the credential is longer than {LONGEST} bytes");
            return Err(Error::CredentialRejected(why));
        }
        if let Some(sealed) = value.strip_prefix(PREFIX) {
            return match proof {
                Proof::Fresh => Err(Error::FreshCredentialNeeded),
                Proof::Any => self.resume(tenant, sealed, request_id),
            };
        }
        let credential = Credential {
            scheme: scheme.to_ascii_lowercase(),
            value: value.into(),
        };
        let cx = self.core.context(&tenant.id, request_id);
        let resolved = tenant
            .identity
            .resolve(&cx, credential)
            .await
            .map_err(refused)?;
        if let (
            Proof::Fresh,
            CredentialUse::Single {
                id,
                expires_unix_ms,
            },
        ) = (proof, &resolved.credential_use)
        {
            let digest = one_time::sha256(&[b"jti", id.as_bytes()]);
            // Remembered for longer than the mapper's leeway lets it live.
            let until = UnixMillis(i64::try_from(*expires_unix_ms).unwrap_or(i64::MAX))
                + self.core.limits.replay_memory;
            if !self
                .core
                .ledger
                .burn_credential(&tenant.id, &resolved.user.issuer, digest, until)
                .await?
            {
                return Err(Error::CredentialReplayed);
            }
        }
        let relay = (tenant.documents.acting() == ActorKind::Relay).then(|| value.into());
        Ok(Caller {
            tenant,
            user: resolved.user,
            relay,
            request_id: request_id.to_owned(),
        })
    }

    fn resume(&self, tenant: Arc<Tenant>, sealed: &str, request_id: &str) -> Result<Caller, Error> {
        let gone = || {
            Error::CredentialRejected(
                "the session is not valid for this tenant, or has ended".to_owned(),
            )
        };
        let sealed = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| gone())?;
        let plain = self
            .core
            .keys
            .open(session_place(&tenant.id), &sealed)
            .map_err(|_| gone())?;
        let claims: Claims = serde_json::from_slice(&plain).map_err(|_| gone())?;
        if claims.expires_at <= self.core.ambient.now() {
            return Err(gone());
        }
        let relay = claims.relay.map(SecretString::from);
        Ok(Caller {
            tenant,
            user: claims.user,
            relay,
            request_id: request_id.to_owned(),
        })
    }

    /// Makes a session for a caller.
    ///
    /// # Errors
    /// [`Error::CredentialRejected`] when the user's groups and claims are too many to be carried along.
    pub fn open_session(&self, caller: &Caller) -> Result<Session, Error> {
        let expires_at = self.core.ambient.now() + self.core.limits.session;
        let relay = caller
            .relay
            .as_ref()
            .map(|secret| secret.expose_secret().to_owned());
        let claims = Claims {
            user: caller.user.clone(),
            expires_at,
            relay,
        };
        let plain = Zeroizing::new(serde_json::to_vec(&claims).unwrap_or_default());
        let sealed =
            self.core
                .keys
                .seal(&self.core.ambient, session_place(caller.tenant()), &plain)?;
        let bearer = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(sealed));
        if bearer.len() > LONGEST {
            let why = "the credential names so many groups and claims that no session can carry them; name fewer, or send the credential itself with each call";
            return Err(Error::CredentialRejected(why.to_owned()));
        }
        Ok(Session {
            bearer: bearer.into(),
            expires_at,
        })
    }
}

fn session_place(tenant: &TenantId) -> Place<'_> {
    Place {
        tenant,
        purpose: "session",
        name: "bearer",
        version: 1,
    }
}

fn refused(error: AdapterError) -> Error {
    match error.kind() {
        ErrorKind::CredentialRejected | ErrorKind::InvalidInput | ErrorKind::NotFoundOrDenied => {
            Error::CredentialRejected(error.message().to_owned())
        }
        _ => Error::IdentityUnavailable(error),
    }
}

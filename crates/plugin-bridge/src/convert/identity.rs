//! People, credentials, actors.

use ownhand_plugin_abi::{
    AbiActor, AbiCredential, AbiDocusignIdentity, AbiResolved, AbiUser, RString, RVec, Tuple2,
    codes::{actor, credential_use},
};
use ownhand_spi::{
    Actor, ActorKind, Credential, CredentialUse, DocusignIdentity, HostUser, ResolvedIdentity,
    SecretString,
};

use super::list;
use crate::{Crosses, Garbage};

/// Most groups and most claims of a person.
const MANY: usize = 1000;
/// Most bytes of all that is said of a person.
const PERSON: usize = 256 * 1024;

impl Crosses for HostUser {
    type Abi = AbiUser;

    fn into_abi(self) -> AbiUser {
        AbiUser {
            issuer: self.issuer.into(),
            subject: self.subject.into(),
            login: self.login.into_abi(),
            email: self.email.into_abi(),
            email_verified: self.email_verified,
            name: self.name.into_abi(),
            groups: self.groups.into_iter().map(RString::from).collect(),
            claims: self
                .claims
                .into_iter()
                .map(|(name, value)| Tuple2(name.into(), value.into()))
                .collect(),
            ext: RVec::new(),
        }
    }

    fn from_abi(abi: AbiUser) -> Result<Self, Garbage> {
        if abi.claims.len() > MANY {
            return Err(Garbage::new(format!("{} claims", abi.claims.len())));
        }
        let groups: usize = abi.groups.iter().map(RString::len).fold(0, plus);
        let claims = abi.claims.iter();
        let length = claims
            .map(|c| plus(c.0.len(), c.1.len()))
            .fold(groups, plus);
        if length > PERSON {
            return Err(Garbage::new(format!("a person of {length} bytes")));
        }
        let claims = abi.claims.into_iter();
        Ok(Self {
            issuer: not_empty("a person without issuer", abi.issuer)?,
            subject: not_empty("a person without subject", abi.subject)?,
            login: Option::from_abi(abi.login)?,
            email: Option::from_abi(abi.email)?,
            email_verified: abi.email_verified,
            name: Option::from_abi(abi.name)?,
            groups: list("groups", abi.groups, MANY)?,
            claims: claims
                .map(|Tuple2(name, value)| Ok((String::from_abi(name)?, String::from_abi(value)?)))
                .collect::<Result<_, Garbage>>()?,
        })
    }
}

/// Lengths are what the other side says.
fn plus(a: usize, b: usize) -> usize {
    a.saturating_add(b)
}

/// What names a person or a credential; an empty one would name all of them.
fn not_empty(without: &str, abi: RString) -> Result<String, Garbage> {
    let text = String::from_abi(abi)?;
    if text.is_empty() {
        return Err(Garbage::new(without));
    }
    Ok(text)
}

impl Crosses for Credential {
    type Abi = AbiCredential;

    fn into_abi(self) -> AbiCredential {
        AbiCredential {
            scheme: self.scheme.into(),
            value: self.value.into_abi(),
            ext: RVec::new(),
        }
    }

    fn from_abi(abi: AbiCredential) -> Result<Self, Garbage> {
        Ok(Self {
            scheme: String::from_abi(abi.scheme)?,
            value: SecretString::from_abi(abi.value)?,
        })
    }
}

impl Crosses for ResolvedIdentity {
    type Abi = AbiResolved;

    fn into_abi(self) -> AbiResolved {
        let (credential_use, id, expires_unix_ms) = match self.credential_use {
            CredentialUse::Single {
                id,
                expires_unix_ms,
            } => (credential_use::SINGLE, id, expires_unix_ms),
            CredentialUse::Reusable => (credential_use::REUSABLE, String::new(), 0),
        };
        AbiResolved {
            user: self.user.into_abi(),
            credential_use,
            credential_id: id.into(),
            expires_unix_ms,
            ext: RVec::new(),
        }
    }

    fn from_abi(abi: AbiResolved) -> Result<Self, Garbage> {
        let credential_use = match abi.credential_use {
            credential_use::SINGLE => CredentialUse::Single {
                id: not_empty(
                    "a credential that may be shown once, without id",
                    abi.credential_id,
                )?,
                expires_unix_ms: abi.expires_unix_ms,
            },
            credential_use::REUSABLE => CredentialUse::Reusable,
            other => return Err(Garbage::new(format!("credential use {other}"))),
        };
        Ok(Self {
            user: HostUser::from_abi(abi.user)?,
            credential_use,
        })
    }
}

impl Crosses for DocusignIdentity {
    type Abi = AbiDocusignIdentity;

    fn into_abi(self) -> AbiDocusignIdentity {
        AbiDocusignIdentity {
            email: self.email.into_abi(),
            ext: RVec::new(),
        }
    }

    fn from_abi(abi: AbiDocusignIdentity) -> Result<Self, Garbage> {
        Ok(Self {
            email: Option::from_abi(abi.email)?,
        })
    }
}

impl Crosses for ActorKind {
    type Abi = u32;

    fn into_abi(self) -> u32 {
        match self {
            Self::Relay => actor::RELAY,
            Self::StoredKey => actor::STORED_KEY,
            Self::Impersonation => actor::IMPERSONATION,
            Self::Service => actor::SERVICE,
            // A kind without a number is refused by the other side.
            _ => 0,
        }
    }

    fn from_abi(abi: u32) -> Result<Self, Garbage> {
        Ok(match abi {
            actor::RELAY => Self::Relay,
            actor::STORED_KEY => Self::StoredKey,
            actor::IMPERSONATION => Self::Impersonation,
            actor::SERVICE => Self::Service,
            other => return Err(Garbage::new(format!("acting kind {other}"))),
        })
    }
}

impl Crosses for Actor {
    type Abi = AbiActor;

    fn into_abi(self) -> AbiActor {
        AbiActor {
            user: self.user.into_abi(),
            kind: self.kind.into_abi(),
            secret: self.secret.into_abi(),
            ext: RVec::new(),
        }
    }

    fn from_abi(abi: AbiActor) -> Result<Self, Garbage> {
        Ok(Self {
            user: HostUser::from_abi(abi.user)?,
            kind: ActorKind::from_abi(abi.kind)?,
            secret: Option::from_abi(abi.secret)?,
        })
    }
}

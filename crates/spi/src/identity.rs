//! The identity mapper: who is calling.

use std::{collections::BTreeMap, fmt};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::{AdapterError, BoxFuture, CallContext};

/// A person in the host app, as the tenant's identity mapper names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostUser {
    /// Who vouches for the subject. Stable.
    pub issuer: String,
    /// The person's name at the issuer: stable, opaque, never reused.
    pub subject: String,
    /// The name with which they sign in, if the host app has one.
    pub login: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Whether the host app has verified the address.
    pub email_verified: bool,
    /// Their name for people.
    pub name: Option<String>,
    /// Their groups in the host app.
    pub groups: Vec<String>,
    /// Further claims that the mapper declares, for explicit mappings in the tenant's file.
    pub claims: BTreeMap<String, String>,
}

/// What a caller brings to prove who they are.
#[derive(Clone)]
pub struct Credential {
    /// The scheme of the `Authorization` header in lower case, e.g. `bearer`.
    pub scheme: String,
    /// What follows the scheme.
    pub value: SecretString,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("scheme", &self.scheme)
            .field("value", &"[redacted]")
            .finish()
    }
}

/// How often a credential may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialUse {
    /// Once: the core burns `id` (a `jti`) until `expires_unix_ms`.
    Single {
        /// The credential's own id, unique at its issuer.
        id: String,
        /// When it expires, in milliseconds since 1970: until then the core remembers the id.
        expires_unix_ms: u64,
    },
    /// Until it expires (an access token of an OIDC provider).
    Reusable,
}

/// The answer of a mapper: a person, and how the credential may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedIdentity {
    /// The person.
    pub user: HostUser,
    /// How often the credential may be shown.
    pub credential_use: CredentialUse,
}

/// Which DocuSign identity a host user may link, as far as the host app knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocusignIdentity {
    /// The DocuSign e-mail that belongs to this person; `None` leaves it to the tenant's file.
    pub email: Option<String>,
}

/// Names the person behind a credential.
pub trait IdentityMapper: Send + Sync + 'static {
    /// Checks a credential and names the person.
    ///
    /// # Errors
    /// [`ErrorKind::CredentialRejected`](crate::ErrorKind::CredentialRejected) when it does not hold, another kind when
    /// that could not be found out.
    fn resolve(
        &self,
        cx: &CallContext,
        credential: Credential,
    ) -> impl Future<Output = Result<ResolvedIdentity, AdapterError>> + Send;

    /// Which DocuSign identity this person may link.
    ///
    /// # Errors
    /// When the directory behind the mapper does not answer.
    fn docusign_identity(
        &self,
        cx: &CallContext,
        user: &HostUser,
    ) -> impl Future<Output = Result<DocusignIdentity, AdapterError>> + Send {
        let _ = (cx, user);
        async { Ok(DocusignIdentity::default()) }
    }
}

/// The object-safe twin of [`IdentityMapper`], which the core holds.
pub trait DynIdentityMapper: Send + Sync + 'static {
    /// See [`IdentityMapper::resolve`].
    fn resolve<'a>(
        &'a self,
        cx: &'a CallContext,
        credential: Credential,
    ) -> BoxFuture<'a, Result<ResolvedIdentity, AdapterError>>;

    /// See [`IdentityMapper::docusign_identity`].
    fn docusign_identity<'a>(
        &'a self,
        cx: &'a CallContext,
        user: &'a HostUser,
    ) -> BoxFuture<'a, Result<DocusignIdentity, AdapterError>>;
}

impl<T: IdentityMapper> DynIdentityMapper for T {
    fn resolve<'a>(
        &'a self,
        cx: &'a CallContext,
        credential: Credential,
    ) -> BoxFuture<'a, Result<ResolvedIdentity, AdapterError>> {
        Box::pin(IdentityMapper::resolve(self, cx, credential))
    }

    fn docusign_identity<'a>(
        &'a self,
        cx: &'a CallContext,
        user: &'a HostUser,
    ) -> BoxFuture<'a, Result<DocusignIdentity, AdapterError>> {
        Box::pin(IdentityMapper::docusign_identity(self, cx, user))
    }
}

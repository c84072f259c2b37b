//! Who acts in the host app, and with which right.

use std::fmt;

use secrecy::SecretString;

use crate::HostUser;

/// How a call may act as the user in the host app (design, "Acting in the host app").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ActorKind {
    /// The caller's own credential is passed on; it lives only as long as the caller's session.
    Relay,
    /// A per-user key of the host app that the user consented to, kept sealed with the link.
    StoredKey,
    /// The host app lets the registered adapter act as any user.
    Impersonation,
    /// The adapter has rights of its own and checks the user's access itself.
    Service,
}

/// The host user on whose behalf a document is read or written.
#[derive(Clone)]
pub struct Actor {
    /// The person. The issuer and subject identify them; everything else may change.
    pub user: HostUser,
    /// How the call may act.
    pub kind: ActorKind,
    /// The relayed credential or stored key, where the kind needs one.
    pub secret: Option<SecretString>,
}

impl fmt::Debug for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Actor")
            .field("issuer", &self.user.issuer)
            .field("subject", &self.user.subject)
            .field("kind", &self.kind)
            .field("secret", &self.secret.as_ref().map(|_| "[redacted]"))
            .finish()
    }
}

//! A tenant as the core sees it: its rules and its adapters.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use ownhand_spi::{DynDocumentSource, DynIdentityMapper, HostUser, TenantId};
use url::Url;

use crate::Error;

/// Which DocuSign accounts may be linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllowedAccounts {
    /// Every account.
    Any,
    /// These, by GUID in lower case.
    Only(BTreeSet<String>),
}

impl AllowedAccounts {
    /// Whether an account is allowed.
    pub fn allows(&self, account_id: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Only(ids) => ids.contains(&account_id.to_ascii_lowercase()),
        }
    }
}

/// An explicit mapping of one host user; wins over the e-mail rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserMapping {
    /// Matches the host user's subject.
    pub subject: Option<String>,
    /// Matches the host user's login.
    pub login: Option<String>,
    /// Match the host user's further claims, by name.
    pub claims: BTreeMap<String, String>,
    /// The DocuSign e-mail that this user must link.
    pub docusign_email: Option<String>,
    /// The account that their sends go out from.
    pub default_account: Option<String>,
}

impl UserMapping {
    fn matches(&self, user: &HostUser) -> bool {
        let subject = self
            .subject
            .as_ref()
            .is_none_or(|subject| *subject == user.subject);
        let login = self
            .login
            .as_ref()
            .is_none_or(|login| Some(login) == user.login.as_ref());
        let claims = self
            .claims
            .iter()
            .all(|(name, value)| user.claims.get(name) == Some(value));
        let somebody = self.subject.is_some() || self.login.is_some() || !self.claims.is_empty();
        subject && login && claims && somebody
    }
}

/// Where signed documents go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteBackRules {
    /// The folder; `None`: beside the first document that came from the host app.
    pub folder: Option<String>,
    /// The file's name, with `{stem}` for the first document's name without ending and `{envelope}` for the envelope's id.
    pub name: String,
    /// The certificate's name, if it is wanted.
    pub certificate: Option<String>,
}

/// One customer.
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name for people.
    pub name: String,
    /// Where the browser is sent with a handle, for the host app to prove its user.
    pub finish_url: Url,
    /// Where the browser may be sent after linking.
    pub return_urls: Vec<Url>,
    /// Which accounts may be linked.
    pub allowed_accounts: AllowedAccounts,
    /// Whether the DocuSign e-mail must be the host user's verified one, unless a mapping says otherwise.
    pub require_same_email: bool,
    /// Whether a DocuSign user may be linked to at most one host user.
    pub one_host_user_per_docusign_user: bool,
    /// Explicit mappings.
    pub users: Vec<UserMapping>,
    /// Where signed documents go.
    pub write_back: WriteBackRules,
    /// Names the person behind a credential.
    pub identity: Arc<dyn DynIdentityMapper>,
    /// Reads and writes documents.
    pub documents: Arc<dyn DynDocumentSource>,
}

impl Tenant {
    /// The explicit mapping of a user.
    pub fn mapping(&self, user: &HostUser) -> Option<&UserMapping> {
        self.users.iter().find(|mapping| mapping.matches(user))
    }

    /// Refuses an account that the tenant's rules do not allow now, whatever they were when it was linked.
    pub(crate) fn allow(&self, account_id: &str) -> Result<(), Error> {
        if self.allowed_accounts.allows(account_id) {
            Ok(())
        } else {
            Err(Error::AccountNotAllowed(account_id.to_owned()))
        }
    }

    /// The origins of the host app to which the tenant's pages may lead.
    fn page_origins(&self) -> Vec<String> {
        let urls = self.return_urls.iter().chain([&self.finish_url]);
        urls.map(|url| url.origin().ascii_serialization()).collect()
    }

    /// The return URL that was asked for, if it is one of the tenant's: same origin and path; the query is free.
    pub(crate) fn return_url(&self, asked: Option<&str>) -> Result<Option<Url>, Error> {
        let Some(asked) = asked else { return Ok(None) };
        let url = Url::parse(asked).map_err(|e| Error::invalid("return_url", e.to_string()))?;
        let known = self.return_urls.iter().any(|allowed| {
            allowed.origin() == url.origin()
                && allowed.path() == url.path()
                && url.username().is_empty()
                && url.password().is_none()
        });
        if known {
            Ok(Some(url))
        } else {
            Err(Error::invalid(
                "return_url",
                "not one of the tenant's `return_urls`; ask its administrator to add it",
            ))
        }
    }
}

impl fmt::Debug for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tenant")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// All tenants; exchanged as a whole when the configuration changes.
#[derive(Debug, Default)]
pub struct Tenants {
    present: RwLock<Arc<BTreeMap<TenantId, Arc<Tenant>>>>,
}

impl Tenants {
    /// The tenants of a configuration.
    pub fn new(tenants: impl IntoIterator<Item = Tenant>) -> Self {
        let all = tenants
            .into_iter()
            .map(|tenant| (tenant.id.clone(), Arc::new(tenant)))
            .collect();
        Self {
            present: RwLock::new(Arc::new(all)),
        }
    }

    /// Puts other tenants in their place; calls under way go on with the ones they began with.
    pub fn replace(&self, other: Self) {
        let other = other
            .present
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        *self.present.write().unwrap_or_else(PoisonError::into_inner) = other;
    }

    /// The origins of the host app to which a tenant's pages may lead; none for an unknown tenant.
    pub fn page_origins(&self, id: &str) -> Vec<String> {
        self.get(id)
            .map(|tenant| tenant.page_origins())
            .unwrap_or_default()
    }

    /// A tenant by the name in a path or query.
    ///
    /// # Errors
    /// [`Error::UnknownTenant`].
    pub fn get(&self, id: &str) -> Result<Arc<Tenant>, Error> {
        let id = TenantId::new(id).map_err(|_| Error::UnknownTenant)?;
        let present = self.present.read().unwrap_or_else(PoisonError::into_inner);
        present.get(&id).cloned().ok_or(Error::UnknownTenant)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ownhand_spi::HostUser;

    use super::UserMapping;

    #[test]
    fn a_mapping_fits_when_all_that_it_names_fits() {
        let user = HostUser {
            issuer: "https://dms.example".to_owned(),
            subject: "u-1".to_owned(),
            login: Some("j.doe".to_owned()),
            email: None,
            email_verified: false,
            name: None,
            groups: Vec::new(),
            claims: BTreeMap::from([("employee".to_owned(), "4711".to_owned())]),
        };
        let claims = |name: &str, value: &str| UserMapping {
            claims: BTreeMap::from([(name.to_owned(), value.to_owned())]),
            ..UserMapping::default()
        };
        assert!(claims("employee", "4711").matches(&user));
        assert!(!claims("employee", "4712").matches(&user));
        assert!(!claims("site", "4711").matches(&user));
        let both = |login: &str| UserMapping {
            login: Some(login.to_owned()),
            ..claims("employee", "4711")
        };
        assert!(both("j.doe").matches(&user));
        assert!(!both("s.okafor").matches(&user));
        assert!(!UserMapping::default().matches(&user));
    }
}

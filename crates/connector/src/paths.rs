//! The paths that the core writes into answers and redirects; the server serves exactly these.

use ownhand_spi::{ExposeSecret, SecretString, TenantId};
use url::Url;

/// Start page: names tenant and host user; its form consumes the ticket.
pub const START: &str = "/link/{tenant}/start/{ticket}";
/// Where the browser is sent once more when a code had expired after a proven finish.
pub const AGAIN: &str = "/link/{tenant}/again/{token}";
/// Confirm page.
pub const CONFIRM: &str = "/link/{tenant}/confirm/{token}";
/// The page after the confirmation.
pub const DONE: &str = "/link/{tenant}/done/{token}";
/// DocuSign's redirect URI: the same for all tenants.
pub const CALLBACK: &str = "/oauth/callback";
/// The receiver of DocuSign's events; `?tenant=` says whose ledger rows a verified event may touch.
pub const HOOK: &str = "/hooks/docusign";

/// Writes whole URLs below the installation's public one.
#[derive(Clone, Debug)]
pub struct Urls {
    public: Url,
}

impl Urls {
    /// Below `public`, e.g. `https://ownhand.example`.
    pub fn new(public: Url) -> Self {
        Self { public }
    }

    /// The installation's public URL.
    pub fn public(&self) -> &Url {
        &self.public
    }

    fn join(&self, path: &str) -> String {
        format!("{}{path}", self.public.as_str().trim_end_matches('/'))
    }

    fn one_time(&self, pattern: &str, tenant: &TenantId, value: &SecretString) -> SecretString {
        let path = pattern
            .replace("{tenant}", tenant.as_str())
            .replace("{ticket}", value.expose_secret())
            .replace("{token}", value.expose_secret());
        self.join(&path).into()
    }

    /// The start page of a ticket.
    pub fn start(&self, tenant: &TenantId, ticket: &SecretString) -> SecretString {
        self.one_time(START, tenant, ticket)
    }

    /// The "once more" page.
    pub fn again(&self, tenant: &TenantId, token: &SecretString) -> SecretString {
        self.one_time(AGAIN, tenant, token)
    }

    /// The confirm page.
    pub fn confirm(&self, tenant: &TenantId, token: &SecretString) -> SecretString {
        self.one_time(CONFIRM, tenant, token)
    }

    /// The page after the confirmation.
    pub fn done(&self, tenant: &TenantId, token: &SecretString) -> SecretString {
        self.one_time(DONE, tenant, token)
    }

    /// The redirect URI that must be registered on the integration key.
    pub fn callback(&self) -> String {
        self.join(CALLBACK)
    }

    /// Where DocuSign sends the events of a tenant's envelopes.
    pub fn hook(&self, tenant: &TenantId) -> String {
        format!("{}?tenant={tenant}", self.join(HOOK))
    }
}

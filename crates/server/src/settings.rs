//! What the surface must be told.

use std::{fmt, sync::Arc};

use ownhand_connector::{Clock, Connector, Entropy};
use url::Url;

/// The origins, besides this server's and DocuSign's sign-in host, to which a tenant's pages may lead: those of its finish
/// and return URLs. Asked for each page, so that a changed tenant file counts at once, and with whatever text stands in the
/// tenant's place of an address: an unknown tenant has no origins.
pub type FormOrigins = Arc<dyn Fn(&str) -> Vec<String> + Send + Sync>;

/// The surface's settings.
#[derive(Clone)]
pub struct Settings {
    /// The address by which browsers and DocuSign reach this server: an origin, without a path.
    pub public_url: Url,
    /// The origin of DocuSign's sign-in, e.g. `https://account-d.docusign.com`.
    pub auth_origin: String,
    /// Where else a tenant's pages may lead.
    pub form_origins: FormOrigins,
    /// Makes the requests' ids.
    pub entropy: Arc<dyn Entropy>,
    /// Times the requests.
    pub clock: Arc<dyn Clock>,
    /// How much a caller may send.
    pub limits: Limits,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("public_url", &self.public_url.as_str())
            .field("auth_origin", &self.auth_origin)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// Greatest bodies, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Our own small requests and the pages' forms.
    pub small: usize,
    /// An envelope definition; documents should come by reference, not inside.
    pub definition: usize,
    /// An event of DocuSign's: ours carry no documents.
    pub event: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            small: 16 * 1024,
            definition: 8 * 1024 * 1024,
            event: 1024 * 1024,
        }
    }
}

/// What the handlers share.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) connector: Connector,
    pub(crate) settings: Arc<Settings>,
}

impl App {
    /// Whether browsers reach this server by https.
    pub(crate) fn https(&self) -> bool {
        self.settings.public_url.scheme() == "https"
    }

    /// The origin of this server, as browsers write it.
    pub(crate) fn origin(&self) -> String {
        self.settings.public_url.origin().ascii_serialization()
    }
}

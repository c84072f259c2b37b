//! Which DocuSign: where one logs in, and where its accounts live.

use ownhand_egress::{AllowedHost, EgressPolicy, PolicyError};
use url::Url;

/// The domain under which all production accounts live.
const PRODUCTION_DOMAIN: &str = "docusign.net";
/// The one host of all demo accounts.
const DEMO_HOST: &str = "demo.docusign.net";

/// A DocuSign environment. Tokens, keys and consents of one are worth nothing in another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    name: String,
    auth: Url,
    rest: Rest,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rest {
    Demo,
    Production,
    Origins(Vec<Url>),
}

/// An environment that is not DocuSign's own, such as the simulator.
#[derive(Clone, Debug)]
pub struct CustomEnvironment {
    /// A name for messages and records, e.g. `simulator`.
    pub name: String,
    /// The base of the OAuth endpoints: `/oauth/auth` and its siblings follow it.
    pub auth: Url,
    /// The origins where accounts may live.
    pub rest: Vec<Url>,
}

/// An environment that cannot be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnvironmentError {
    /// A URL has a path, query, fragment or credentials where only an origin may stand.
    #[error("{0} is not a plain origin")]
    NotAnOrigin(String),
    /// There is no origin where an account could live.
    #[error("the environment names no REST origin")]
    NoRestOrigin,
    /// The egress policy cannot hold an origin.
    #[error("an origin cannot be allowed")]
    Policy(#[from] PolicyError),
    /// A fixed URL of this crate is broken.
    #[error("a URL cannot be read")]
    Url(#[from] url::ParseError),
}

impl Environment {
    /// DocuSign's developer environment.
    ///
    /// # Errors
    /// Never in practice: the URL is fixed.
    pub fn demo() -> Result<Self, EnvironmentError> {
        Ok(Self {
            name: "demo".to_owned(),
            auth: Url::parse("https://account-d.docusign.com")?,
            rest: Rest::Demo,
        })
    }

    /// DocuSign's production environment, all regions.
    ///
    /// # Errors
    /// Never in practice: the URL is fixed.
    pub fn production() -> Result<Self, EnvironmentError> {
        Ok(Self {
            name: "production".to_owned(),
            auth: Url::parse("https://account.docusign.com")?,
            rest: Rest::Production,
        })
    }

    /// An environment by its URLs. Its hosts may be at private addresses; plain `http` only on loopback.
    ///
    /// # Errors
    /// If a URL is more than an origin, or no origin is given, or plain `http` would leave the machine.
    pub fn custom(custom: CustomEnvironment) -> Result<Self, EnvironmentError> {
        if custom.rest.is_empty() {
            return Err(EnvironmentError::NoRestOrigin);
        }
        for url in custom.rest.iter().chain([&custom.auth]) {
            if !is_plain_origin(url) {
                return Err(EnvironmentError::NotAnOrigin(
                    url.origin().ascii_serialization(),
                ));
            }
            AllowedHost::origin(url, true)?;
        }
        Ok(Self {
            name: custom.name,
            auth: custom.auth,
            rest: Rest::Origins(custom.rest),
        })
    }

    /// The name for messages and records.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The base of the OAuth endpoints.
    pub fn auth_base(&self) -> &Url {
        &self.auth
    }

    /// The audience that an assertion for this environment names: the OAuth host without scheme, with a port that is
    /// not the usual one.
    pub fn aud(&self) -> String {
        let host = self.auth.host_str().unwrap_or_default();
        match self.auth.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// Whether an account of this environment may live at `base_uri`, which is input: it comes from an answer.
    pub fn accepts_base_uri(&self, base_uri: &Url) -> bool {
        if !is_plain_origin(base_uri) {
            return false;
        }
        let https = base_uri.scheme() == "https" && base_uri.port().is_none();
        let host = base_uri.domain().unwrap_or_default();
        match &self.rest {
            Rest::Demo => https && host == DEMO_HOST,
            Rest::Production => {
                https
                    && host != DEMO_HOST
                    && host
                        .strip_suffix(PRODUCTION_DOMAIN)
                        .and_then(|rest| rest.strip_suffix('.'))
                        .is_some_and(|server| !server.is_empty())
            }
            Rest::Origins(origins) => origins
                .iter()
                .any(|origin| origin.origin() == base_uri.origin()),
        }
    }

    /// The rules that let a client reach this environment and nothing else.
    ///
    /// # Errors
    /// Never for a value of this type: its URLs were checked when it was made.
    pub fn allowed_hosts(&self) -> Result<Vec<AllowedHost>, EnvironmentError> {
        let mut allowed = Vec::new();
        match &self.rest {
            Rest::Demo => {
                allowed.push(AllowedHost::origin(&self.auth, false)?);
                let rest = Url::parse(&format!("https://{DEMO_HOST}"))?;
                allowed.push(AllowedHost::origin(&rest, false)?);
            }
            Rest::Production => {
                allowed.push(AllowedHost::origin(&self.auth, false)?);
                allowed.push(AllowedHost::subdomains_of(PRODUCTION_DOMAIN)?);
            }
            Rest::Origins(origins) => {
                allowed.push(AllowedHost::origin(&self.auth, true)?);
                for origin in origins {
                    allowed.push(AllowedHost::origin(origin, true)?);
                }
            }
        }
        Ok(allowed)
    }

    /// A policy with these rules and the usual time-outs.
    ///
    /// # Errors
    /// As [`Self::allowed_hosts`].
    pub fn egress_policy(&self) -> Result<EgressPolicy, EnvironmentError> {
        self.allowed_hosts().map(EgressPolicy::new)
    }
}

fn is_plain_origin(url: &Url) -> bool {
    url.has_host()
        && matches!(url.path(), "" | "/")
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
}

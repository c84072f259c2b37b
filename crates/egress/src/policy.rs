//! Where a client may go.

use std::time::Duration;

use url::{Host, Url};

use crate::EgressError;
use crate::address::{is_loopback, is_public};

/// One rule of the allow-list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedHost(Rule);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    Origin {
        scheme: String,
        host: Host<String>,
        port: u16,
        private: bool,
    },
    SubdomainsOf(String),
}

/// A rule that cannot be.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyError {
    /// Neither `https` nor `http`, or no host.
    #[error("{0} is not an http or https origin")]
    NotAnOrigin(String),
    /// Plain `http` to something else than a private loopback origin.
    #[error(
        "{0} is plain http, which is only allowed to a loopback origin that is listed as private"
    )]
    PlainHttp(String),
    /// A suffix rule must name a domain with at least two labels, in lower case.
    #[error("{0:?} is not a domain whose sub-domains can be allowed")]
    NotADomain(String),
    /// A root certificate could not be read.
    #[error("a root certificate is not valid PEM")]
    RootCertificate,
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be made: {0}")]
    Client(String),
}

impl AllowedHost {
    /// Exactly the origin of this URL. With `private`, its addresses may be private ones.
    ///
    /// # Errors
    /// If the URL has no http(s) origin, or is plain `http` and not a private loopback origin.
    pub fn origin(url: &Url, private: bool) -> Result<Self, PolicyError> {
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err(PolicyError::NotAnOrigin(target_of(url)));
        };
        match url.scheme() {
            "https" => {}
            "http" if private && names_loopback(&host) => {}
            "http" => return Err(PolicyError::PlainHttp(target_of(url))),
            _ => return Err(PolicyError::NotAnOrigin(target_of(url))),
        }
        Ok(Self(Rule::Origin {
            scheme: url.scheme().to_owned(),
            host: host.to_owned(),
            port,
            private,
        }))
    }

    /// Every sub-domain of `domain` (not the domain itself) over `https` on port 443, at public addresses.
    ///
    /// # Errors
    /// If `domain` is no plain domain name of at least two labels.
    pub fn subdomains_of(domain: &str) -> Result<Self, PolicyError> {
        let plain = domain.split('.').count() >= 2
            && domain.split('.').all(|label| {
                !label.is_empty()
                    && label
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            });
        if !plain || domain.parse::<std::net::Ipv4Addr>().is_ok() {
            return Err(PolicyError::NotADomain(domain.to_owned()));
        }
        Ok(Self(Rule::SubdomainsOf(domain.to_owned())))
    }

    fn matches(&self, url: &Url) -> bool {
        match &self.0 {
            Rule::Origin {
                scheme, host, port, ..
            } => {
                url.scheme() == scheme
                    && url.host().map(|h| h.to_owned()).as_ref() == Some(host)
                    && url.port_or_known_default() == Some(*port)
            }
            Rule::SubdomainsOf(domain) => {
                url.scheme() == "https"
                    && url.port_or_known_default() == Some(443)
                    && url.domain().is_some_and(|host| {
                        host.strip_suffix(domain.as_str())
                            .and_then(|rest| rest.strip_suffix('.'))
                            .is_some_and(|rest| !rest.is_empty())
                    })
            }
        }
    }

    fn is_private(&self) -> bool {
        matches!(self.0, Rule::Origin { private: true, .. })
    }
}

/// Everything that a [`crate::Client`] must know before its first call.
#[derive(Clone, Debug)]
pub struct EgressPolicy {
    /// The allow-list. Empty means: nowhere.
    pub allowed: Vec<AllowedHost>,
    /// Root certificates (PEM, one or several each) trusted besides the system's.
    pub extra_roots: Vec<Vec<u8>>,
    /// How long name resolution, connection and TLS may take together.
    pub connect_timeout: Duration,
    /// How long any pause may last: of the upload, before the answer, within the answer.
    pub read_timeout: Duration,
    /// The `User-Agent` header.
    pub user_agent: String,
}

impl EgressPolicy {
    /// A policy with the usual time-outs (10 s to connect, 60 s for a pause) and no extra roots.
    pub fn new(allowed: Vec<AllowedHost>) -> Self {
        Self {
            allowed,
            extra_roots: Vec::new(),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_mins(1),
            user_agent: concat!("ownhand/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }

    /// Checks the origin of `url`, and its address where the URL spells one out.
    ///
    /// # Errors
    /// [`EgressError::Refused`].
    pub fn check(&self, url: &Url) -> Result<Reach, EgressError> {
        let refused = |reason| EgressError::Refused {
            target: target_of(url),
            reason,
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("it carries credentials"));
        }
        let matching = || self.allowed.iter().filter(|rule| rule.matches(url));
        if matching().next().is_none() {
            return Err(refused("its origin is not on the allow-list"));
        }
        if matching().any(AllowedHost::is_private) {
            return Ok(if url.scheme() == "http" {
                Reach::Loopback
            } else {
                Reach::Any
            });
        }
        let literal = match url.host() {
            Some(Host::Ipv4(v4)) => Some(v4.into()),
            Some(Host::Ipv6(v6)) => Some(v6.into()),
            _ => None,
        };
        if literal.is_some_and(|address| !is_public(address)) {
            return Err(refused("its address is not public"));
        }
        Ok(Reach::Public)
    }
}

/// Which addresses a checked URL may lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses only.
    Public,
    /// Loopback only: plain `http`.
    Loopback,
    /// Any address: the exact origin was listed as private.
    Any,
}

impl Reach {
    pub(crate) fn permits(self, address: std::net::IpAddr) -> bool {
        match self {
            Self::Public => is_public(address),
            Self::Loopback => is_loopback(address),
            Self::Any => true,
        }
    }
}

/// Scheme, host and port, and never a path or query that could hold a secret.
pub(crate) fn target_of(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn names_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(v4) => is_loopback((*v4).into()),
        Host::Ipv6(v6) => is_loopback((*v6).into()),
    }
}

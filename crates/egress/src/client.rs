//! The one constructor of HTTP clients.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use url::Url;

use crate::policy::Reach;
use crate::resolver::FilteringResolver;
use crate::{EgressError, EgressPolicy, PolicyError, RequestBuilder};

/// An idle connection is dropped before most servers drop it, since a request written into a connection that is just
/// being closed has an unknown outcome.
const IDLE_CONNECTION: Duration = Duration::from_secs(15);

/// An HTTP client that only goes where its policy says. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    policy: EgressPolicy,
    // One connection pool for each reach: a connection to a private address never serves a request that may only go to
    // public ones.
    public: reqwest::Client,
    loopback: reqwest::Client,
    any: reqwest::Client,
}

impl Client {
    /// Makes a client for this policy.
    ///
    /// # Errors
    /// If a root certificate is not valid, or the TLS library cannot be set up.
    pub fn new(policy: EgressPolicy) -> Result<Self, PolicyError> {
        let inner = Inner {
            public: build(&policy, Reach::Public)?,
            loopback: build(&policy, Reach::Loopback)?,
            any: build(&policy, Reach::Any)?,
            policy,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The policy that the client was made for.
    pub fn policy(&self) -> &EgressPolicy {
        &self.inner.policy
    }

    /// Begins a request, if the policy allows its target.
    ///
    /// # Errors
    /// [`EgressError::Refused`].
    pub fn request(&self, method: Method, url: &Url) -> Result<RequestBuilder, EgressError> {
        let client = match self.inner.policy.check(url)? {
            Reach::Public => &self.inner.public,
            Reach::Loopback => &self.inner.loopback,
            Reach::Any => &self.inner.any,
        };
        Ok(RequestBuilder::new(
            client.clone(),
            reqwest::Request::new(method, url.clone()),
            self.inner.policy.read_timeout,
        ))
    }

    /// Begins a `GET`.
    ///
    /// # Errors
    /// [`EgressError::Refused`].
    pub fn get(&self, url: &Url) -> Result<RequestBuilder, EgressError> {
        self.request(Method::GET, url)
    }

    /// Begins a `POST`.
    ///
    /// # Errors
    /// [`EgressError::Refused`].
    pub fn post(&self, url: &Url) -> Result<RequestBuilder, EgressError> {
        self.request(Method::POST, url)
    }

    /// Begins a `PUT`.
    ///
    /// # Errors
    /// [`EgressError::Refused`].
    pub fn put(&self, url: &Url) -> Result<RequestBuilder, EgressError> {
        self.request(Method::PUT, url)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that the ban points to"
)]
fn build(policy: &EgressPolicy, reach: Reach) -> Result<reqwest::Client, PolicyError> {
    let mut roots = Vec::new();
    for pem in &policy.extra_roots {
        let found =
            reqwest::Certificate::from_pem_bundle(pem).map_err(|_| PolicyError::RootCertificate)?;
        if found.is_empty() {
            return Err(PolicyError::RootCertificate);
        }
        roots.extend(found);
    }
    reqwest::Client::builder()
        .dns_resolver(FilteringResolver { reach })
        .tls_certs_merge(roots)
        .user_agent(&policy.user_agent)
        .connect_timeout(policy.connect_timeout)
        .pool_idle_timeout(IDLE_CONNECTION)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .build()
        .map_err(|error| PolicyError::Client(error.to_string()))
}

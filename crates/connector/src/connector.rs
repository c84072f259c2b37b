//! The core as one object: what it is made of, and what all its parts share.

use std::{fmt, sync::Arc, time::Duration};

use ownhand_docusign::{
    AccessToken, ClientSecret,
    connect::ConnectKey,
    oauth::OAuthClient,
    rest::{Caller as DocusignCaller, RestClient},
};
use ownhand_spi::{CallContext, DynTokenStore, TenantId};
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::{
    Ambient, Error, Tenants,
    flight::Flights,
    ledger::{DocusignAccount, Ledger, LinkRow},
    paths::Urls,
    seal::KeyRing,
    tokens::Vault,
};

/// Spans of time and sizes that the operator may change.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Life of a session, at most 15 minutes.
    pub session: Duration,
    /// Life of a start ticket, at most 5 minutes.
    pub ticket: Duration,
    /// How long the browser may be away at DocuSign.
    pub away: Duration,
    /// How long a parked code waits for the host app's finish. A code that has died meanwhile (contract 1.2) sends the browser to
    /// DocuSign once more.
    pub parked: Duration,
    /// How long tokens wait for the user's confirmation, at most 10 minutes.
    pub pending: Duration,
    /// How much longer than its life a single-use credential id is remembered.
    pub replay_memory: Duration,
    /// The longest that any call to an adapter may take; each plugin has a shorter time of its own.
    pub adapter_call: Duration,
    /// How long a send may be worked on before another may take it over.
    pub send_claim: Duration,
    /// How long after a send (or a look) DocuSign is asked about an envelope that no event spoke of; the 15-minute rule
    /// (contract 5) demands more than 15 minutes.
    pub poll: Duration,
    /// The token endpoint's time-out; a refresh lease lasts four of these.
    pub token_call: Duration,
    /// Most documents in one envelope.
    pub documents: usize,
    /// Largest document that is sent, in bytes.
    pub document_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            session: Duration::from_mins(15),
            ticket: Duration::from_mins(5),
            away: Duration::from_mins(10),
            parked: Duration::from_mins(10),
            pending: Duration::from_mins(10),
            replay_memory: Duration::from_mins(5),
            adapter_call: Duration::from_mins(10),
            send_claim: Duration::from_mins(5),
            poll: Duration::from_mins(20),
            token_call: Duration::from_secs(30),
            documents: 50,
            document_bytes: 32 * 1024 * 1024,
        }
    }
}

/// What the core is made of.
pub struct Parts {
    /// Time, randomness, waiting.
    pub ambient: Ambient,
    /// The tenants.
    pub tenants: Tenants,
    /// The core's own memory.
    pub ledger: Arc<dyn Ledger>,
    /// Where sealed records lie.
    pub token_store: Arc<dyn DynTokenStore>,
    /// Seals and opens.
    pub keys: KeyRing,
    /// DocuSign's OAuth service, for the installation's integration key.
    pub oauth: OAuthClient,
    /// The client secrets in the order in which they are tried.
    pub client_secrets: Vec<ClientSecret>,
    /// DocuSign's REST service.
    pub rest: RestClient,
    /// The keys with which DocuSign signs events.
    pub connect_keys: Vec<ConnectKey>,
    /// The installation's public URL.
    pub public_url: Url,
    /// Spans and sizes.
    pub limits: Limits,
}

/// The way to an account: owned, so that a call can carry it along.
#[derive(Clone)]
pub(crate) struct Access {
    pub(crate) base_uri: Url,
    pub(crate) account: ownhand_docusign::AccountId,
    pub(crate) token: AccessToken,
}

impl Access {
    /// As the REST client wants it.
    pub(crate) fn caller(&self) -> DocusignCaller<'_> {
        DocusignCaller {
            base_uri: &self.base_uri,
            account: &self.account,
            token: &self.token,
        }
    }
}

pub(crate) struct Core {
    pub(crate) ambient: Ambient,
    pub(crate) tenants: Tenants,
    pub(crate) ledger: Arc<dyn Ledger>,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) oauth: Arc<OAuthClient>,
    pub(crate) client_secrets: Arc<[ClientSecret]>,
    pub(crate) rest: RestClient,
    pub(crate) connect_keys: Vec<ConnectKey>,
    pub(crate) urls: Urls,
    pub(crate) limits: Limits,
    /// One confirmation at a time for a host user.
    pub(crate) confirming: Flights<(TenantId, String, String)>,
    /// What runs to its end though its caller has gone.
    pub(crate) tasks: TaskTracker,
    /// Wakes the worker when something became due.
    pub(crate) wake: Notify,
}

/// The core. Cloning it is cheap.
#[derive(Clone)]
pub struct Connector {
    pub(crate) core: Arc<Core>,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

impl Connector {
    /// Puts the core together.
    pub fn new(parts: Parts) -> Self {
        let keys = Arc::new(parts.keys);
        let oauth = Arc::new(parts.oauth);
        let client_secrets: Arc<[ClientSecret]> = parts.client_secrets.into();
        let tasks = TaskTracker::new();
        let vault = Arc::new(Vault::new(crate::tokens::VaultParts {
            ambient: parts.ambient.clone(),
            ledger: Arc::clone(&parts.ledger),
            store: parts.token_store,
            keys: Arc::clone(&keys),
            oauth: Arc::clone(&oauth),
            client_secrets: Arc::clone(&client_secrets),
            limits: parts.limits.clone(),
            tasks: tasks.clone(),
        }));
        Self {
            core: Arc::new(Core {
                ambient: parts.ambient,
                tenants: parts.tenants,
                ledger: parts.ledger,
                keys,
                vault,
                oauth,
                client_secrets,
                rest: parts.rest,
                connect_keys: parts.connect_keys,
                urls: Urls::new(parts.public_url),
                limits: parts.limits,
                confirming: Flights::new(),
                tasks,
                wake: Notify::new(),
            }),
        }
    }

    /// Puts other tenants in the place of the present ones.
    pub fn replace_tenants(&self, tenants: Tenants) {
        self.core.tenants.replace(tenants);
    }

    /// The origins of the host app to which a tenant's pages may lead; none for an unknown tenant.
    pub fn page_origins(&self, tenant: &str) -> Vec<String> {
        self.core.tenants.page_origins(tenant)
    }

    /// Waits for the calls that run to their end though their callers have gone: before the process ends, not in its middle.
    pub async fn settle(&self) {
        self.core.tasks.close();
        self.core.tasks.wait().await;
    }

    /// Lets go of what a process before this one had taken to itself, so that it goes on at once. Only for a process that
    /// knows that it is alone on its ledger.
    ///
    /// # Errors
    /// [`Error::Ledger`].
    pub async fn take_over(&self) -> Result<(), Error> {
        let now = self.core.ambient.now();
        Ok(self.core.ledger.let_go(now).await?)
    }

    /// Whether the ledger and the token store answer.
    ///
    /// # Errors
    /// What does not answer.
    pub async fn ready(&self) -> Result<(), Error> {
        self.core.ledger.ready().await?;
        self.core.vault.ready().await
    }
}

/// Runs what must not stop half way to its end, though the caller may hang up meanwhile.
pub(crate) async fn to_its_end<T: Send + 'static>(
    tasks: &TaskTracker,
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    match tasks.spawn(work).await {
        Ok(done) => done,
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime ends, and this call with it.
            Err(_) => std::future::pending().await,
        },
    }
}

impl Core {
    /// The context of a call to an adapter.
    pub(crate) fn context(&self, tenant: &TenantId, request_id: &str) -> CallContext {
        context(&self.ambient, &self.limits, tenant, request_id)
    }

    /// An account of a link, by id.
    pub(crate) fn account<'a>(
        link: &'a LinkRow,
        account_id: &str,
    ) -> Result<&'a DocusignAccount, Error> {
        link.accounts
            .iter()
            .find(|account| account.account_id.eq_ignore_ascii_case(account_id))
            .ok_or_else(|| Error::AccountNotAllowed(account_id.to_owned()))
    }

    /// The way to an account of a link, with a fresh token.
    pub(crate) async fn access(&self, link: &LinkRow, account_id: &str) -> Result<Access, Error> {
        let (base_uri, account) = address(Self::account(link, account_id)?)?;
        let token = self.vault.access_token(link).await?;
        Ok(Access {
            base_uri,
            account,
            token,
        })
    }

    /// One call to DocuSign as the link's user: with a fresh token, and once more with a newer one if DocuSign says that this one is
    /// dead. Only for calls whose body is empty or small, so that repeating is possible; a dead token means nothing was done.
    pub(crate) async fn as_user<T, F, C>(
        &self,
        link: &LinkRow,
        account_id: &str,
        call: C,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, ownhand_docusign::CallError>> + Send,
        C: Fn(RestClient, Access) -> F + Send,
    {
        let mut access = self.access(link, account_id).await?;
        let answer = match call(self.rest.clone(), access.clone()).await {
            Err(error) if error.is_invalid_token() => {
                access.token = self.vault.renewed_token(link).await?;
                call(self.rest.clone(), access).await
            }
            other => other,
        };
        answer.map_err(|error| self.failed(error))
    }

    /// A failed call to DocuSign, with the wait that it asks for.
    pub(crate) fn failed(&self, error: ownhand_docusign::CallError) -> Error {
        let now = std::time::UNIX_EPOCH + Duration::from_millis(self.ambient.now().as_u64());
        let retry = match error.retry(now) {
            ownhand_docusign::Retry::No => None,
            ownhand_docusign::Retry::After(wait) => Some(wait),
        };
        Error::Docusign {
            retry,
            source: error,
        }
    }
}

/// The address of an account, as the REST client wants it.
fn address(account: &DocusignAccount) -> Result<(Url, ownhand_docusign::AccountId), Error> {
    let wrong = |what: String| {
        Error::Ledger(crate::ledger::LedgerError::inconsistent(format!(
            "account {}: {what}",
            account.account_id
        )))
    };
    let base_uri = Url::parse(&account.base_uri).map_err(|e| wrong(e.to_string()))?;
    let id = account
        .account_id
        .parse()
        .map_err(|e: ownhand_docusign::IdError| wrong(e.to_string()))?;
    Ok((base_uri, id))
}

/// The context of a call to an adapter.
pub(crate) fn context(
    ambient: &Ambient,
    limits: &Limits,
    tenant: &TenantId,
    request_id: &str,
) -> CallContext {
    CallContext {
        tenant: tenant.clone(),
        request_id: request_id.to_owned(),
        now_unix_ms: ambient.now().as_u64(),
        budget: limits.adapter_call,
    }
}

//! The way to a link's tokens: memory, then the sealed record, then DocuSign.

use std::{
    sync::{Arc, atomic::AtomicI64},
    time::Duration,
};

use bytes::Bytes;
use moka::future::Cache;
use ownhand_docusign::{AccessToken, ClientSecret, oauth::OAuthClient};
use ownhand_spi::{CallContext, DynTokenStore, PutOutcome, RecordKey, SealedRecord, TenantId};
use serde_json::json;
use tokio_util::task::TaskTracker;

use super::{pause::Pause, stored::StoredTokens};
use crate::{
    Ambient, Error, Limits, UnixMillis,
    connector::{context, to_its_end},
    flight::Flights,
    ledger::{Act, AuditLine, Digest, Ledger, LinkRow, LinkState, RelinkReason},
    one_time,
    seal::{KeyRing, Place, SealError},
};

/// Most access tokens held in memory.
const CACHED: u64 = 100_000;
/// A cached token is looked up again after this time without use.
const IDLE: Duration = Duration::from_mins(15);

pub(crate) struct VaultParts {
    pub(crate) ambient: Ambient,
    pub(crate) ledger: Arc<dyn Ledger>,
    pub(crate) store: Arc<dyn DynTokenStore>,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) oauth: Arc<OAuthClient>,
    pub(crate) client_secrets: Arc<[ClientSecret]>,
    pub(crate) limits: Limits,
    pub(crate) tasks: TaskTracker,
}

/// A token in memory. Its text is wiped when the last holder drops it.
#[derive(Clone)]
pub(super) struct Cached {
    pub(super) token: AccessToken,
    pub(super) obtained_at: UnixMillis,
    pub(super) refresh_at: UnixMillis,
}

/// Tenant and name of a record: a link's id and its DocuSign user. So tokens of another DocuSign user are never taken for these.
type LinkKey = (TenantId, String);

fn key_of(link: &LinkRow) -> LinkKey {
    let Digest(sub) = one_time::sha256(&[link.docusign_sub.as_bytes()]);
    let name = format!("{}-{}", link.id, hex::encode(&sub[..8]));
    (link.tenant.clone(), name)
}

pub(crate) struct Vault {
    pub(super) parts: VaultParts,
    /// Names this process in leases.
    pub(super) process: String,
    pub(super) cache: Cache<LinkKey, Cached>,
    /// One flight per link in this process.
    flights: Flights<LinkKey>,
    /// After failures that are not one link's.
    pub(super) pause: Pause,
    /// When a client secret last worked: only then does a refusal speak about the refresh token.
    pub(super) secret_worked_at: AtomicI64,
}

/// A record as it lies in the store, opened.
pub(super) struct Opened {
    pub(super) version: u64,
    pub(super) tokens: StoredTokens,
}

impl Vault {
    pub(crate) fn new(parts: VaultParts) -> Self {
        let process = hex::encode(parts.ambient.bytes::<8>());
        Self {
            process,
            cache: Cache::builder()
                .max_capacity(CACHED)
                .time_to_idle(IDLE)
                .build(),
            flights: Flights::new(),
            pause: Pause::default(),
            secret_worked_at: AtomicI64::new(i64::MIN),
            parts,
        }
    }

    pub(crate) async fn ready(&self) -> Result<(), Error> {
        // A name that no customer can have lost: reading its first page touches the storage and nothing else.
        let tenant = TenantId::new("readiness").map_err(|_| Error::UnknownTenant)?;
        let cx = self.context(&tenant);
        self.parts
            .store
            .list(&cx, None, 1)
            .await
            .map(drop)
            .map_err(Error::TokenStore)
    }

    pub(super) fn context(&self, tenant: &TenantId) -> CallContext {
        context(&self.parts.ambient, &self.parts.limits, tenant, "tokens")
    }

    /// An access token of a link that will live for a while.
    pub(crate) async fn access_token(
        self: &Arc<Self>,
        link: &LinkRow,
    ) -> Result<AccessToken, Error> {
        if let LinkState::NeedsRelink(reason) = link.state {
            return Err(Error::NeedsRelink(reason));
        }
        let key = key_of(link);
        if let Some(token) = self.cached(&key).await {
            return Ok(token);
        }
        let (vault, link) = (Arc::clone(self), link.clone());
        to_its_end(&self.parts.tasks, async move {
            let _alone = vault.flights.alone(key.clone()).await;
            if let Some(token) = vault.cached(&key).await {
                return Ok(token);
            }
            vault.fetch(&link, None).await
        })
        .await
    }

    /// An access token newer than the present one, which DocuSign called dead. At most one refresh a minute for a link.
    pub(crate) async fn renewed_token(
        self: &Arc<Self>,
        link: &LinkRow,
    ) -> Result<AccessToken, Error> {
        let key = key_of(link);
        let seen = self.cache.get(&key).await.map(|cached| cached.obtained_at);
        let (vault, link) = (Arc::clone(self), link.clone());
        to_its_end(&self.parts.tasks, async move {
            let _alone = vault.flights.alone(key.clone()).await;
            if let (Some(cached), Some(seen)) = (vault.cache.get(&key).await, seen)
                && cached.obtained_at > seen
            {
                return Ok(cached.token);
            }
            vault.cache.invalidate(&key).await;
            let older_than = vault.parts.ambient.now();
            vault
                .fetch(&link, Some(UnixMillis(older_than.0 - 60_000)))
                .await
        })
        .await
    }

    async fn cached(&self, key: &LinkKey) -> Option<AccessToken> {
        let cached = self.cache.get(key).await?;
        (self.parts.ambient.now() < cached.refresh_at).then_some(cached.token)
    }

    /// Keeps a token in memory and hands it out.
    pub(crate) async fn remember(&self, link: &LinkRow, tokens: &StoredTokens) -> AccessToken {
        let cached = Cached {
            token: tokens.access.clone(),
            obtained_at: tokens.obtained_at,
            refresh_at: tokens.refresh_at(link.id),
        };
        self.cache.insert(key_of(link), cached).await;
        tokens.access.clone()
    }

    /// The record of a link, opened; `None` when there is none.
    pub(super) async fn open(&self, link: &LinkRow) -> Result<Option<Opened>, Error> {
        let cx = self.context(&link.tenant);
        let name = RecordKey(key_of(link).1);
        let Some(record) = self
            .parts
            .store
            .get(&cx, &name)
            .await
            .map_err(Error::TokenStore)?
        else {
            return Ok(None);
        };
        if record.version < link.token_version {
            return Err(SealError::RolledBack {
                found: record.version,
                expected: link.token_version,
            }
            .into());
        }
        let place = Place {
            tenant: &link.tenant,
            purpose: "tokens",
            name: &name.0,
            version: record.version,
        };
        let plain = self.parts.keys.open(place, &record.sealed)?;
        let tokens = StoredTokens::from_bytes(&plain).ok_or(SealError::Damaged)?;
        Ok(Some(Opened {
            version: record.version,
            tokens,
        }))
    }

    /// Writes the next version, if `expected` is still there, and has the ledger remember it. Its version, if it was.
    pub(super) async fn put(
        &self,
        link: &LinkRow,
        tokens: &StoredTokens,
        expected: Option<u64>,
    ) -> Result<Option<u64>, Error> {
        let stored = self.store(link, tokens, expected).await?;
        if let Some(version) = stored {
            self.remember_version(link, version).await?;
        }
        Ok(stored)
    }

    /// Has the ledger remember the highest version of a link's record.
    pub(super) async fn remember_version(&self, link: &LinkRow, version: u64) -> Result<(), Error> {
        let ledger = &self.parts.ledger;
        Ok(ledger
            .raise_token_version(&link.tenant, link.id, version)
            .await?)
    }

    /// Writes a version higher than `expected`, and than any that the ledger remembers, if `expected` is still there. Which
    /// version, if it was.
    pub(super) async fn store(
        &self,
        link: &LinkRow,
        tokens: &StoredTokens,
        expected: Option<u64>,
    ) -> Result<Option<u64>, Error> {
        let version = expected.unwrap_or(0).max(link.token_version) + 1;
        let name = RecordKey(key_of(link).1);
        let place = Place {
            tenant: &link.tenant,
            purpose: "tokens",
            name: &name.0,
            version,
        };
        let sealed = self
            .parts
            .keys
            .seal(&self.parts.ambient, place, &tokens.to_bytes())?;
        let record = SealedRecord {
            version,
            sealed: Bytes::from(sealed),
        };
        let cx = self.context(&link.tenant);
        match self
            .parts
            .store
            .put(&cx, &name, record, expected)
            .await
            .map_err(Error::TokenStore)?
        {
            PutOutcome::Conflict { .. } => Ok(None),
            PutOutcome::Stored => Ok(Some(version)),
        }
    }

    /// Puts the tokens of a new or renewed link in place of whatever is there. The version; the ledger learns of it with the
    /// link.
    pub(crate) async fn install(
        &self,
        link: &LinkRow,
        tokens: &StoredTokens,
    ) -> Result<u64, Error> {
        let cx = self.context(&link.tenant);
        let name = RecordKey(key_of(link).1);
        loop {
            let present = self
                .parts
                .store
                .get(&cx, &name)
                .await
                .map_err(Error::TokenStore)?;
            let expected = present.map(|record| record.version);
            if let Some(version) = self.store(link, tokens, expected).await? {
                return Ok(version);
            }
        }
    }

    /// Erases the tokens of a link, from memory too.
    pub(crate) async fn erase(&self, link: &LinkRow) -> Result<(), Error> {
        let key = key_of(link);
        self.cache.invalidate(&key).await;
        let cx = self.context(&link.tenant);
        self.parts
            .store
            .delete(&cx, &RecordKey(key.1))
            .await
            .map(drop)
            .map_err(Error::TokenStore)
    }

    /// Declares a link dead and says so, unless it was made anew since version `seen`.
    pub(super) async fn dead(&self, link: &LinkRow, seen: u64, reason: RelinkReason) -> Error {
        self.cache.invalidate(&key_of(link)).await;
        let detail = json!({ "link": link.id.to_string(), "reason": reason.as_str() });
        let ambient = &self.parts.ambient;
        let (tenant, user) = (&link.tenant, &link.user);
        let audit = AuditLine::of(ambient, tenant, user, "ownhand", Act::LinkDied, detail);
        match self
            .parts
            .ledger
            .link_died(link, seen, reason, &audit)
            .await
        {
            Ok(died) => {
                if died {
                    tracing::warn!(%tenant, link = %link.id, reason = reason.as_str(), "a link has died; its user must link again");
                }
                Error::NeedsRelink(reason)
            }
            Err(error) => error.into(),
        }
    }
}

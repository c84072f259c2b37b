//! The way to a link's tokens: memory, then the sealed record, then DocuSign.

use std::{
    sync::{Arc, atomic::AtomicI64},
    time::Duration,
};

use bytes::Bytes;
use moka::future::Cache;
use ownhand_docusign::{AccessToken, ClientSecret, oauth::OAuthClient};
use ownhand_spi::{CallContext, DynTokenStore, PutOutcome, RecordKey, SealedRecord, TenantId};
use tokio::sync::Mutex;

use super::stored::StoredTokens;
use crate::{
    Ambient, Error, Limits, UnixMillis,
    connector::{context, to_its_end},
    id::LinkId,
    ledger::{Ledger, LinkRow, LinkState, RelinkReason},
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
}

/// A token in memory. Its text is wiped when the last holder drops it.
#[derive(Clone)]
pub(super) struct Cached {
    pub(super) token: AccessToken,
    pub(super) obtained_at: UnixMillis,
    pub(super) refresh_at: UnixMillis,
}

type LinkKey = (TenantId, LinkId);

pub(crate) struct Vault {
    pub(super) parts: VaultParts,
    /// Names this process in leases.
    pub(super) process: String,
    pub(super) cache: Cache<LinkKey, Cached>,
    /// One flight per link in this process.
    flights: Cache<LinkKey, Arc<Mutex<()>>>,
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
            flights: Cache::builder()
                .max_capacity(CACHED)
                .time_to_idle(IDLE)
                .build(),
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
        let key = (link.tenant.clone(), link.id);
        if let Some(token) = self.cached(&key).await {
            return Ok(token);
        }
        let (vault, link) = (Arc::clone(self), link.clone());
        to_its_end(async move {
            let flight = vault.flight(&key).await;
            let _alone = flight.lock().await;
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
        let key = (link.tenant.clone(), link.id);
        let seen = self.cache.get(&key).await.map(|cached| cached.obtained_at);
        let (vault, link) = (Arc::clone(self), link.clone());
        to_its_end(async move {
            let flight = vault.flight(&key).await;
            let _alone = flight.lock().await;
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

    async fn flight(&self, key: &LinkKey) -> Arc<Mutex<()>> {
        self.flights
            .get_with(key.clone(), async { Arc::new(Mutex::new(())) })
            .await
    }

    /// Keeps a token in memory and hands it out.
    pub(super) async fn remember(&self, link: &LinkRow, tokens: &StoredTokens) -> AccessToken {
        let cached = Cached {
            token: tokens.access.clone(),
            obtained_at: tokens.obtained_at,
            refresh_at: tokens.refresh_at(link.id),
        };
        self.cache
            .insert((link.tenant.clone(), link.id), cached)
            .await;
        tokens.access.clone()
    }

    /// The record of a link, opened; `None` when there is none.
    pub(super) async fn open(&self, link: &LinkRow) -> Result<Option<Opened>, Error> {
        let cx = self.context(&link.tenant);
        let name = RecordKey(link.id.to_string());
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

    /// Writes version `expected + 1`, if `expected` is still there. Whether it was.
    pub(super) async fn put(
        &self,
        link: &LinkRow,
        tokens: &StoredTokens,
        expected: Option<u64>,
    ) -> Result<Option<u64>, Error> {
        let version = expected.unwrap_or(link.token_version) + 1;
        let name = RecordKey(link.id.to_string());
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
            PutOutcome::Stored => {
                self.parts
                    .ledger
                    .raise_token_version(&link.tenant, link.id, version)
                    .await?;
                Ok(Some(version))
            }
        }
    }

    /// Puts the tokens of a new or renewed link in place of whatever is there.
    pub(crate) async fn replace(&self, link: &LinkRow, tokens: &StoredTokens) -> Result<(), Error> {
        let cx = self.context(&link.tenant);
        let name = RecordKey(link.id.to_string());
        loop {
            let present = self
                .parts
                .store
                .get(&cx, &name)
                .await
                .map_err(Error::TokenStore)?;
            if self
                .put(link, tokens, present.map(|record| record.version))
                .await?
                .is_some()
            {
                self.remember(link, tokens).await;
                return Ok(());
            }
        }
    }

    /// Erases the tokens of a link, from memory too.
    pub(crate) async fn erase(&self, tenant: &TenantId, link: LinkId) -> Result<(), Error> {
        self.cache.invalidate(&(tenant.clone(), link)).await;
        let cx = self.context(tenant);
        self.parts
            .store
            .delete(&cx, &RecordKey(link.to_string()))
            .await
            .map(drop)
            .map_err(Error::TokenStore)
    }

    /// Declares a link dead and says so.
    pub(super) async fn dead(&self, link: &LinkRow, reason: RelinkReason) -> Error {
        tracing::warn!(tenant = %link.tenant, link = %link.id, reason = reason.as_str(), "a link has died; its user must link again");
        self.cache.invalidate(&(link.tenant.clone(), link.id)).await;
        let at = self.parts.ambient.now();
        let state = LinkState::NeedsRelink(reason);
        match self
            .parts
            .ledger
            .set_link_state(&link.tenant, link.id, state, at)
            .await
        {
            Ok(()) => Error::NeedsRelink(reason),
            Err(error) => error.into(),
        }
    }
}

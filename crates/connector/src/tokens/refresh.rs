//! Refreshing: a compare-and-swap on the record is lease and fence in one (design, "Token").

use std::{sync::atomic::Ordering, time::Duration};

use ownhand_docusign::{
    AccessToken, ClientSecret, RefreshToken,
    oauth::{OAuthErrorClass, TokenCallError, TokenSet},
};

use super::{
    stored::{Progress, StoredTokens},
    vault::{Opened, Vault},
};
use crate::{
    Error, UnixMillis, chain,
    ledger::{LinkRow, RelinkReason},
};

/// How often a node looks whether another one has finished.
const LOOK: Duration = Duration::from_millis(200);
/// The longest pause between two tries to store renewed tokens.
const LONGEST_LOOK: Duration = Duration::from_secs(5);
/// How many looks a caller waits for another node.
const LOOKS: u32 = 100;
/// How long after a refresh whose outcome is unknown the one repeat is made.
const REPEAT_AFTER: Duration = Duration::from_secs(30);
/// An access token that lives less than this is not handed out when a refresh failed.
const WORTH: Duration = Duration::from_secs(30);
/// For how long a working client secret vouches for a refusal.
const VOUCHES: Duration = Duration::from_hours(1);

/// How a token call that brought no tokens is to be taken.
enum Failure {
    /// The refresh token is refused, and a client secret is known to work.
    Refused,
    /// Nothing is lost: the token was not spent.
    Unspent(Error),
    /// It may have been spent.
    Unknown(Error),
}

impl Vault {
    /// A token from the record, refreshed if it is time, or if it was obtained before `older_than`. The caller holds the flight.
    pub(super) async fn fetch(
        &self,
        link: &LinkRow,
        older_than: Option<UnixMillis>,
    ) -> Result<AccessToken, Error> {
        let ambient = &self.parts.ambient;
        for _ in 0..LOOKS {
            let Some(record) = self.open(link).await? else {
                return Err(self
                    .dead(link, link.token_version, RelinkReason::TokensMissing)
                    .await);
            };
            let now = ambient.now();
            let tokens = &record.tokens;
            let stale = now >= tokens.refresh_at(link.id)
                || older_than.is_some_and(|limit| tokens.obtained_at < limit);
            if !stale {
                return Ok(self.remember(link, tokens).await);
            }
            let lease = self.parts.limits.token_call * 4;
            let old_will_do = older_than.is_none();
            let interrupted = match &tokens.progress {
                Progress::Settled => false,
                Progress::Refreshing { since, .. } if now.since(*since) < lease => {
                    if old_will_do && now + WORTH < tokens.expires_at {
                        return Ok(tokens.access.clone());
                    }
                    ambient.sleeper.sleep(LOOK).await;
                    continue;
                }
                // There is one repeat only: it is not spent on the outage that swallowed the first answer.
                Progress::OutcomeUnknown { since } if now.since(*since) < REPEAT_AFTER => {
                    let wait = (*since + REPEAT_AFTER).since(now);
                    return old_or(tokens, now, old_will_do, busy(wait));
                }
                Progress::OutcomeUnknown { .. } | Progress::Refreshing { .. } => true,
            };
            if interrupted && tokens.repeated {
                let reason = RelinkReason::RefreshOutcomeUnknown;
                return Err(self.dead(link, record.version, reason).await);
            }
            let Some(refresh) = tokens.refresh.clone() else {
                if now < tokens.expires_at && older_than.is_none() {
                    return Ok(tokens.access.clone());
                }
                let reason = RelinkReason::NoRefreshToken;
                return Err(self.dead(link, record.version, reason).await);
            };
            if let Some(wait) = self.pause.left(now) {
                return old_or(tokens, now, old_will_do, busy(wait));
            }
            if let Some(leased) = self.lease(link, &record, interrupted).await? {
                return self.refresh(link, leased, &refresh, old_will_do).await;
            }
            // Another node was faster: look again.
        }
        Err(busy(LOOK * LOOKS))
    }

    /// Writes down that this process refreshes. `None`: another one did first.
    async fn lease(
        &self,
        link: &LinkRow,
        record: &Opened,
        repeated: bool,
    ) -> Result<Option<Opened>, Error> {
        let mut tokens = record.tokens.clone();
        tokens.progress = Progress::Refreshing {
            by: self.process.clone(),
            since: self.parts.ambient.now(),
        };
        tokens.repeated = repeated;
        let version = self.put(link, &tokens, Some(record.version)).await?;
        Ok(version.map(|version| Opened { version, tokens }))
    }

    async fn refresh(
        &self,
        link: &LinkRow,
        leased: Opened,
        refresh: &RefreshToken,
        old_will_do: bool,
    ) -> Result<AccessToken, Error> {
        let now = self.parts.ambient.now();
        match self.call(refresh).await {
            Ok(answer) => {
                let tokens =
                    StoredTokens::of(answer, Some(refresh.clone()), self.parts.ambient.now());
                // Committed before anybody uses it; this write also erases the old refresh token.
                match self.keep(link, &tokens, leased.version).await? {
                    Some(_) => Ok(self.remember(link, &tokens).await),
                    None => Err(overtaken()),
                }
            }
            Err(Failure::Refused) => {
                let unchanged = self
                    .open(link)
                    .await?
                    .is_some_and(|record| record.version == leased.version);
                if !unchanged {
                    return Err(overtaken());
                }
                let reason = if leased.tokens.repeated {
                    RelinkReason::RefreshOutcomeUnknown
                } else {
                    RelinkReason::RefreshRefused
                };
                Err(self.dead(link, leased.version, reason).await)
            }
            Err(Failure::Unspent(error)) => {
                self.settle(link, &leased, Progress::Settled).await?;
                old_or(&leased.tokens, now, old_will_do, error)
            }
            Err(Failure::Unknown(error)) => {
                let since = self.parts.ambient.now();
                self.settle(link, &leased, Progress::OutcomeUnknown { since })
                    .await?;
                old_or(&leased.tokens, now, old_will_do, error)
            }
        }
    }

    /// Puts a new pair in place of the leased record. DocuSign may have retired the old one already, so a store or ledger that
    /// fails (locked, full) is tried again for as long as the lease lasts, while the pair is held in memory.
    async fn keep(
        &self,
        link: &LinkRow,
        tokens: &StoredTokens,
        leased: u64,
    ) -> Result<Option<u64>, Error> {
        let ambient = &self.parts.ambient;
        let ends = ambient.now() + self.parts.limits.token_call * 3;
        let mut wait = LOOK;
        let mut stored = None;
        loop {
            let tried = match stored {
                Some(version) => Ok(Some(version)),
                None => self.store(link, tokens, Some(leased)).await,
            };
            let error = match tried {
                Ok(None) => return Ok(None),
                Ok(Some(version)) => {
                    stored = Some(version);
                    match self.remember_version(link, version).await {
                        Ok(()) => return Ok(stored),
                        Err(error) => error,
                    }
                }
                Err(error) => error,
            };
            if ambient.now() >= ends {
                return Err(error);
            }
            tracing::warn!(
                tenant = %link.tenant, link = %link.id, error = chain(&error),
                "renewed tokens can't be stored yet; tried again"
            );
            ambient.sleeper.sleep(wait).await;
            wait = (wait * 2).min(LONGEST_LOOK);
        }
    }

    /// Gives the lease back, with what is known of the refresh token.
    async fn settle(
        &self,
        link: &LinkRow,
        leased: &Opened,
        progress: Progress,
    ) -> Result<(), Error> {
        let mut tokens = leased.tokens.clone();
        // A repeat that was surely not sent leaves the one repeat to be had; then the outcome of the first try is still unknown.
        tokens.repeated = leased.tokens.repeated && progress != Progress::Settled;
        tokens.progress = if leased.tokens.repeated {
            let since = self.parts.ambient.now();
            Progress::OutcomeUnknown { since }
        } else {
            progress
        };
        self.put(link, &tokens, Some(leased.version))
            .await
            .map(drop)
    }

    /// Calls the token endpoint with each client secret until one is accepted.
    async fn call(&self, refresh: &RefreshToken) -> Result<TokenSet, Failure> {
        let mut refusal = None;
        for secret in self.parts.client_secrets.iter() {
            match self.one_call(refresh, secret).await {
                Ok(answer) => return Ok(answer),
                Err(TokenCallError::Definitive(error)) => refusal = Some(error),
                Err(error @ TokenCallError::NotSent(_)) => {
                    self.pause.failed(self.parts.ambient.now(), None);
                    return Err(Failure::Unspent(Error::TokenEndpoint(error)));
                }
                Err(TokenCallError::ServerBusy { retry_after }) => {
                    let now = self.parts.ambient.now();
                    self.pause.failed(now, retry_after);
                    let wait = self.pause.left(now).unwrap_or_default();
                    return Err(Failure::Unspent(busy(wait)));
                }
                Err(error) => {
                    self.pause.failed(self.parts.ambient.now(), None);
                    return Err(Failure::Unknown(Error::TokenEndpoint(error)));
                }
            }
        }
        let Some(refusal) = refusal else {
            return Err(Failure::Unspent(Error::invalid(
                "docusign.client_secrets",
                "none is configured",
            )));
        };
        let terminal = matches!(
            refusal.class,
            OAuthErrorClass::InvalidGrant | OAuthErrorClass::ConsentRequired
        );
        if terminal && self.a_secret_works() {
            return Err(Failure::Refused);
        }
        self.pause.failed(self.parts.ambient.now(), None);
        // DocuSign says the same of a dead token and of a wrong secret (contract 1.6): one wrong secret must not kill every link.
        tracing::error!(
            error = %refusal,
            "DocuSign refuses to refresh, and no client secret is known to work; check `docusign.client_secrets`"
        );
        Err(Failure::Unspent(Error::TokenEndpoint(
            TokenCallError::Definitive(refusal),
        )))
    }

    async fn one_call(
        &self,
        refresh: &RefreshToken,
        secret: &ClientSecret,
    ) -> Result<TokenSet, TokenCallError> {
        let answer = self.parts.oauth.refresh(refresh, secret).await;
        if answer.is_ok() {
            self.secret_worked();
        }
        answer
    }

    /// Remembers that a client secret works: some call with it succeeded just now.
    pub(crate) fn secret_worked(&self) {
        self.pause.over();
        self.secret_worked_at
            .store(self.parts.ambient.now().0, Ordering::Relaxed);
    }

    fn a_secret_works(&self) -> bool {
        let at = UnixMillis(self.secret_worked_at.load(Ordering::Relaxed));
        at.0 != i64::MIN && self.parts.ambient.now().since(at) <= VOUCHES
    }
}

/// Another node has written the record meanwhile.
fn overtaken() -> Error {
    busy(LOOK)
}

/// Not now: the same call may be made again after `wait`.
fn busy(wait: Duration) -> Error {
    Error::TokenEndpoint(TokenCallError::ServerBusy {
        retry_after: Some(wait),
    })
}

/// The old access token, where it will do and lives a while yet; else the error.
fn old_or(
    tokens: &StoredTokens,
    now: UnixMillis,
    old_will_do: bool,
    error: Error,
) -> Result<AccessToken, Error> {
    if old_will_do && now + WORTH < tokens.expires_at {
        Ok(tokens.access.clone())
    } else {
        Err(error)
    }
}

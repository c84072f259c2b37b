//! What was granted to whom: sessions, consents, codes, tokens.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::switches::{OldRefreshToken, Switches};
use crate::{crypto, edge};

/// Scopes in a fixed order, so that sets compare.
pub(crate) type Scopes = BTreeSet<String>;

/// An authorization request that waits for its user.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub(crate) key: String,
    pub(crate) redirect_uri: String,
    pub(crate) scopes: Scopes,
    pub(crate) state: Option<String>,
    /// The S256 challenge.
    pub(crate) challenge: Option<String>,
    pub(crate) login_hint: Option<String>,
    /// Who logged in for this request.
    pub(crate) user_id: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(crate) request: Pending,
    pub(crate) user_id: String,
    pub(crate) expires: Timestamp,
    pub(crate) used: bool,
}

/// What both kinds of token know.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) key: String,
    pub(crate) user_id: String,
    pub(crate) scopes: Scopes,
    pub(crate) expires: Timestamp,
    /// All tokens that stem from one login share it.
    pub(crate) family: String,
    /// A refresh token that was exchanged.
    pub(crate) used: bool,
}

/// A fresh pair. It has no `Debug`: it is nothing but secrets.
#[derive(Clone)]
pub(crate) struct Pair {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) scopes: Scopes,
    pub(crate) user_id: String,
}

/// Everything granted.
#[derive(Default)]
pub(crate) struct Grants {
    pub(crate) pending: HashMap<String, Pending>,
    /// Login sessions: cookie to user.
    pub(crate) sessions: HashMap<String, String>,
    /// (user, integration key) to scopes.
    consents: HashMap<(String, String), Scopes>,
    codes: HashMap<String, Code>,
    access: HashMap<String, Token>,
    refresh: HashMap<String, Token>,
    /// The PKCE verifiers that were shown.
    verifiers: Vec<String>,
}

/// Everything secret that was given out or shown, by kind: for tests that look for it where it must not be.
#[derive(Serialize)]
pub(crate) struct Secrets {
    codes: Vec<String>,
    access_tokens: Vec<String>,
    refresh_tokens: Vec<String>,
    code_verifiers: Vec<String>,
}

impl fmt::Debug for Grants {
    /// Counts only: the keys of the maps are the codes and tokens themselves.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Grants")
            .field("codes", &self.codes.len())
            .field("access", &self.access.len())
            .field("refresh", &self.refresh.len())
            .finish_non_exhaustive()
    }
}

impl Grants {
    /// Whether the user has allowed this integration all these scopes before.
    pub(crate) fn has_consent(&self, user_id: &str, key: &str, scopes: &Scopes) -> bool {
        self.consents
            .get(&(user_id.to_owned(), key.to_owned()))
            .is_some_and(|granted| scopes.is_subset(granted))
    }

    pub(crate) fn add_consent(&mut self, user_id: &str, key: &str, scopes: &Scopes) {
        let entry = self
            .consents
            .entry((user_id.to_owned(), key.to_owned()))
            .or_default();
        entry.extend(scopes.iter().cloned());
    }

    /// The user takes back all consents: refresh tokens die at once, access tokens live on until they expire.
    pub(crate) fn revoke(&mut self, user_id: &str) {
        self.consents.retain(|(user, _), _| user != user_id);
        self.refresh.retain(|_, token| token.user_id != user_id);
        self.codes.retain(|_, code| code.user_id != user_id);
    }

    /// A code for a request that its user has agreed to.
    pub(crate) fn issue_code(
        &mut self,
        request: Pending,
        user_id: String,
        switches: &Switches,
        now: Timestamp,
    ) -> String {
        let code = crypto::mt_token();
        let expires = after(now, switches.code_ttl_seconds);
        self.codes.insert(
            code.clone(),
            Code {
                request,
                user_id,
                expires,
                used: false,
            },
        );
        code
    }

    /// A code that may still be exchanged.
    pub(crate) fn usable_code(&self, code: &str, now: Timestamp) -> Option<&Code> {
        self.codes
            .get(code)
            .filter(|code| !code.used && now < code.expires)
    }

    /// Remembers a PKCE verifier.
    pub(crate) fn seen_verifier(&mut self, verifier: &str) {
        self.verifiers.push(verifier.to_owned());
    }

    /// All secrets that are known here, used ones too.
    pub(crate) fn secrets(&self) -> Secrets {
        Secrets {
            codes: self.codes.keys().cloned().collect(),
            access_tokens: self.access.keys().cloned().collect(),
            refresh_tokens: self.refresh.keys().cloned().collect(),
            code_verifiers: self.verifiers.clone(),
        }
    }

    /// Exchanges a code, which is then used up.
    pub(crate) fn redeem(
        &mut self,
        code: &str,
        switches: &Switches,
        now: Timestamp,
    ) -> Option<Pair> {
        let code = self.codes.get_mut(code)?;
        code.used = true;
        let token = Token {
            key: code.request.key.clone(),
            user_id: code.user_id.clone(),
            scopes: code.request.scopes.clone(),
            expires: after(now, switches.refresh_token_seconds),
            family: edge::guid(),
            used: false,
        };
        Some(self.issue_pair(token, switches, now))
    }

    /// A refresh, under the switched rule for old tokens. `None` is `invalid_grant`.
    pub(crate) fn rotate(
        &mut self,
        refresh: &str,
        key: &str,
        switches: &Switches,
        now: Timestamp,
    ) -> Option<Pair> {
        let token = self
            .refresh
            .get_mut(refresh)
            .filter(|token| token.key == key)?;
        if now >= token.expires {
            return None;
        }
        if token.used && switches.old_refresh_token != OldRefreshToken::Valid {
            if switches.old_refresh_token == OldRefreshToken::KillsFamily {
                let family = token.family.clone();
                self.refresh.retain(|_, token| token.family != family);
                self.access.retain(|_, token| token.family != family);
            }
            return None;
        }
        token.used = true;
        let mut next = Token {
            used: false,
            ..token.clone()
        };
        if next.scopes.contains("extended") {
            // Only `extended` makes the lifetime slide; else the first login's end stays the end.
            next.expires = after(now, switches.refresh_token_seconds);
        }
        Some(self.issue_pair(next, switches, now))
    }

    /// A live access token.
    pub(crate) fn access(&self, token: &str, now: Timestamp) -> Option<&Token> {
        self.access.get(token).filter(|token| now < token.expires)
    }

    fn issue_pair(&mut self, refresh: Token, switches: &Switches, now: Timestamp) -> Pair {
        let access = Token {
            expires: after(now, switches.access_token_seconds),
            ..refresh.clone()
        };
        let pair = Pair {
            access: crypto::mt_token(),
            refresh: crypto::mt_token(),
            scopes: refresh.scopes.clone(),
            user_id: refresh.user_id.clone(),
        };
        self.access.insert(pair.access.clone(), access);
        self.refresh.insert(pair.refresh.clone(), refresh);
        pair
    }
}

fn after(now: Timestamp, seconds: u32) -> Timestamp {
    now.checked_add(SignedDuration::from_secs(i64::from(seconds)))
        .unwrap_or(Timestamp::MAX)
}

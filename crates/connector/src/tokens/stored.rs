//! What a sealed record holds.

use std::time::Duration;

use ownhand_docusign::{AccessToken, RefreshToken, oauth::TokenSet};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{UnixMillis, id::LinkId, ledger::Digest, one_time};

/// The life that is assumed of an access token when DocuSign does not tell.
const UNKNOWN_LIFE: Duration = Duration::from_mins(5);

/// Whether somebody is refreshing, or was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Progress {
    /// Nobody: the tokens are what DocuSign gave last.
    Settled,
    /// Somebody is, since then; after the lease the outcome counts as unknown.
    Refreshing {
        /// Which process.
        by: String,
        /// Since when.
        since: UnixMillis,
    },
    /// The refresh token was sent and no usable answer came.
    OutcomeUnknown {
        /// When that was known.
        since: UnixMillis,
    },
}

/// The tokens of a link, as they are sealed.
#[derive(Clone)]
pub(crate) struct StoredTokens {
    pub(crate) access: AccessToken,
    pub(crate) refresh: Option<RefreshToken>,
    /// When DocuSign gave them.
    pub(crate) obtained_at: UnixMillis,
    /// When the access token dies.
    pub(crate) expires_at: UnixMillis,
    pub(crate) progress: Progress,
    /// Whether the refresh token was sent a second time after an unknown outcome; there is no third.
    pub(crate) repeated: bool,
}

#[derive(Serialize, Deserialize)]
struct Wire<'a> {
    access: std::borrow::Cow<'a, str>,
    refresh: Option<std::borrow::Cow<'a, str>>,
    obtained_at: UnixMillis,
    expires_at: UnixMillis,
    progress: Progress,
    repeated: bool,
}

impl StoredTokens {
    /// The tokens of an answer. An answer without a refresh token keeps `kept` (contract 1.5).
    pub(crate) fn of(answer: TokenSet, kept: Option<RefreshToken>, now: UnixMillis) -> Self {
        Self {
            access: answer.access_token,
            refresh: answer.refresh_token.or(kept),
            obtained_at: now,
            expires_at: now + answer.expires_in.unwrap_or(UNKNOWN_LIFE),
            progress: Progress::Settled,
            repeated: false,
        }
    }

    /// The tokens as bytes, wiped when dropped.
    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let wire = Wire {
            access: self.access.expose().into(),
            refresh: self.refresh.as_ref().map(|token| token.expose().into()),
            obtained_at: self.obtained_at,
            expires_at: self.expires_at,
            progress: self.progress.clone(),
            repeated: self.repeated,
        };
        // Room from the start, so that growing leaves no copies behind.
        let mut out = Zeroizing::new(Vec::with_capacity(
            512 + 2 * (wire.access.len() + wire.refresh.as_ref().map_or(0, |token| token.len())),
        ));
        // Writing text and numbers into memory can't fail.
        let _ = serde_json::to_writer(&mut *out, &wire);
        out
    }

    /// The tokens that the bytes hold.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let wire: Wire<'_> = serde_json::from_slice(bytes).ok()?;
        Some(Self {
            access: AccessToken::new(wire.access.into_owned()),
            refresh: wire
                .refresh
                .map(|token| RefreshToken::new(token.into_owned())),
            obtained_at: wire.obtained_at,
            expires_at: wire.expires_at,
            progress: wire.progress,
            repeated: wire.repeated,
        })
    }

    /// From when on the access token of `link` should be refreshed: 10 minutes before its end (contract 1.4), or the last third of a
    /// shorter life, and up to half as much again earlier, so that links do not refresh in step. How much earlier follows from link and
    /// token alone: memory, record and every node agree on the moment.
    pub(crate) fn refresh_at(&self, link: LinkId) -> UnixMillis {
        let life = self.expires_at.since(self.obtained_at);
        let margin = Duration::from_mins(10).min(life / 3);
        let Digest([spread, ..]) = one_time::sha256(&[
            b"refresh-spread",
            link.to_string().as_bytes(),
            &self.obtained_at.0.to_be_bytes(),
        ]);
        let early = margin + margin * u32::from(spread) / 512;
        UnixMillis(
            self.expires_at
                .0
                .saturating_sub(i64::try_from(early.as_millis()).unwrap_or(0)),
        )
    }
}

//! Links, without their tokens.

use async_trait::async_trait;
use ownhand_spi::{HostUser, TenantId};
use serde::{Deserialize, Serialize};

use super::{AuditLine, FlowRow, LedgerError};
use crate::{UnixMillis, id::LinkId};

/// Why a link must be made anew. Its text is part of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RelinkReason {
    /// DocuSign refuses the refresh token: consent was revoked, or it expired.
    RefreshRefused,
    /// A refresh was interrupted and DocuSign does not accept it again.
    RefreshOutcomeUnknown,
    /// The sealed record is missing from the token store.
    TokensMissing,
    /// DocuSign gave no refresh token and the access token has expired.
    NoRefreshToken,
}

impl RelinkReason {
    /// The reason as it is stored and answered.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RefreshRefused => "refresh_refused",
            Self::RefreshOutcomeUnknown => "refresh_outcome_unknown",
            Self::TokensMissing => "tokens_missing",
            Self::NoRefreshToken => "no_refresh_token",
        }
    }

    /// The reason stored under a name.
    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::RefreshRefused,
            Self::RefreshOutcomeUnknown,
            Self::TokensMissing,
            Self::NoRefreshToken,
        ]
        .into_iter()
        .find(|reason| reason.as_str() == text)
    }

    /// The reason in words for the user.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::RefreshRefused => {
                "DocuSign no longer accepts the connection. Access may have been withdrawn in your DocuSign profile."
            }
            Self::RefreshOutcomeUnknown => {
                "Renewing the connection was interrupted and DocuSign did not accept a second try."
            }
            Self::TokensMissing => "The stored connection is missing.",
            Self::NoRefreshToken => "DocuSign did not allow the connection to be renewed.",
        }
    }
}

/// Whether a link can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// It can.
    Active,
    /// The user must link again.
    NeedsRelink(RelinkReason),
}

/// A DocuSign account of a linked user, as `/oauth/userinfo` told it (contract 1.7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocusignAccount {
    /// The account's GUID.
    pub account_id: String,
    /// Its name.
    pub name: String,
    /// Its own REST server, without path.
    pub base_uri: String,
    /// Whether DocuSign calls it the user's default.
    pub is_default: bool,
}

/// A link, keyed on tenant, issuer and subject; never on an e-mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRow {
    /// Its id, which is also the name of its sealed record.
    pub id: LinkId,
    /// Its tenant.
    pub tenant: TenantId,
    /// The host user as last seen (stored as JSON; issuer and subject also as columns).
    pub user: HostUser,
    /// DocuSign's user id (`sub`).
    pub docusign_sub: String,
    /// The DocuSign user's name.
    pub docusign_name: String,
    /// The DocuSign user's e-mail.
    pub docusign_email: String,
    /// The accounts that the tenant's rules allow (stored as JSON). Never empty.
    pub accounts: Vec<DocusignAccount>,
    /// The account that sends go out from unless a call names another.
    pub default_account: String,
    /// The scopes that were asked for; nothing is inferred from DocuSign's answer (contract 1.5).
    pub scopes: String,
    /// Whether it can be used.
    pub state: LinkState,
    /// Highest version of the sealed record that was ever committed: an older one is refused as rolled back.
    pub token_version: u64,
    /// When it was first made.
    pub created_at: UnixMillis,
    /// When it was last made or changed.
    pub updated_at: UnixMillis,
}

impl LinkRow {
    /// Whether it is this host user's.
    pub(crate) fn is_of(&self, user: &HostUser) -> bool {
        self.user.issuer == user.issuer && self.user.subject == user.subject
    }
}

/// The end of a walk: the link that it makes, and what is written with it.
#[derive(Clone, Copy, Debug)]
pub struct Conclusion<'a> {
    /// The walk as it stands.
    pub from: &'a FlowRow,
    /// The walk as it ends.
    pub to: &'a FlowRow,
    /// The link: a new one, or over the same user's present one (same id).
    pub link: &'a LinkRow,
    /// Whether no other host user of the tenant may be linked to the same DocuSign user.
    pub exclusive: bool,
    /// What the audit says of it.
    pub audit: &'a AuditLine,
}

/// What became of a walk's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concluded {
    /// The link stands.
    Linked,
    /// The walk has moved on meanwhile; nothing was written.
    Gone,
    /// Another host user holds that DocuSign user; nothing was written.
    Taken,
}

/// Links.
#[async_trait]
pub trait LinkStore: Send + Sync + 'static {
    /// The link of a host user.
    async fn link_of(
        &self,
        tenant: &TenantId,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<LinkRow>, LedgerError>;

    /// The link with an id.
    async fn link(&self, tenant: &TenantId, id: LinkId) -> Result<Option<LinkRow>, LedgerError>;

    /// The tenant's links to one DocuSign user.
    async fn links_to(
        &self,
        tenant: &TenantId,
        docusign_sub: &str,
    ) -> Result<Vec<LinkRow>, LedgerError>;

    /// The tenant's links, by id, at most `limit` after `after`.
    async fn links(
        &self,
        tenant: &TenantId,
        after: Option<LinkId>,
        limit: u32,
    ) -> Result<Vec<LinkRow>, LedgerError>;

    /// Writes a link, ends its walk and adds to the audit, all in one transaction that also judges whether the DocuSign user
    /// is free. When the link was first made, and its highest token version, stay over a second time.
    async fn conclude_walk(&self, end: Conclusion<'_>) -> Result<Concluded, LedgerError>;

    /// Writes down that a link needs to be made anew, and adds to the audit, unless its token version has risen above `seen`: a
    /// link that was made anew meanwhile lives on. Whether it died.
    async fn link_died(
        &self,
        link: &LinkRow,
        seen: u64,
        reason: RelinkReason,
        audit: &AuditLine,
    ) -> Result<bool, LedgerError>;

    /// Changes only the default account of a link.
    async fn set_default_account(
        &self,
        tenant: &TenantId,
        id: LinkId,
        account_id: &str,
        at: UnixMillis,
    ) -> Result<(), LedgerError>;

    /// Raises the remembered token version to `version`; never lowers it.
    async fn raise_token_version(
        &self,
        tenant: &TenantId,
        id: LinkId,
        version: u64,
    ) -> Result<(), LedgerError>;

    /// Removes a link, and adds to the audit in the same transaction. Whether there was one.
    async fn remove_link(
        &self,
        tenant: &TenantId,
        id: LinkId,
        audit: &AuditLine,
    ) -> Result<bool, LedgerError>;
}

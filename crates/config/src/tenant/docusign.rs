//! `[docusign]` of a tenant

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use crate::check::Check;

/// Which DocuSign users and accounts the tenant's people may link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantDocusign {
    /// The accounts that may be linked.
    pub allowed_accounts: AllowedAccounts,
    /// Whether the DocuSign user's e-mail must be the host user's (or the one of `[[users]]`).
    pub require_same_email: bool,
    /// Whether a DocuSign user may be linked to one host user only.
    pub one_host_user_per_docusign_user: bool,
}

/// Accounts that may be linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllowedAccounts {
    /// Any account.
    Any,
    /// These; never empty.
    Listed(BTreeSet<Uuid>),
}

impl AllowedAccounts {
    /// Whether an account may be linked.
    pub fn allows(&self, account: Uuid) -> bool {
        match self {
            Self::Any => true,
            Self::Listed(accounts) => accounts.contains(&account),
        }
    }
}

/// Which DocuSign users and accounts the tenant's people may link.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Docusign")]
pub(crate) struct TenantDocusignFile {
    /// The accounts that may be linked: a list of API account ids, or "any" to allow every account.
    allowed_accounts: AccountsFile,
    /// Whether the DocuSign user's e-mail must be the host user's; true when not given.
    #[serde(default = "yes")]
    require_same_email: bool,
    /// Whether a DocuSign user may be linked to one host user only; true when not given.
    #[serde(default = "yes")]
    one_host_user_per_docusign_user: bool,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
enum AccountsFile {
    Word(AnyAccount),
    Listed(#[schemars(length(min = 1))] BTreeSet<Uuid>),
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum AnyAccount {
    Any,
}

fn yes() -> bool {
    true
}

impl TenantDocusignFile {
    pub(crate) fn validate(self, check: &mut Check<'_>) -> TenantDocusign {
        let allowed_accounts = match self.allowed_accounts {
            AccountsFile::Word(AnyAccount::Any) => AllowedAccounts::Any,
            AccountsFile::Listed(accounts) => {
                if accounts.contains(&Uuid::nil()) {
                    let message = "`docusign.allowed_accounts` names the GUID of nothing";
                    check.error("docusign.allowed_accounts", message, None);
                }
                AllowedAccounts::Listed(accounts)
            }
        };
        TenantDocusign {
            allowed_accounts,
            require_same_email: self.require_same_email,
            one_host_user_per_docusign_user: self.one_host_user_per_docusign_user,
        }
    }
}

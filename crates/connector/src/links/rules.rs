//! The tenant's rules: which DocuSign user, and which accounts of theirs, a host user may link.

use ownhand_docusign::{Environment, oauth::UserInfo};
use ownhand_spi::{DocusignIdentity, HostUser};

use super::state::DocusignUser;
use crate::{Tenant, error::LinkRefusal, ledger::DocusignAccount};

/// The DocuSign user as far as the rules allow.
pub(super) fn judge(
    tenant: &Tenant,
    user: &HostUser,
    known: &DocusignIdentity,
    environment: &Environment,
    info: UserInfo,
) -> Result<DocusignUser, LinkRefusal> {
    let mapping = tenant.mapping(user);
    let email = info.email.unwrap_or_default();
    let mapped = mapping.and_then(|mapping| mapping.docusign_email.as_deref());
    let verified = user.email.as_deref().filter(|_| user.email_verified);
    let expected = mapped.or(known.email.as_deref());
    let right = match (expected, tenant.require_same_email) {
        (Some(expected), _) => expected.eq_ignore_ascii_case(&email),
        (None, true) => verified.is_some_and(|verified| verified.eq_ignore_ascii_case(&email)),
        (None, false) => true,
    };
    if !right || email.is_empty() {
        return Err(LinkRefusal::Email { found: email });
    }
    let accounts: Vec<_> = info
        .accounts
        .into_iter()
        // A base URI is input: only DocuSign's own hosts are taken (contract 1.7).
        .filter(|account| environment.accepts_base_uri(&account.base_uri))
        .map(|account| DocusignAccount {
            account_id: account.account_id.to_string(),
            name: account.account_name.unwrap_or_default(),
            base_uri: account.base_uri.origin().ascii_serialization(),
            is_default: account.is_default,
        })
        .filter(|account| tenant.allowed_accounts.allows(&account.account_id))
        .collect();
    let wanted = mapping.and_then(|mapping| mapping.default_account.as_deref());
    let preselected = accounts
        .iter()
        .find(|account| {
            wanted.is_some_and(|wanted| wanted.eq_ignore_ascii_case(&account.account_id))
        })
        .or_else(|| accounts.iter().find(|account| account.is_default))
        .or_else(|| accounts.first())
        .ok_or(LinkRefusal::NoAllowedAccount)?
        .account_id
        .clone();
    Ok(DocusignUser {
        sub: info.sub.to_string(),
        name: info.name.unwrap_or_else(|| email.clone()),
        email,
        accounts,
        preselected,
    })
}

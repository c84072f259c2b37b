//! `[[users]]`

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::docusign::AllowedAccounts;
use crate::check::Check;

/// A person whose DocuSign user is spelled out; wins over the e-mail rule.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The person's login in the host app. At least one of `login`, `subject` and `claims` is given; all that are given must fit.
    #[schemars(length(min = 1))]
    pub login: Option<String>,
    /// The person's stable id in the host app.
    #[schemars(length(min = 1))]
    pub subject: Option<String>,
    /// Further claims about the person that the identity mapper declares, by name.
    #[serde(default)]
    pub claims: BTreeMap<String, String>,
    /// E-mail of the DocuSign user that they link.
    #[schemars(length(min = 1))]
    pub docusign_email: Option<String>,
    /// The account that is chosen when they have several.
    pub default_account: Option<Uuid>,
}

/// Checks all entries of `[[users]]`.
pub(crate) fn validate(users: &[User], accounts: &AllowedAccounts, check: &mut Check<'_>) {
    let mut logins = BTreeSet::new();
    let mut subjects = BTreeSet::new();
    let mut claims = BTreeSet::new();
    for (index, user) in users.iter().enumerate() {
        let place = format!("users[{index}]");
        if user.login.is_none() && user.subject.is_none() && user.claims.is_empty() {
            let message =
                format!("`{place}` names nobody: it needs `login`, `subject` or `claims`");
            check.error(&place, message, None);
        }
        if user.docusign_email.is_none() && user.default_account.is_none() {
            let message =
                format!("`{place}` says nothing: it needs `docusign_email` or `default_account`");
            check.error(&place, message, None);
        }
        for (key, value, seen) in [
            ("login", &user.login, &mut logins),
            ("subject", &user.subject, &mut subjects),
        ] {
            if let Some(value) = value
                && !seen.insert(value.as_str())
            {
                let message = format!("two entries of [[users]] have the {key} \"{value}\"");
                check.error(&format!("{place}.{key}"), message, None);
            }
        }
        if user
            .claims
            .iter()
            .any(|(name, value)| name.is_empty() || value.is_empty())
        {
            let place = format!("{place}.claims");
            let message = format!("`{place}` must not hold an empty name or value");
            check.error(&place, message, None);
        }
        let by_claims = user.login.is_none() && user.subject.is_none() && !user.claims.is_empty();
        if by_claims && !claims.insert(&user.claims) {
            let message = "two entries of [[users]] have the same claims";
            check.error(&format!("{place}.claims"), message, None);
        }
        if let Some(email) = &user.docusign_email
            && !is_email(email)
        {
            let place = format!("{place}.docusign_email");
            check.error(&place, format!("`{place}` must be an e-mail address"), None);
        }
        if let Some(account) = user.default_account
            && !accounts.allows(account)
        {
            let place = format!("{place}.default_account");
            let message = format!("`{place}` is not one of `docusign.allowed_accounts`");
            check.error(&place, message, None);
        }
    }
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && !domain.contains('@')
    }) && !text.contains(char::is_whitespace)
}

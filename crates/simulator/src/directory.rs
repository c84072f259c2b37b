//! The seed, made ready for look-ups: members resolved, base URIs settled.

use secrecy::SecretString;
use url::Url;

use crate::seed::{Integration, Seed, User};

/// An account with its members.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) name: String,
    /// Without a path and without a closing slash.
    pub(crate) base_uri: String,
    /// Set when the seed named the base URI: then a call must come in on exactly that host.
    authority: Option<String>,
    pub(crate) members: Vec<Member>,
    pub(crate) hmac_keys: Vec<SecretString>,
}

/// One membership.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) user_id: String,
    pub(crate) default: bool,
    pub(crate) can_send: bool,
}

impl Account {
    /// The membership of a user, if there is one.
    pub(crate) fn member(&self, user_id: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.user_id == user_id)
    }
}

/// Everything that exists from the start and never changes.
#[derive(Debug)]
pub(crate) struct Directory {
    pub(crate) integrations: Vec<Integration>,
    pub(crate) users: Vec<User>,
    pub(crate) accounts: Vec<Account>,
}

impl Directory {
    /// Settles what depends on the listeners' addresses.
    pub(crate) fn new(seed: Seed, base: &Url, http: &Url, https: Option<&Url>) -> Self {
        let port = |url: Option<&Url>| {
            url.and_then(Url::port_or_known_default)
                .unwrap_or_default()
                .to_string()
        };
        let (plain_port, tls_port) = (port(Some(http)), port(https));
        let accounts = seed
            .accounts
            .iter()
            .map(|account| {
                let named = account.base_uri.as_ref().map(|text| {
                    let text = text
                        .replace("{http_port}", &plain_port)
                        .replace("{https_port}", &tls_port);
                    text.trim_end_matches('/').to_owned()
                });
                Account {
                    id: account.id.to_ascii_lowercase(),
                    number: account.number.clone(),
                    name: account.name.clone(),
                    authority: named.as_deref().and_then(authority_of),
                    base_uri: named
                        .unwrap_or_else(|| base.as_str().trim_end_matches('/').to_owned()),
                    members: account
                        .members
                        .iter()
                        .filter_map(|member| {
                            Some(Member {
                                user_id: seed.user(&member.user)?.id.clone(),
                                default: member.default,
                                can_send: member.can_send,
                            })
                        })
                        .collect(),
                    hmac_keys: account.hmac_keys.clone(),
                }
            })
            .collect();
        Self {
            integrations: seed.integrations,
            users: seed.users,
            accounts,
        }
    }

    /// An integration by its key.
    pub(crate) fn integration(&self, key: &str) -> Option<&Integration> {
        self.integrations
            .iter()
            .find(|one| one.key.eq_ignore_ascii_case(key))
    }

    /// A user by GUID.
    pub(crate) fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    /// A user by e-mail address.
    pub(crate) fn user_by_email(&self, email: &str) -> Option<&User> {
        self.users
            .iter()
            .find(|user| user.email.eq_ignore_ascii_case(email.trim()))
    }

    /// An account by GUID or number.
    pub(crate) fn account(&self, reference: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| {
            account.id.eq_ignore_ascii_case(reference) || account.number == reference
        })
    }

    /// The accounts of a user, each with whether it is the default one.
    pub(crate) fn accounts_of(&self, user_id: &str) -> Vec<(&Account, bool)> {
        let mut found: Vec<_> = self
            .accounts
            .iter()
            .filter_map(|account| {
                account
                    .member(user_id)
                    .map(|member| (account, member.default))
            })
            .collect();
        // DocuSign always names one default.
        if !found.iter().any(|(_, default)| *default)
            && let Some(first) = found.first_mut()
        {
            first.1 = true;
        }
        found
    }

    /// Whether a call on `host` (the request's authority) reached the data centre where the account lives.
    /// An account without a named base URI lives on every host that no other account claims.
    pub(crate) fn lives_on(&self, account: &Account, host: &str) -> bool {
        match &account.authority {
            Some(own) => own.eq_ignore_ascii_case(host),
            None => !self
                .accounts
                .iter()
                .filter_map(|other| other.authority.as_deref())
                .any(|claimed| claimed.eq_ignore_ascii_case(host)),
        }
    }
}

fn authority_of(base_uri: &str) -> Option<String> {
    let url = Url::parse(base_uri).ok()?;
    let host = url.host_str()?;
    Some(
        url.port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
    )
}

//! Who and what the simulated DocuSign knows: integrations, users, accounts, read from TOML.

use std::collections::HashSet;

use secrecy::SecretString;
use serde::Deserialize;

/// The content of a seed file. Unknown keys are refused.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// The OAuth clients.
    #[serde(default, rename = "integration")]
    pub integrations: Vec<Integration>,
    /// The people who can log in.
    #[serde(default, rename = "user")]
    pub users: Vec<User>,
    /// The accounts that own envelopes.
    #[serde(default, rename = "account")]
    pub accounts: Vec<SeedAccount>,
}

/// An integration key with all that DocuSign's "Apps and Keys" page would hold.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Integration {
    /// The integration key: OAuth's client id.
    pub key: String,
    /// The secret key, when there is one.
    pub secret: Option<SecretString>,
    /// Further secret keys that are valid at the same time.
    #[serde(default)]
    pub secrets: Vec<SecretString>,
    /// The registered redirect URIs; a request must name one of them exactly.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// The integrator's Connect key ("HMAC for Partners").
    pub hmac_key: Option<SecretString>,
    /// A public client: has no secret and must use PKCE.
    #[serde(default)]
    pub public: bool,
}

impl Integration {
    /// All secret keys that are valid now.
    pub(crate) fn all_secrets(&self) -> impl Iterator<Item = &SecretString> {
        self.secret.iter().chain(&self.secrets)
    }
}

/// A DocuSign user.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// GUID; `sub` of userinfo.
    pub id: String,
    /// Full name, as signers see it.
    pub name: String,
    /// E-mail address: login name and sender address.
    pub email: String,
    /// Login password.
    pub password: SecretString,
}

/// An account as the seed file has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedAccount {
    /// GUID of the account.
    pub id: String,
    /// The account number, which addresses may carry instead of the GUID.
    pub number: String,
    /// Name shown to users.
    pub name: String,
    /// Where the account lives, without a path; `{http_port}` and `{https_port}` stand for the listeners' ports.
    pub base_uri: Option<String>,
    /// Who belongs to the account.
    #[serde(default)]
    pub members: Vec<SeedMember>,
    /// The account's own Connect keys.
    #[serde(default)]
    pub hmac_keys: Vec<SecretString>,
}

/// One user's membership in an account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedMember {
    /// The user, by GUID or e-mail address.
    pub user: String,
    /// Whether this is the user's default account.
    #[serde(default)]
    pub default: bool,
    /// Whether the user may send envelopes in it.
    #[serde(default = "yes")]
    pub can_send: bool,
}

fn yes() -> bool {
    true
}

/// Why a seed was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SeedError {
    /// Not TOML, a key that does not exist, or one that is missing.
    #[error("the seed cannot be read")]
    Syntax(#[from] Box<toml::de::Error>),
    /// An id that should be a GUID is not.
    #[error("{what} id `{id}` is not a GUID")]
    NotAGuid {
        /// "user" or "account".
        what: &'static str,
        /// The text found.
        id: String,
    },
    /// Two entries share what must be unique.
    #[error("{what} `{value}` occurs twice")]
    Duplicate {
        /// What must be unique.
        what: &'static str,
        /// The repeated value.
        value: String,
    },
    /// A member names nobody.
    #[error("account `{account}` has a member `{user}`, but there is no such user")]
    UnknownMember {
        /// The account's name.
        account: String,
        /// The text found.
        user: String,
    },
    /// A confidential client without any secret.
    #[error("integration `{key}` has no secret and is not public")]
    NoSecret {
        /// The integration key.
        key: String,
    },
}

impl Seed {
    /// Reads and checks a seed.
    ///
    /// # Errors
    /// [`SeedError`] for text that is not a seed or contradicts itself.
    pub fn parse(text: &str) -> Result<Self, SeedError> {
        let seed: Self = toml::from_str(text).map_err(Box::new)?;
        seed.check()?;
        Ok(seed)
    }

    /// The seed used when none is given: see `seeds/default.toml`.
    ///
    /// # Errors
    /// None in a released build: the file is part of the crate and read by a test.
    pub fn built_in() -> Result<Self, SeedError> {
        Self::parse(include_str!("../seeds/default.toml"))
    }

    /// Finds a user by GUID or e-mail address.
    pub(crate) fn user(&self, reference: &str) -> Option<&User> {
        self.users.iter().find(|user| {
            user.id.eq_ignore_ascii_case(reference) || user.email.eq_ignore_ascii_case(reference)
        })
    }

    fn check(&self) -> Result<(), SeedError> {
        unique(
            "integration key",
            self.integrations.iter().map(|one| &one.key),
        )?;
        unique("user id", self.users.iter().map(|one| &one.id))?;
        unique("user e-mail", self.users.iter().map(|one| &one.email))?;
        unique("account id", self.accounts.iter().map(|one| &one.id))?;
        unique(
            "account number",
            self.accounts.iter().map(|one| &one.number),
        )?;
        for user in &self.users {
            guid("user", &user.id)?;
        }
        for account in &self.accounts {
            guid("account", &account.id)?;
            if let Some(member) = account
                .members
                .iter()
                .find(|member| self.user(&member.user).is_none())
            {
                return Err(SeedError::UnknownMember {
                    account: account.name.clone(),
                    user: member.user.clone(),
                });
            }
        }
        match self
            .integrations
            .iter()
            .find(|one| !one.public && one.all_secrets().next().is_none())
        {
            Some(one) => Err(SeedError::NoSecret {
                key: one.key.clone(),
            }),
            None => Ok(()),
        }
    }
}

fn unique<'a>(
    what: &'static str,
    values: impl Iterator<Item = &'a String>,
) -> Result<(), SeedError> {
    let mut seen = HashSet::new();
    for value in values {
        if !seen.insert(value.to_ascii_lowercase()) {
            return Err(SeedError::Duplicate {
                what,
                value: value.clone(),
            });
        }
    }
    Ok(())
}

fn guid(what: &'static str, id: &str) -> Result<(), SeedError> {
    match uuid::Uuid::parse_str(id) {
        Ok(_) => Ok(()),
        Err(_) => Err(SeedError::NotAGuid {
            what,
            id: id.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_seed_has_three_users_and_one_of_them_two_accounts() {
        let seed = Seed::built_in().unwrap();
        let memberships = |email: &str| {
            seed.accounts
                .iter()
                .filter(|account| account.members.iter().any(|member| member.user == email))
                .count()
        };
        assert_eq!(seed.users.len(), 3);
        assert_eq!(memberships("alex.admin@acme.example"), 2);
        assert_eq!(memberships("jane.doe@acme.example"), 1);
    }

    #[test]
    fn unknown_keys_and_dangling_members_are_refused() {
        assert!(matches!(
            Seed::parse("colour = 1"),
            Err(SeedError::Syntax(_))
        ));
        let text = r#"
            [[account]]
            id = "ac000000-0001-4000-8000-000000000001"
            number = "1"
            name = "A"
            members = [{ user = "nobody@acme.example" }]
        "#;
        assert!(matches!(
            Seed::parse(text),
            Err(SeedError::UnknownMember { .. })
        ));
    }
}

//! Which settings of the operator's file differ between two readings.

use secrecy::{ExposeSecret as _, SecretString};

use super::Operator;
use crate::{Plugin, Settings};

impl Operator {
    /// The keys that differ in a newer reading of the file and that a running program does not take up: everything but `[tenants]`, and
    /// those plugins that only tenants use. `tokens` stands for the token store with its plugin.
    pub fn only_from_the_next_start(&self, newer: &Self) -> Vec<&'static str> {
        let (server, docusign) = (&self.server, &self.docusign);
        let (new_server, new_docusign) = (&newer.server, &newer.docusign);
        let same = [
            ("server.listen", server.listen == new_server.listen),
            (
                "server.public_url",
                server.public_url == new_server.public_url,
            ),
            ("server.tls", self.same_tls(newer)),
            (
                "docusign.environment",
                docusign.environment == new_docusign.environment,
            ),
            (
                "docusign.integration_key",
                docusign.integration_key == new_docusign.integration_key,
            ),
            (
                "docusign.client_secrets",
                same_secrets(&docusign.client_secrets, &new_docusign.client_secrets),
            ),
            (
                "docusign.connect_keys",
                same_secrets(&docusign.connect_keys, &new_docusign.connect_keys),
            ),
            ("ledger.url", self.ledger == newer.ledger),
            ("tokens", self.same_token_store(newer)),
            ("plugin.worker_threads", self.same_threads(newer)),
            ("keys.ring", self.same_ring(newer)),
            ("limits", self.limits == newer.limits),
            ("log", self.log == newer.log),
        ];
        same.into_iter()
            .filter(|(_, same)| !same)
            .map(|(key, _)| key)
            .collect()
    }

    fn same_tls(&self, newer: &Self) -> bool {
        match (&self.server.tls, &newer.server.tls) {
            (None, None) => true,
            (Some(old), Some(new)) => {
                old.certificate == new.certificate && same_secret(&old.key, &new.key)
            }
            _ => false,
        }
    }

    /// A library's threads are started when it is first loaded, and never end.
    fn same_threads(&self, newer: &Self) -> bool {
        self.plugins.iter().all(|(name, old)| {
            newer.plugins.get(name).is_none_or(|new| {
                old.location != new.location || old.worker_threads == new.worker_threads
            })
        })
    }

    fn same_ring(&self, newer: &Self) -> bool {
        let (old, new) = (&self.keys.ring, &newer.keys.ring);
        old.len() == new.len()
            && old
                .iter()
                .zip(new)
                .all(|(old, new)| old.id == new.id && same_secret(&old.key, &new.key))
    }

    fn same_token_store(&self, newer: &Self) -> bool {
        let plugin = |operator: &Self| operator.plugins.get(&operator.tokens.plugin).cloned();
        let same_plugin = match (plugin(self), plugin(newer)) {
            (Some(old), Some(new)) => same_plugin(&old, &new),
            (old, new) => old.is_none() && new.is_none(),
        };
        same_plugin
            && self.tokens.plugin == newer.tokens.plugin
            && same_settings(&self.tokens.settings, &newer.tokens.settings)
    }
}

fn same_plugin(old: &Plugin, new: &Plugin) -> bool {
    old.location == new.location
        && old.timeout == new.timeout
        && same_settings(&old.operator, &new.operator)
}

fn same_settings(old: &Settings, new: &Settings) -> bool {
    old.value == new.value
        && old.secrets.len() == new.secrets.len()
        && old.secrets.iter().all(|(key, old)| {
            new.secrets
                .get(key)
                .is_some_and(|new| same_secret(old, new))
        })
}

fn same_secrets(old: &[SecretString], new: &[SecretString]) -> bool {
    old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same_secret(old, new))
}

fn same_secret(old: &SecretString, new: &SecretString) -> bool {
    old.expose_secret() == new.expose_secret()
}

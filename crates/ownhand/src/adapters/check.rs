//! Judges every use of a plugin, without building anything that would leave a trace.

use std::collections::BTreeSet;

use ownhand_config::{Diagnostic, Installation, Operator, Section, Tenant as TenantFile};
use ownhand_identity_jwt::{JwtIdentity, RENAMED_CLAIMS};
use ownhand_plugin_sdk::Adapter as _;
use ownhand_spi::Role;
use serde_json::Value;

use super::{Adapters, place::Asked};

impl Adapters {
    /// Everything that is wrong with the plugins and their settings.
    pub(crate) async fn check(&self, installation: &Installation) -> Vec<Diagnostic> {
        let operator = &installation.operator;
        let mut wrong = self.for_tenants(operator);
        let tokens = Asked::Tokens(operator);
        wrong.extend(self.check_use(tokens, &[Role::TokenStore]).await);
        for file in installation.tenants.values() {
            for (section, _) in file.plugin_uses() {
                let asked = Asked::Tenant {
                    operator,
                    file,
                    section,
                };
                wrong.extend(self.check_use(asked, &roles(file, section)).await);
            }
            wrong.extend(undeclared_claims(file));
        }
        wrong
    }

    /// A plugin that keeps tokens is never a tenant's: its settings name files and databases of the operator.
    fn for_tenants(&self, operator: &Operator) -> Vec<Diagnostic> {
        let listed = operator.tenants.plugins.iter();
        listed
            .filter(|plugin| self.keeps_tokens(plugin))
            .map(|plugin| {
                let message = format!(
                    "`tenants.plugins` opens the token store `{plugin}` to tenants, who could name any file or database in its settings"
                );
                operator
                    .diagnostic("tenants.plugins", message)
                    .with_help("take it out; the token store is the operator's choice in [tokens]")
            })
            .collect()
    }

    fn keeps_tokens(&self, plugin: &str) -> bool {
        self.manifest(plugin)
            .is_some_and(|manifest| manifest.roles.contains(&Role::TokenStore))
    }

    /// What is wrong with one use. The roles are known without running the plugin: one that must not be used is not asked anything.
    async fn check_use(&self, asked: Asked<'_>, needed: &[Role]) -> Option<Diagnostic> {
        let (plugin, _) = asked.plugin();
        // A plugin that can't be had was noted where it is named.
        let factory = self.factories.get(plugin)?;
        if matches!(asked, Asked::Tenant { .. }) && self.keeps_tokens(plugin) {
            let message = format!("plugin `{plugin}` is a token store, and no tenant may use one");
            return Some(
                asked.at_plugin(message).with_help(
                    "the token store is the operator's choice, one for the installation",
                ),
            );
        }
        let roles = &factory.manifest().roles;
        if let Some(role) = needed.iter().find(|role| !roles.contains(role)) {
            return Some(asked.lacks(*role));
        }
        let judged = factory.check(asked.args()).await;
        judged.err().map(|error| asked.place(&error))
    }
}

/// The roles that a section of a tenant's file must fill.
fn roles(file: &TenantFile, section: Section) -> Vec<Role> {
    let sections = [
        (file.identity_section(), Role::IdentityMapper),
        (file.documents_section(), Role::DocumentSource),
    ];
    sections
        .into_iter()
        .filter(|(filled, _)| *filled == section)
        .map(|(_, role)| role)
        .collect()
}

/// Entries of `[[users]]` that go by a claim which the identity mapper does not declare: they would never fit anybody.
fn undeclared_claims(file: &TenantFile) -> Vec<Diagnostic> {
    let Some(declared) = declared_claims(file) else {
        return Vec::new();
    };
    let section = file.identity_section();
    let known: Vec<_> = declared.iter().map(|name| format!("`{name}`")).collect();
    let mut wrong = Vec::new();
    for (index, user) in file.users.iter().enumerate() {
        for name in user.claims.keys().filter(|name| !declared.contains(*name)) {
            let place = format!("users[{index}].claims");
            let message = format!("`{place}`: the identity mapper declares no claim `{name}`");
            let help = if RENAMED_CLAIMS.contains(&name.as_str()) {
                format!(
                    "that key only renames what every user has; give the claim a name of its own in {section}.settings.claims"
                )
            } else if known.is_empty() {
                format!("declare it in {section}.settings: claims = {{ {name} = \"…\" }}")
            } else {
                format!(
                    "declared in `{section}.settings.claims`: {}",
                    known.join(", ")
                )
            };
            wrong.push(file.diagnostic_at(&place, message).with_help(help));
        }
    }
    wrong
}

/// The further claims that a tenant's identity mapper declares: by the convention of the plugin kit, the keys of its setting `claims`.
/// `None` where a mapper has no such setting, and only it knows what it will offer.
fn declared_claims(file: &TenantFile) -> Option<BTreeSet<String>> {
    let section = file.identity_section();
    let (_, identity) = file.plugin_uses().find(|(known, _)| *known == section)?;
    match &identity.settings.value["claims"] {
        Value::Object(claims) => {
            let names = claims
                .keys()
                .filter(|name| !RENAMED_CLAIMS.contains(&name.as_str()));
            Some(names.cloned().collect())
        }
        _ if identity.plugin == JwtIdentity::NAME => Some(BTreeSet::new()),
        _ => None,
    }
}

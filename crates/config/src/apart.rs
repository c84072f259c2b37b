//! Keeps the tenants apart: what no file alone shows.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{Section, Tenant, operator::tenants::TenantBounds, report::Diagnostic, source::Source};

/// A list of origins says nothing about whose they are, so it is for one tenant only.
pub(crate) fn origins(
    bounds: &TenantBounds,
    ids: &[&str],
    operator: &Source,
) -> Option<Diagnostic> {
    if ids.len() < 2 || !bounds.for_one_tenant() {
        return None;
    }
    let lists: Vec<_> = ids.iter().map(|id| format!("{id} = [\"…\"]")).collect();
    Some(operator.at(
        operator.span("tenants.origins"),
        format!(
            "`tenants.origins` is one list for {} tenants, so that each could send its users' browsers to the others",
            ids.len()
        ),
        Some(format!("write origins = {{ {} }}", lists.join(", "))),
    ))
}

/// Two tenants that accept the same issuer for the same audience accept each other's credentials.
///
/// The core knows no plugin's settings; that an identity mapper calls these two `issuer` and `audience` is the convention of the
/// plugin kit.
pub(crate) fn issuers<'a>(
    bounds: &TenantBounds,
    tenants: impl Iterator<Item = &'a Tenant>,
) -> Vec<Diagnostic> {
    let mut seen: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    let mut found = Vec::new();
    for tenant in tenants {
        let section = tenant.identity_section();
        let Some((issuer, audiences)) = accepted(tenant, section) else {
            continue;
        };
        if bounds.shared_issuers.contains(issuer) {
            continue;
        }
        for audience in audiences {
            if let Some(other) = seen.insert((issuer, audience), &tenant.id)
                && other != tenant.id
            {
                let message = format!(
                    "tenant \"{other}\" accepts the issuer {issuer} for the audience \"{audience}\" as well, so the credentials of one would count for the other"
                );
                let help = "give each tenant an audience of its own; if their users are meant to be the same people, the operator names the issuer in `tenants.shared_issuers`";
                found.push(
                    tenant
                        .diagnostic(section, "issuer", message)
                        .with_help(help),
                );
            }
        }
    }
    found
}

/// The issuer and the audiences that a tenant's identity mapper accepts, if its settings name them.
fn accepted(tenant: &Tenant, section: Section) -> Option<(&str, Vec<&str>)> {
    let (_, identity) = tenant.plugin_uses().find(|(known, _)| *known == section)?;
    let settings = &identity.settings.value;
    let audiences = match &settings["audience"] {
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    Some((settings["issuer"].as_str()?, audiences))
}

//! `[tenant]`

use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use crate::{check::Check, operator::tenants::TenantBounds};

/// The tenant and the places in the host app to which browsers go.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Tenant")]
pub(crate) struct AboutFile {
    /// The tenant's name, as people read it on the pages.
    #[schemars(length(min = 1))]
    pub(crate) name: String,
    /// Where the browser goes in the host app with the one-time handle.
    pub(crate) finish_url: Url,
    /// Where the browser may be sent back to afterwards.
    #[serde(default)]
    pub(crate) return_urls: Vec<Url>,
}

impl AboutFile {
    pub(crate) fn validate(&self, id: &str, bounds: &TenantBounds, check: &mut Check<'_>) {
        if self.name.chars().count() > 100 || self.name.contains(char::is_control) {
            let message = "`tenant.name` must be one line of at most 100 characters";
            check.error("tenant.name", message, None);
        }
        let finish = std::iter::once(("tenant.finish_url".to_owned(), &self.finish_url));
        let returns = self.return_urls.iter().enumerate();
        let returns = returns.map(|(index, url)| (format!("tenant.return_urls[{index}]"), url));
        for (place, url) in finish.chain(returns) {
            if !bounds.allows(id, url) {
                let origin = url.origin().ascii_serialization();
                let message = format!(
                    "`{place}`: the operator does not allow this tenant the origin {origin}"
                );
                let allowed: Vec<String> = bounds
                    .origins_of(id)
                    .iter()
                    .map(|origin| origin.origin().ascii_serialization())
                    .collect();
                let help = match allowed.as_slice() {
                    [] => {
                        format!("`tenants.origins` of the operator's file names none for \"{id}\"")
                    }
                    allowed => format!(
                        "allowed (`tenants.origins` of the operator's file): {}",
                        allowed.join(", ")
                    ),
                };
                check.error(&place, message, help);
            }
        }
    }
}

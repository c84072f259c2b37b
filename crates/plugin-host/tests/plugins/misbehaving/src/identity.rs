//! Resolves what it is told to.

use std::{collections::BTreeMap, sync::atomic::Ordering};

use ownhand_plugin_sdk::{
    AdapterError, CallContext, Credential, CredentialUse, ExposeSecret, HostUser, IdentityMapper,
    ResolvedIdentity,
};

use crate::Misbehaving;

impl IdentityMapper for Misbehaving {
    async fn resolve(
        &self,
        cx: &CallContext,
        credential: Credential,
    ) -> Result<ResolvedIdentity, AdapterError> {
        let value = credential.value.expose_secret();
        let groups = match value.strip_prefix("groups:").map(str::parse) {
            Some(Ok(count)) => vec!["staff".to_owned(); count],
            _ => Vec::new(),
        };
        let shown = [
            ("credential", format!("{credential:?}")),
            ("length", value.len().to_string()),
            ("setting", format!("{:?}", self.settings.secret)),
            (
                "setting_length",
                self.settings
                    .secret
                    .as_ref()
                    .map_or(0, |secret| secret.expose().len())
                    .to_string(),
            ),
            ("tenant", cx.tenant.to_string()),
            ("time", cx.now_unix_ms.to_string()),
            ("label", self.settings.label.clone()),
            ("instance", self.context.instance.clone()),
            ("opened", self.opened.load(Ordering::SeqCst).to_string()),
        ];
        Ok(ResolvedIdentity {
            user: HostUser {
                issuer: "misbehaving".to_owned(),
                subject: "s".to_owned(),
                login: None,
                email: None,
                email_verified: false,
                name: self.context.tenant.clone(),
                groups,
                claims: shown
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect::<BTreeMap<_, _>>(),
            },
            credential_use: CredentialUse::Single {
                id: "jti".to_owned(),
                expires_unix_ms: cx.now_unix_ms + 1,
            },
        })
    }
}

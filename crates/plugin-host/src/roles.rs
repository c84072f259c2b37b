//! The roles of an instance, held against its manifest.

use ownhand_plugin_bridge::Garbage;
use ownhand_spi::{AdapterInstance, Manifest, Role};

/// An instance fills the roles that its manifest names, and no other: the operator was told the manifest.
pub(crate) fn check(instance: &AdapterInstance, manifest: &Manifest) -> Result<(), Garbage> {
    for (role, is_filled) in [
        (Role::IdentityMapper, instance.identity_mapper.is_some()),
        (Role::DocumentSource, instance.document_source.is_some()),
        (Role::TokenStore, instance.token_store.is_some()),
    ] {
        match (manifest.roles.contains(&role), is_filled) {
            (true, false) => return Err(Garbage(format!("an instance without its role {role}"))),
            (false, true) => {
                return Err(Garbage(format!(
                    "an instance in the role {role}, which its manifest does not name"
                )));
            }
            _ => {}
        }
    }
    Ok(())
}

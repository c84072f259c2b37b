//! The plugin identity-jwt as a loadable library.

ownhand_plugin_sdk::export_adapter!(ownhand_identity_jwt::JwtIdentity);

//! The plugin tokens-sql as a loadable library.

ownhand_plugin_sdk::export_adapter!(ownhand_tokens_sql::SqlTokens);

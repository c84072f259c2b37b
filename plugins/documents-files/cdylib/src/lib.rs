//! The plugin documents-files as a loadable library.

ownhand_plugin_sdk::export_adapter!(ownhand_documents_files::FileDocuments);

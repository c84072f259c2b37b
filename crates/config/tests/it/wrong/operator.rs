//! The operator's file.

use super::{OPERATOR, TENANT, check};
use crate::scratch::Scratch;

#[test]
fn values() {
    check(&[
        ("value_word", OPERATOR, "\"demo\"", "\"dmeo\""),
        (
            "value_that_speaks_to_the_terminal",
            OPERATOR,
            "\"demo\"",
            "\"\\u001b[31mdemo\\u0007\"",
        ),
        (
            "value_log_format",
            OPERATOR,
            "[ledger]",
            "[log]\nformat = \"xml\"\n[ledger]",
        ),
        (
            "value_range",
            OPERATOR,
            "[ledger]",
            "[limits]\nsession_minutes = 60\nticket_seconds = -1\n[ledger]",
        ),
        ("value_listen", OPERATOR, "127.0.0.1:8080", "localhost"),
        (
            "value_public_url_plain_http",
            OPERATOR,
            "https://sign.example",
            "http://sign.example",
        ),
        (
            "value_public_url_with_path",
            OPERATOR,
            "https://sign.example",
            "https://sign.example/ownhand",
        ),
        (
            "value_public_url_no_url",
            OPERATOR,
            "https://sign.example",
            "sign.example",
        ),
        (
            "value_integration_key",
            OPERATOR,
            "7c2b8a6e-4f1d-4c57-9a2b-0d5e1f3a9b10",
            "my-app",
        ),
        (
            "value_hosts_without_custom",
            OPERATOR,
            "environment = \"demo\"",
            "environment = \"demo\"\nauth_url = \"https://account-d.docusign.com\"",
        ),
        (
            "value_custom_without_hosts",
            OPERATOR,
            "\"demo\"",
            "\"custom\"",
        ),
        (
            "value_no_client_secret",
            OPERATOR,
            "[{ env = \"CLIENT_SECRET\" }]",
            "[]",
        ),
        (
            "value_ledger_in_memory",
            OPERATOR,
            "sqlite://ledger.db",
            "sqlite://:memory:",
        ),
        (
            "value_ledger_unknown",
            OPERATOR,
            "sqlite://ledger.db",
            "mysql://db/ledger",
        ),
        (
            "value_ledger_password",
            OPERATOR,
            "sqlite://ledger.db",
            "postgres://me:secret@db/ledger",
        ),
        (
            "value_ring_twice",
            OPERATOR,
            "ring = [",
            "ring = [{ id = \"k1\", key = { env = \"CLIENT_SECRET\" } }, ",
        ),
        (
            "value_tls_files",
            OPERATOR,
            "[docusign]",
            "tls = { certificate = \"chain.pem\", key = { file = \"tls.key\" } }\n[docusign]",
        ),
        (
            "value_tenants_folder",
            OPERATOR,
            "[tenants]",
            "[tenants]\ndir = \"customers\"",
        ),
    ]);
}

#[test]
fn plugins() {
    check(&[
        (
            "plugin_unknown_token_store",
            OPERATOR,
            "plugin = \"tokens-sql\"",
            "plugin = \"token-sql\"",
        ),
        (
            "plugin_unknown_for_tenants",
            OPERATOR,
            "[\"identity-jwt\", \"documents-files\"]",
            "[\"identity-jtw\", \"documents-files\"]",
        ),
        (
            "plugin_twice",
            OPERATOR,
            "name = \"documents-files\"",
            "name = \"identity-jwt\"",
        ),
        (
            "plugin_name",
            OPERATOR,
            "name = \"documents-files\"",
            "name = \"../documents\"",
        ),
        (
            "plugin_without_digest",
            OPERATOR,
            "operator =",
            "path = \"lib.so\"\noperator =",
        ),
        (
            "plugin_without_path",
            OPERATOR,
            "operator =",
            "sha256 = \"00\"\noperator =",
        ),
        (
            "plugin_digest",
            OPERATOR,
            "operator =",
            "path = \"lib.so\"\nsha256 = \"12ab\"\noperator =",
        ),
        (
            "plugin_threads_of_a_built_in",
            OPERATOR,
            "operator =",
            "worker_threads = 4\noperator =",
        ),
        (
            "plugin_not_for_tenants",
            TENANT,
            "plugin = \"documents-files\"",
            "plugin = \"tokens-sql\"",
        ),
        (
            "plugin_documents_unfilled",
            TENANT,
            "[host]\nplugin = \"documents-files\"\nsettings = { root = \"acme\" }\n",
            "",
        ),
        (
            "plugin_host_without_role",
            TENANT,
            "[docusign]",
            "[documents]\nplugin = \"documents-files\"\n[docusign]",
        ),
    ]);
    let scratch = Scratch::new();
    scratch.edit(
        TENANT,
        "[identity]\nplugin = \"identity-jwt\"",
        "[documents]\nplugin = \"identity-jwt\"",
    );
    scratch.edit(
        TENANT,
        "[host]\nplugin = \"documents-files\"\nsettings = { root = \"acme\" }\n",
        "",
    );
    super::snapshot("plugin_identity_unfilled", &scratch.complaint());
}

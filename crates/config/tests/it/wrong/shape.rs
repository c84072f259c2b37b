//! Keys and types.

use super::{OPERATOR, TENANT, check};

#[test]
fn keys() {
    check(&[
        ("key_unknown_section", OPERATOR, "[server]", "[sever]"),
        ("key_unknown", OPERATOR, "listen =", "lsten ="),
        (
            "key_unknown_with_hyphen",
            OPERATOR,
            "public_url",
            "public-url",
        ),
        (
            "key_unknown_far_from_all",
            OPERATOR,
            "listen =",
            "colour = \"red\"\nlisten =",
        ),
        (
            "key_of_another_section",
            OPERATOR,
            "listen =",
            "document_bytes = 1\nlisten =",
        ),
        (
            "key_unknown_in_array_of_tables",
            OPERATOR,
            "operator =",
            "opreator =",
        ),
        (
            "key_unknown_in_inline_table",
            OPERATOR,
            "id = \"k1\"",
            "name = \"k1\"",
        ),
        (
            "key_unknown_in_tenant",
            TENANT,
            "[docusign]",
            "[docusign]\nrequire_same_mail = true",
        ),
        (
            "key_token_store_in_tenant",
            TENANT,
            "[docusign]",
            "[tokens]\nplugin = \"tokens-sql\"\n[docusign]",
        ),
        ("key_missing", OPERATOR, "listen = \"127.0.0.1:8080\"\n", ""),
        (
            "key_missing_section",
            OPERATOR,
            "[keys]\nring = [{ id = \"k1\", key = { file = \"secrets/seal.key\" } }]\n",
            "",
        ),
        (
            "key_missing_accounts",
            TENANT,
            "allowed_accounts = [\"ac000000-0001-4000-8000-000000000001\"]\n",
            "",
        ),
        (
            "key_twice",
            OPERATOR,
            "[ledger]",
            "[ledger]\nurl = \"sqlite://other.db\"",
        ),
        (
            "key_reserved_in_settings",
            TENANT,
            "{ root = \"acme\" }",
            "{ root = { \"$secret\" = \"operator:keys\" } }",
        ),
        (
            "key_of_a_secret_with_a_dot",
            TENANT,
            "{ root = \"acme\" }",
            "{ \"a.b\" = { file = \"dms.pem\" } }",
        ),
    ]);
}

#[test]
fn types() {
    check(&[
        (
            "type_string_for_number",
            OPERATOR,
            "[ledger]",
            "[limits]\nsession_minutes = \"15\"\n[ledger]",
        ),
        (
            "type_number_for_string",
            OPERATOR,
            "\"127.0.0.1:8080\"",
            "8080",
        ),
        (
            "type_string_for_list",
            OPERATOR,
            "[{ env = \"CLIENT_SECRET\" }]",
            "{ env = \"CLIENT_SECRET\" }",
        ),
        (
            "type_table_for_array_of_tables",
            OPERATOR,
            "[[plugin]]\nname = \"identity-jwt\"\n\n[[plugin]]\nname = \"documents-files\"\noperator = { root = \"documents\" }\n\n[[plugin]]",
            "[plugin]",
        ),
        ("type_settings", TENANT, "{ root = \"acme\" }", "\"acme\""),
        (
            "type_of_a_reference",
            OPERATOR,
            "{ env = \"CLIENT_SECRET\" }",
            "{ env = 1 }",
        ),
        (
            "type_accounts",
            TENANT,
            "[\"ac000000-0001-4000-8000-000000000001\"]",
            "true",
        ),
        (
            "type_infinite_setting",
            TENANT,
            "{ root = \"acme\" }",
            "{ root = inf }",
        ),
        ("not_toml", OPERATOR, "\"127.0.0.1:8080\"", "127.0.0.1:8080"),
        (
            "not_toml_twice",
            TENANT,
            "name = \"Acme Legal\"\nfinish_url =",
            "name = \"Acme Legal\nfinish_url ",
        ),
    ]);
}

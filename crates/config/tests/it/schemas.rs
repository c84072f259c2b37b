//! The schemas that editors read.

use std::fs;

use ownhand_config::{schema_operator, schema_tenant};
use serde_json::Value;

fn shipped(name: &str) -> Value {
    let path = format!("{}/../../config/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_shipped_schemas_are_up_to_date() {
    // `cargo xtask generate` writes them.
    assert_eq!(shipped("schema.json"), schema_operator());
    assert_eq!(shipped("tenant.schema.json"), schema_tenant());
}

#[test]
fn no_table_takes_unknown_keys_and_every_key_is_described() {
    for schema in [schema_operator(), schema_tenant()] {
        walk(&schema, "");
    }
}

fn walk(schema: &Value, path: &str) {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        assert_eq!(schema["additionalProperties"], false, "{path}");
        for (key, property) in properties {
            let described = property.get("description").is_some() || property.get("$ref").is_some();
            // The two forms of a reference to a secret are described as a whole.
            let reference = matches!(key.as_str(), "env" | "file");
            assert!(described || reference, "{path}/{key}");
        }
    }
    match schema {
        Value::Object(object) => object
            .iter()
            .for_each(|(key, value)| walk(value, &format!("{path}/{key}"))),
        Value::Array(items) => items.iter().for_each(|value| walk(value, path)),
        Value::Null => panic!("{path} is null, which TOML does not have"),
        _ => {}
    }
}

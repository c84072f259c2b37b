//! JSON schemas of the two kinds of file, for editors and for the shape check.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;

use crate::{operator::OperatorFile, tenant::TenantFile};

/// Marks a place where a secret is referred to.
pub(crate) const SECRET: &str = "x-ownhand-secret";
/// Marks free settings of a plugin.
pub(crate) const SETTINGS: &str = "x-ownhand-settings";

/// The JSON schema of the operator's file.
pub fn schema_operator() -> Value {
    schema::<OperatorFile>("Ownhand: the operator's file")
}

/// The JSON schema of a tenant's file.
pub fn schema_tenant() -> Value {
    schema::<TenantFile>("Ownhand: a tenant's file")
}

fn schema<T: JsonSchema>(title: &str) -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<T>().to_value();
    without_null(&mut schema);
    schema["title"] = title.into();
    schema
}

/// TOML has no null: takes out what optional fields would allow in JSON.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.get("default").is_some_and(Value::is_null) {
                object.remove("default");
            }
            if let Some(Value::Array(types)) = object.get_mut("type") {
                types.retain(|kind| kind != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    object.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(options)) = object.get_mut("anyOf") {
                options.retain(|option| option["type"] != "null");
                if let [Value::Object(only)] = options.as_slice() {
                    let only = only.clone();
                    object.remove("anyOf");
                    object.extend(only);
                }
            }
            object.values_mut().for_each(without_null);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        _ => {}
    }
}

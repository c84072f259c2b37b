//! Reading JSON as loosely as DocuSign does: `"1"` and `1`, `"true"` and `true` are the same.

use serde_json::{Map, Value};

/// A scalar as text.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// A member as text; absent when it is missing, null or not a scalar.
pub(crate) fn member(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(text)
}

/// A member as truth; anything but "true" is false.
pub(crate) fn flag(value: &Value, name: &str) -> bool {
    member(value, name).is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

/// The elements of a member that is an array; empty when it is not.
pub(crate) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value
        .get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The same value with every scalar as a string, as DocuSign answers.
pub(crate) fn stringified(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(stringified).collect()),
        Value::Object(members) => Value::Object(stringified_members(members)),
        Value::Null => Value::Null,
        scalar => text(scalar).map_or(Value::Null, Value::String),
    }
}

/// The members of an object, each stringified; null ones are left out.
pub(crate) fn stringified_members(members: &Map<String, Value>) -> Map<String, Value> {
    members
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.clone(), stringified(value)))
        .collect()
}

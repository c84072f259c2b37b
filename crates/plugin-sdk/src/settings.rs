//! Settings from JSON, with errors that name the place.

use ownhand_spi::AdapterError;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::suggestion::with_suggestion;

/// Reads settings. An absent section (`null`) reads like an empty one, so that it may have defaults.
pub(crate) fn read<T: DeserializeOwned>(value: Value) -> Result<T, AdapterError> {
    if value.is_null() {
        // `()` reads from null only, a struct from a table only.
        return at_place(Value::Object(Map::new()))
            .or_else(|error| at_place(Value::Null).map_err(|_| error));
    }
    at_place(value)
}

fn at_place<T: DeserializeOwned>(value: Value) -> Result<T, AdapterError> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = match error.path().to_string() {
            whole if whole == "." => String::new(),
            path => path,
        };
        AdapterError::configuration(path, with_suggestion(error.into_inner().to_string()))
    })
}

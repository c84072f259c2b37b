//! Settings from JSON, with errors that name the place.

use ownhand_spi::AdapterError;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{
    known::{self, Step},
    suggestion::with_suggestion,
};

/// Reads settings. An absent section (`null`) reads like an empty one, so that it may have defaults. A key that the type does not know
/// is an error, whether or not its author asked for that.
pub(crate) fn read<T: DeserializeOwned>(value: &Value) -> Result<T, AdapterError> {
    if value.is_null() {
        // `()` reads from null only, a struct from a table only.
        return at_place(&Value::Object(Map::new()))
            .or_else(|error| at_place(&Value::Null).map_err(|_| error));
    }
    at_place(value)
}

fn at_place<T: DeserializeOwned>(value: &Value) -> Result<T, AdapterError> {
    let mut track = serde_path_to_error::Track::new();
    let mut ignored = None;
    let reader = serde_path_to_error::Deserializer::new(value, &mut track);
    let read = serde_ignored::deserialize(reader, |path| {
        ignored.get_or_insert_with(|| Step::way(&path));
    });
    match (read, ignored) {
        (Ok(settings), None) => Ok(settings),
        (Ok(_), Some(way)) => Err(unknown::<T>(&way)),
        (Err(error), _) => {
            let path = match track.path().to_string() {
                whole if whole == "." => String::new(),
                path => path,
            };
            Err(refused(path, error.to_string()))
        }
    }
}

/// The words of serde's own refusal.
fn unknown<T: DeserializeOwned>(way: &[Step]) -> AdapterError {
    let key = way.last().map(Step::to_string).unwrap_or_default();
    let names = known::names_beside::<T>(way);
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let expected = match quoted.as_slice() {
        [] => String::new(),
        [only] => format!(", expected {only}"),
        several => format!(", expected one of {}", several.join(", ")),
    };
    refused(Step::place(way), format!("unknown field `{key}`{expected}"))
}

fn refused(path: String, message: String) -> AdapterError {
    AdapterError::configuration(path, with_suggestion(message))
}

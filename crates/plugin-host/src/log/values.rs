//! The values of a plugin's event or span.

use ownhand_plugin_bridge::{
    abi::{AbiValue, RVec, codes::value},
    plain,
};
use tracing_core::{
    Metadata,
    field::{DisplayValue, Value, ValueSet, display},
};

/// Longest text of a value, in bytes.
const TEXT: usize = 8 * 1024;

/// Values by the place of their field.
pub(super) struct Values {
    metadata: &'static Metadata<'static>,
    values: Vec<Option<Box<dyn Value>>>,
}

impl Values {
    /// Values for fields that the call site does not have are left out.
    pub(super) fn new(metadata: &'static Metadata<'static>, abi: RVec<AbiValue>) -> Self {
        let mut values: Vec<Option<Box<dyn Value>>> = Vec::new();
        values.resize_with(metadata.fields().len(), || None);
        for value in abi {
            let place = usize::try_from(value.field).ok();
            if let Some(place) = place.and_then(|place| values.get_mut(place)) {
                *place = Some(native(&value));
            }
        }
        Self { metadata, values }
    }

    /// Hands them to the subscriber.
    pub(super) fn with<T>(&self, take: impl FnOnce(&ValueSet<'_>) -> T) -> T {
        let values: Vec<Option<&dyn Value>> = self.values.iter().map(Option::as_deref).collect();
        take(&self.metadata.fields().value_set_all(&values))
    }
}

fn native(abi: &AbiValue) -> Box<dyn Value> {
    match abi.kind {
        value::I64 => Box::new(abi.bits.cast_signed()),
        value::U64 => Box::new(abi.bits),
        value::F64 => Box::new(f64::from_bits(abi.bits)),
        value::BOOL => Box::new(abi.bits != 0),
        value::FORMATTED => {
            let shown: DisplayValue<String> = display(text(abi));
            Box::new(shown)
        }
        _ => Box::new(text(abi)),
    }
}

fn text(abi: &AbiValue) -> String {
    plain(abi.text.as_bytes(), TEXT)
}

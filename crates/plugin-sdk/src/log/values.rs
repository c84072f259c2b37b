//! The values of an event or span.

use std::{error::Error, fmt};

use ownhand_plugin_bridge::abi::{AbiValue, RString, RVec, codes::value};
use tracing_core::{Field, callsite::Identifier, field::Visit};

/// Collects values for the host.
#[derive(Default)]
pub(super) struct Values {
    values: Vec<AbiValue>,
    callsite: Option<Identifier>,
}

impl Values {
    /// The call site to which the values belong; none if there is no value.
    pub(super) fn callsite(&self) -> Option<&Identifier> {
        self.callsite.as_ref()
    }

    pub(super) fn into_abi(self) -> RVec<AbiValue> {
        self.values.into()
    }

    fn push(&mut self, field: &Field, kind: u32, bits: u64, text: impl Into<RString>) {
        self.callsite.get_or_insert_with(|| field.callsite());
        let Ok(field) = u32::try_from(field.index()) else {
            return;
        };
        self.values.push(AbiValue {
            field,
            kind,
            bits,
            text: text.into(),
        });
    }
}

impl Visit for Values {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.push(field, value::FORMATTED, 0, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.push(field, value::TEXT, 0, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.push(field, value::I64, value.cast_unsigned(), "");
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.push(field, value::U64, value, "");
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.push(field, value::F64, value.to_bits(), "");
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.push(field, value::BOOL, value.into(), "");
    }

    /// The error and its causes in one line.
    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let causes =
            std::iter::successors(value.source(), |e: &&(dyn Error + 'static)| (*e).source());
        let text = causes
            .take(16)
            .fold(value.to_string(), |text, cause| format!("{text}: {cause}"));
        self.push(field, value::FORMATTED, 0, text);
    }
}

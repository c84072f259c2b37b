//! A TOML file as a tree in which every key and value knows its place.

use std::ops::Range;

use serde_json::{Map, Number, Value};
use toml::de::{DeTable, DeValue};

/// A place in the text, in bytes.
pub(crate) type Span = Range<usize>;

/// A value and its place.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) kind: Kind,
}

/// A value.
#[derive(Clone)]
pub(crate) enum Kind {
    String(String),
    /// `None` beyond 64 bits.
    Integer(Option<i64>),
    Float(f64),
    Boolean(bool),
    Datetime(String),
    Array(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_span: Span,
    pub(crate) node: Node,
}

impl Node {
    pub(crate) fn from_table(span: Span, table: DeTable<'_>) -> Self {
        let entries = table
            .into_iter()
            .map(|(key, value)| Entry {
                key_span: key.span(),
                key: key.into_inner().into_owned(),
                node: Self::from_value(value.span(), value.into_inner()),
            })
            .collect();
        Self {
            span,
            kind: Kind::Table(entries),
        }
    }

    fn from_value(span: Span, value: DeValue<'_>) -> Self {
        let kind = match value {
            DeValue::String(text) => Kind::String(text.into_owned()),
            DeValue::Integer(number) => {
                Kind::Integer(i64::from_str_radix(number.as_str(), number.radix()).ok())
            }
            DeValue::Float(number) => Kind::Float(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(value) => Kind::Boolean(value),
            DeValue::Datetime(value) => Kind::Datetime(value.to_string()),
            DeValue::Array(items) => Kind::Array(
                items
                    .into_iter()
                    .map(|item| Self::from_value(item.span(), item.into_inner()))
                    .collect(),
            ),
            DeValue::Table(table) => return Self::from_table(span, table),
        };
        Self { span, kind }
    }

    /// The kind of value, as a message names it.
    pub(crate) fn describe(&self) -> &'static str {
        match self.kind {
            Kind::String(_) => "a string",
            Kind::Integer(_) => "an integer",
            Kind::Float(_) => "a number with a fraction",
            Kind::Boolean(_) => "a boolean",
            Kind::Datetime(_) => "a date",
            Kind::Array(_) => "a list",
            Kind::Table(_) => "a table",
        }
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Table(entries) => entries,
            _ => &[],
        }
    }

    pub(crate) fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::Array(items) => items,
            _ => &[],
        }
    }

    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The value as JSON. Numbers that JSON can't hold become null; the shape check refuses them first.
    pub(crate) fn to_json(&self) -> Value {
        match &self.kind {
            Kind::String(text) | Kind::Datetime(text) => Value::String(text.clone()),
            Kind::Integer(number) => (*number).map_or(Value::Null, Value::from),
            Kind::Float(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
            Kind::Boolean(value) => Value::Bool(*value),
            Kind::Array(items) => items.iter().map(Self::to_json).collect(),
            Kind::Table(entries) => Value::Object(
                entries
                    .iter()
                    .map(|entry| (entry.key.clone(), entry.node.to_json()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }

    /// Follows a dotted path such as `rules[0].read` as far as it leads; where it leads nowhere, the nearest ancestor.
    pub(crate) fn follow(&self, path: &str) -> &Self {
        let steps = path
            .split(['.', '['])
            .map(|step| step.trim_end_matches(']'))
            .filter(|step| !step.is_empty());
        let mut node = self;
        for step in steps {
            let index = step.parse::<usize>().ok();
            let next = node.entry(step).map(|entry| &entry.node);
            match next.or_else(|| node.items().get(index?)) {
                Some(next) => node = next,
                None => break,
            }
        }
        node
    }
}

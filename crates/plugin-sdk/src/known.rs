//! The keys that a type of settings knows in some place, for a suggestion.

use std::{cell::Cell, fmt};

use serde::{
    Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, Error as _, IntoDeserializer, MapAccess, SeqAccess,
        Visitor, value::Error,
    },
    forward_to_deserialize_any,
};

/// One step on the way to a setting.
pub(crate) enum Step {
    /// Into a table.
    Key(String),
    /// Into a list.
    Index(usize),
}

impl Step {
    /// The steps to a key that was ignored.
    pub(crate) fn way(path: &serde_ignored::Path<'_>) -> Vec<Self> {
        use serde_ignored::Path;
        let (parent, step) = match path {
            Path::Root => return Vec::new(),
            Path::Seq { parent, index } => (parent, Some(Self::Index(*index))),
            Path::Map { parent, key } => (parent, Some(Self::Key(key.clone()))),
            Path::Some { parent }
            | Path::NewtypeStruct { parent }
            | Path::NewtypeVariant { parent } => (parent, None),
        };
        let mut way = Self::way(parent);
        way.extend(step);
        way
    }

    /// The dotted place, e.g. `rules[1].path`.
    pub(crate) fn place(way: &[Self]) -> String {
        way.iter().fold(String::new(), |place, step| match step {
            Self::Index(index) => format!("{place}[{index}]"),
            Self::Key(key) if place.is_empty() => key.clone(),
            Self::Key(key) => format!("{place}.{key}"),
        })
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => f.write_str(key),
            Self::Index(index) => write!(f, "{index}"),
        }
    }
}

/// The names of the fields that stand beside the last step, as far as the type tells: what it reads in a struct. What it gathers
/// first and sorts later (`flatten`, untagged and tagged enums) is not told.
pub(crate) fn names_beside<T: DeserializeOwned>(way: &[Step]) -> &'static [&'static str] {
    let found = Cell::new(&[][..]);
    // Never succeeds: it ends where the names are told.
    let _ = T::deserialize(Walk { way, found: &found });
    found.get()
}

/// Offers a type nothing but the way, to see which fields it asks for at its end.
#[derive(Clone, Copy)]
struct Walk<'a> {
    way: &'a [Step],
    found: &'a Cell<&'static [&'static str]>,
}

impl<'a> Walk<'a> {
    /// The rest of the way, after its first step.
    fn on(self) -> Self {
        Self {
            way: self.way.get(1..).unwrap_or_default(),
            ..self
        }
    }

    fn steps(self) -> Steps<'a> {
        Steps {
            walk: self,
            is_over: self.way.is_empty(),
        }
    }
}

impl<'de> Deserializer<'de> for Walk<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("the way ends here"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if self.way.len() == 1 {
            self.found.set(fields);
            return Err(Error::custom("found"));
        }
        visitor.visit_map(self.steps())
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(self.steps())
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(self.steps())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple tuple_struct enum
        identifier ignored_any
    }
}

/// The one key, or the one element, on the way.
struct Steps<'a> {
    walk: Walk<'a>,
    is_over: bool,
}

impl<'de> MapAccess<'de> for Steps<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        match self.walk.way.first() {
            Some(Step::Key(key)) if !self.is_over => {
                seed.deserialize(key.as_str().into_deserializer()).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        self.is_over = true;
        seed.deserialize(self.walk.on())
    }
}

impl<'de> SeqAccess<'de> for Steps<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        if std::mem::replace(&mut self.is_over, true) {
            return Ok(None);
        }
        seed.deserialize(self.walk.on()).map(Some)
    }
}

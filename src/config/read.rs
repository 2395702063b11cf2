//! Deserializes TOML values with serde, with errors that keep the key and the valid values.
//!
//! Owns the way into serde and the path of keys in an error. A key's type decides what it accepts; [`super::error`] writes the
//! sentence about a mistake. The deserializer of `toml` would repeat the value, which may be a secret.

use std::fmt::Display;

use serde::Deserializer;
use serde::de::value::{SeqDeserializer, StrDeserializer};
use serde::de::{self, DeserializeSeed, Error as _, Expected, IntoDeserializer, MapAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use toml::Value;

use super::error::{Fault, Mistake};

/// A value of the file, on its way into a type.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'v>(pub(super) &'v Value);

impl de::Error for Fault {
    fn custom<T: Display>(message: T) -> Self {
        Mistake::Other(message.to_string()).into()
    }

    fn invalid_type(_: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::wrong(wanted.to_string())
    }

    fn invalid_value(_: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::wrong(wanted.to_string())
    }

    fn unknown_variant(name: &str, known: &'static [&'static str]) -> Self {
        Self::not_one_of(name, known)
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        Self::unknown(key, known.iter().copied())
    }

    fn missing_field(key: &'static str) -> Self {
        Self::wrong("given").inside(key)
    }
}

impl<'v> Node<'v> {
    /// Visits a value of one kind, and refuses all others in our words instead of serde's.
    fn only<V: Visitor<'v>>(self, fits: bool, wanted: &str, visitor: V) -> Result<V::Value, Fault> {
        if fits { self.deserialize_any(visitor) } else { Err(Fault::wrong(wanted)) }
    }
}

impl<'v> IntoDeserializer<'v, Fault> for Node<'v> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::String(text) => visitor.visit_str(text),
            Value::Integer(number) => visitor.visit_i64(*number),
            Value::Float(number) => visitor.visit_f64(*number),
            Value::Boolean(on) => visitor.visit_bool(*on),
            Value::Datetime(_) => Err(Fault::invalid_type(Unexpected::Other("a date"), &visitor)),
            Value::Array(values) => visitor.visit_seq(SeqDeserializer::new(values.iter().map(Node))),
            Value::Table(table) => visitor.visit_map(Entries { entries: table.iter(), entry: None }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.only(self.0.is_bool(), "true or false", visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.only(self.0.is_str(), "a string", visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.only(self.0.is_table(), "a table", visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.0.as_str() {
            Some(name) => visitor.visit_enum(IntoDeserializer::<Fault>::into_deserializer(name)),
            None => Err(Fault::not_one_of("", known)),
        }
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str bytes byte_buf unit unit_struct newtype_struct seq tuple
        tuple_struct struct identifier ignored_any
    }
}

/// The entries of a table: an error in a value is an error of its key.
struct Entries<'v> {
    entries: toml::map::Iter<'v, String, Value>,
    entry: Option<(&'v str, &'v Value)>,
}

impl<'v> MapAccess<'v> for Entries<'v> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'v>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        self.entry = self.entries.next().map(|(key, value)| (key.as_str(), value));
        self.entry.map(|(key, _)| seed.deserialize(StrDeserializer::new(key))).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'v>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let Some((key, value)) = self.entry.take() else { return Err(Fault::custom("a value without a key")) };
        seed.deserialize(Node(value)).map_err(|fault| fault.inside(key))
    }
}

/// The keys that a type reads, as listed by its own deserializer.
pub(super) fn keys<T>(read: impl FnOnce(Keys) -> Result<T, Asked>) -> &'static [&'static str] {
    match read(Keys) {
        Ok(_) => &[],
        Err(Asked(keys)) => keys,
    }
}

/// Asks for a table and answers with the keys that were requested.
pub(super) struct Keys;

/// The keys that were requested.
#[derive(Debug, thiserror::Error)]
#[error("{0:?}")]
pub(super) struct Asked(&'static [&'static str]);

impl de::Error for Asked {
    fn custom<T: Display>(_: T) -> Self {
        Self(&[])
    }
}

impl<'de> Deserializer<'de> for Keys {
    type Error = Asked;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Asked> {
        Err(Asked(&[]))
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &str, keys: &'static [&'static str], _: V) -> Result<V::Value, Asked> {
        Err(Asked(keys))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

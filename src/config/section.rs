//! One table of the configuration file, with every reading of a key that can go wrong, and the errors that name it.
//!
//! Owns the kinds of values and where they stand; which keys there are is the readers'.

use std::ops::RangeInclusive;
use std::path::Path;

use super::place::{self, Place};
use super::words::{self, quoted};
use super::{ConfigError, WrongValue};
use crate::engine::fusion::params::{Knob, nearest};

/// Keys whose values no message repeats.
const SECRET: &[&str] = &["key", "headers", "body"];

/// A table of the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Section<'a> {
    path: &'a Path,
    /// The file's text.
    text: &'a str,
    /// The table around this one, and its name there; `None` for the whole file.
    outer: Option<(&'a Section<'a>, &'a str)>,
    table: &'a toml::Table,
}

impl<'a> Section<'a> {
    /// The whole file: its table was read from this text.
    pub(super) fn file(path: &'a Path, text: &'a str, table: &'a toml::Table) -> Self {
        Self { path, text, outer: None, table }
    }

    /// A table in this one.
    pub(super) fn inside(&'a self, name: &'a str, table: &'a toml::Table) -> Self {
        Self { outer: Some((self, name)), table, ..*self }
    }

    /// The names of the tables around a key, and its own.
    fn keys(&self, key: &str) -> Vec<String> {
        let mut keys = self.outer.map(|(outer, name)| outer.keys(name)).unwrap_or_default();
        keys.push(key.to_owned());
        keys
    }

    /// Where a key stands.
    pub(super) fn place(&self, key: &str) -> Place {
        Place { path: self.path.to_owned(), line: place::line(self.text, &self.keys(key)) }
    }

    /// All entries.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a String, &'a toml::Value)> + use<'a> {
        self.table.iter()
    }

    /// Refuses any key that is not among these.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), ConfigError> {
        match self.table.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(self.unknown(key, nearest(key, known.iter().copied()).unwrap_or_default())),
            None => Ok(()),
        }
    }

    /// The error of a key that does not exist.
    pub(super) fn unknown(&self, key: &str, nearest: &str) -> ConfigError {
        ConfigError::UnknownKey { place: self.place(key), key: self.keys(key).join("."), nearest: nearest.to_owned() }
    }

    /// The error of a value of the wrong kind, or of one that is missing.
    pub(super) fn wrong(&self, key: &str, wanted: impl Into<String>) -> ConfigError {
        let given = self.get(key).map(|value| words::given(value, self.is_secret(key)));
        self.unfit(key, given, wanted.into())
    }

    /// The error of a list with something in it that is no text.
    fn wrong_element(&self, key: &str, element: &toml::Value, wanted: &str) -> ConfigError {
        let given = format!("a list that holds {}", words::given(element, self.is_secret(key)));
        self.unfit(key, Some(given), wanted.to_owned())
    }

    fn unfit(&self, key: &str, given: Option<String>, wanted: String) -> ConfigError {
        let keys = self.keys(key);
        let example = words::example(&keys).map(str::to_owned);
        ConfigError::Kind(Box::new(WrongValue { place: self.place(key), key: keys.join("."), given, wanted, example }))
    }

    fn is_secret(&self, key: &str) -> bool {
        self.keys(key).iter().any(|key| SECRET.contains(&key.as_str()))
    }

    /// The error of a value that does not fit a knob.
    pub(super) fn wrong_for(&self, knob: &Knob, value: &toml::Value) -> ConfigError {
        ConfigError::Kind(Box::new(WrongValue {
            place: self.place(knob.name),
            key: self.keys(knob.name).join("."),
            given: Some(words::given(value, false)),
            wanted: words::wanted(knob),
            example: Some(words::knob_example(knob, value)),
        }))
    }

    pub(super) fn get(&self, key: &str) -> Option<&'a toml::Value> {
        self.table.get(key)
    }

    /// A text; `wanted` says what of.
    pub(super) fn text(&self, key: &str, wanted: &str) -> Result<Option<&'a str>, ConfigError> {
        match self.get(key) {
            Some(toml::Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(key, format!("a string: {wanted}"))),
            None => Ok(None),
        }
    }

    pub(super) fn switch(&self, key: &str) -> Result<Option<bool>, ConfigError> {
        match self.get(key) {
            Some(toml::Value::Boolean(on)) => Ok(Some(*on)),
            Some(_) => Err(self.wrong(key, "true or false")),
            None => Ok(None),
        }
    }

    pub(super) fn integer(&self, key: &str, range: RangeInclusive<i64>) -> Result<Option<i64>, ConfigError> {
        let wanted = || self.wrong(key, format!("a whole number from {} to {}", range.start(), range.end()));
        match self.get(key) {
            Some(toml::Value::Integer(number)) if range.contains(number) => Ok(Some(*number)),
            Some(_) => Err(wanted()),
            None => Ok(None),
        }
    }

    pub(super) fn real(&self, key: &str, range: RangeInclusive<f64>) -> Result<Option<f64>, ConfigError> {
        let number = match self.get(key) {
            Some(toml::Value::Float(number)) => *number,
            Some(toml::Value::Integer(number)) => *number as f64,
            Some(_) => f64::NAN,
            None => return Ok(None),
        };
        let wanted = || self.wrong(key, format!("a number from {} to {}", range.start(), range.end()));
        if range.contains(&number) { Ok(Some(number)) } else { Err(wanted()) }
    }

    /// A list of texts, or one text for a list of one.
    pub(super) fn texts(&self, key: &str, wanted: &str) -> Result<Option<Vec<String>>, ConfigError> {
        match self.get(key) {
            Some(toml::Value::String(text)) => Ok(Some(vec![text.clone()])),
            Some(toml::Value::Array(values)) => {
                let text =
                    |value: &toml::Value| value.as_str().map(str::to_owned).ok_or_else(|| self.wrong_element(key, value, wanted));
                values.iter().map(text).collect::<Result<_, _>>().map(Some)
            }
            Some(_) => Err(self.wrong(key, wanted)),
            None => Ok(None),
        }
    }

    /// One of these names.
    pub(super) fn choice<T: Copy>(&self, key: &str, names: &[(T, &str)]) -> Result<Option<T>, ConfigError> {
        let wanted = || self.wrong(key, format!("one of {}", quoted(names.iter().map(|(_, name)| *name))));
        let Some(text) = self.text(key, "").map_err(|_| wanted())? else { return Ok(None) };
        names.iter().find(|(_, name)| *name == text).map(|(value, _)| Some(*value)).ok_or_else(wanted)
    }

    /// A table inside.
    pub(super) fn table(&self, key: &str, wanted: &str) -> Result<Option<&'a toml::Table>, ConfigError> {
        match self.get(key) {
            Some(toml::Value::Table(table)) => Ok(Some(table)),
            Some(_) => Err(self.wrong(key, wanted)),
            None => Ok(None),
        }
    }
}

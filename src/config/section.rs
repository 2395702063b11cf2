//! One table of the configuration file, with every reading of a key that can go wrong, and the errors that name it.
//!
//! Owns the kinds of values and the words for what is wrong; which keys there are is the readers'.

use std::ops::RangeInclusive;
use std::path::Path;

use super::ConfigError;
use crate::engine::fusion::params::nearest;

/// A table of the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Section<'a> {
    path: &'a Path,
    /// `""` for the whole file, else the name in messages: `members.qwen`.
    name: &'a str,
    table: &'a toml::Table,
}

impl<'a> Section<'a> {
    pub(super) fn new(path: &'a Path, name: &'a str, table: &'a toml::Table) -> Self {
        Self { path, name, table }
    }

    /// The file.
    pub(super) fn path(&self) -> &'a Path {
        self.path
    }

    /// The key as messages name it.
    pub(super) fn full(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
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
        ConfigError::UnknownKey { path: self.path.to_owned(), key: self.full(key), nearest: nearest.to_owned() }
    }

    /// The error of a value of the wrong kind.
    pub(super) fn wrong(&self, key: &str, wanted: impl Into<String>) -> ConfigError {
        ConfigError::Kind { path: self.path.to_owned(), key: self.full(key), wanted: wanted.into() }
    }

    pub(super) fn get(&self, key: &str) -> Option<&'a toml::Value> {
        self.table.get(key)
    }

    /// A text; `wanted` says what of.
    pub(super) fn text(&self, key: &str, wanted: &str) -> Result<Option<&'a str>, ConfigError> {
        match self.get(key) {
            Some(toml::Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(key, wanted)),
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
                let text = |value: &toml::Value| value.as_str().map(str::to_owned).ok_or_else(|| self.wrong(key, wanted));
                values.iter().map(text).collect::<Result<_, _>>().map(Some)
            }
            Some(_) => Err(self.wrong(key, wanted)),
            None => Ok(None),
        }
    }

    /// One of these names.
    pub(super) fn choice<T: Copy>(&self, key: &str, names: &[(T, &str)]) -> Result<Option<T>, ConfigError> {
        let wanted = || {
            let names: Vec<_> = names.iter().map(|(_, name)| format!("\"{name}\"")).collect();
            self.wrong(key, format!("one of {}", names.join(", ")))
        };
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

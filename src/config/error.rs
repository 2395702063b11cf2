//! What can be wrong with a configuration file: the file, the place, the key, the valid values, a correct example.
//!
//! Owns the errors. While values are read a [`Fault`] only knows the key; the place and the value are looked up once, at the end.

use std::path::{Path, PathBuf};

use toml::Value;

use super::place::{self, Place};
use super::words::{self, quoted};
use crate::engine::fusion::params::{ParamError, nearest};
use crate::text::trouble;

/// Keys whose values are never repeated in a message.
const SECRET: &[&str] = &["key", "headers", "body"];

/// What is wrong with a configuration file.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{}: {}", path.display(), trouble(source, "a configuration file"))]
    File { path: PathBuf, source: std::io::Error },
    /// It is not TOML, or not UTF-8 text.
    #[error("{place}: {reason}")]
    Syntax { place: Place, reason: String },
    #[error("{place}: unknown key `{key}`; did you mean `{nearest}`?")]
    UnknownKey {
        place: Place,
        key: String,
        /// The most similar known one.
        nearest: String,
    },
    /// A knob outside its table.
    #[error("{place}: `{knob}` is a knob: it belongs in the table [parameters]")]
    Misplaced { place: Place, knob: String },
    /// A preset that does not exist.
    #[error("{place}: {source}")]
    Parameter { place: Place, source: ParamError },
    /// A preset with a name that is taken.
    #[error("{place}: `presets.{name}`: a preset called `{name}` comes with the program: give yours another name")]
    PresetName { place: Place, name: String },
    /// A value of the wrong kind, out of its range, or missing.
    #[error(transparent)]
    Kind(Box<WrongValue>),
    /// Anything else that a key's type refuses.
    #[error("{place}: `{key}`: {reason}")]
    Other {
        place: Place,
        /// The key, with the tables around it.
        key: String,
        reason: String,
    },
}

/// A value that does not fit its key.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, thiserror::Error)]
#[error("{place}: `{key}` {}must be {wanted}{}", is(given.as_deref()), remedy(meant.as_deref(), example.as_deref()))]
pub struct WrongValue {
    pub place: Place,
    /// The key, with the tables around it.
    pub key: String,
    /// What was given, in words; `None` if nothing was.
    pub given: Option<String>,
    /// What it must be.
    pub wanted: String,
    /// The name that was probably meant, if what was given is close to one.
    pub meant: Option<String>,
    /// A correct example line.
    pub example: Option<String>,
}

fn is(given: Option<&str>) -> String {
    given.map_or_else(String::new, |given| format!("is {given}, but it "))
}

fn remedy(meant: Option<&str>, example: Option<&str>) -> String {
    match (meant, example) {
        (Some(meant), _) => format!("; did you mean \"{meant}\"?"),
        (None, Some(example)) => format!("; for example: {example}"),
        (None, None) => String::new(),
    }
}

/// What is wrong with the value of a key, while the file is read.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("{keys:?}: {mistake:?}")]
pub(super) struct Fault {
    /// The names of the tables around the key, and its own.
    keys: Vec<String>,
    mistake: Mistake,
}

#[derive(Debug, PartialEq)]
pub(super) enum Mistake {
    /// The key does not exist.
    Unknown { nearest: String },
    /// The value does not fit, or is missing.
    Wrong { wanted: String, meant: Option<String> },
    /// A preset that does not exist.
    Preset(ParamError),
    /// The name of a preset is taken.
    Taken,
    /// Anything else, in a sentence.
    Other(String),
}

impl From<Mistake> for Fault {
    fn from(mistake: Mistake) -> Self {
        Self { keys: Vec::new(), mistake }
    }
}

impl Fault {
    pub(super) fn wrong(wanted: impl Into<String>) -> Self {
        Mistake::Wrong { wanted: wanted.into(), meant: None }.into()
    }

    pub(super) fn not_one_of(given: &str, known: &[&str]) -> Self {
        // A third of the letters may differ.
        let near = |known: &&str| strsim::damerau_levenshtein(given, known) * 3 <= known.len();
        let meant = nearest(given, known.iter().copied()).filter(near).map(str::to_owned);
        Mistake::Wrong { wanted: format!("one of {}", quoted(known.iter().copied())), meant }.into()
    }

    pub(super) fn unknown<'k>(key: &str, known: impl IntoIterator<Item = &'k str>) -> Self {
        let nearest = nearest(key, known).unwrap_or_default().to_owned();
        Self::from(Mistake::Unknown { nearest }).inside(key)
    }

    /// The same, in the table or at the key of this name.
    pub(super) fn inside(mut self, key: &str) -> Self {
        self.keys.insert(0, key.to_owned());
        self
    }

    /// The error for this file.
    pub(super) fn of(self, path: &Path, text: &str, file: &Value) -> ConfigError {
        let place = Place { path: path.to_owned(), at: place::find(text, &self.keys) };
        let key = self.keys.join(".");
        match self.mistake {
            Mistake::Unknown { nearest } => match self.keys.as_slice() {
                [knob] if words::is_knob(knob) => ConfigError::Misplaced { place, knob: knob.clone() },
                _ => ConfigError::UnknownKey { place, key, nearest },
            },
            Mistake::Wrong { wanted, meant } => {
                let value = self.keys.iter().try_fold(file, |value, key| value.get(key));
                let secret = self.keys.iter().any(|key| SECRET.contains(&key.as_str()));
                let given = value.map(|value| words::given(value, secret));
                let example = words::example(&self.keys, value);
                ConfigError::Kind(Box::new(WrongValue { place, key, given, wanted, meant, example }))
            }
            Mistake::Preset(source) => ConfigError::Parameter { place, source },
            Mistake::Taken => ConfigError::PresetName { place, name: self.keys.last().cloned().unwrap_or_default() },
            Mistake::Other(reason) => ConfigError::Other { place, key, reason },
        }
    }
}

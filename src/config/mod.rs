//! Where settings come from: built-in defaults, then the configuration file, then the command line; later ones win.
//!
//! Owns the file's format; [`home`] owns the platform's folders, `fusion::params` describes the knobs, `members` reads the
//! members' tables. `assets/config.toml` shows every key.

mod error;
pub mod home;
mod members;
mod place;
mod presets;
mod read;
mod values;
mod words;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Value;

pub use self::error::{ConfigError, WrongValue};
use self::error::{Fault, Mistake};
pub use self::members::{MemberConfig, Server, Source};
pub use self::place::Place;
use self::presets::{Knobs, PresetTables};
use self::read::Node;
use crate::engine::fusion::params::needs::{Given, Origin, Settled};
use crate::engine::fusion::params::{Params, Presets};
use crate::text;

/// The contents of a configuration file, with built-in values for what it leaves out.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Config {
    /// The file that was read, if there was one.
    pub path: Option<PathBuf>,
    pub params: Params,
    /// Which knobs were set individually.
    pub given: Given,
    /// What the user's own preset was given in addition, and what of it has no effect.
    pub of_preset: Settled,
    /// Every preset.
    pub presets: Presets,
    /// Instructions before every conversation.
    pub system: Option<String>,
    /// The ensemble to use if the command line names none.
    pub ensemble: Option<String>,
    /// Whether the llama.cpp servers of this machine take turns; found out by measuring if not given.
    pub in_turn: Option<bool>,
    /// All members, by name.
    pub members: BTreeMap<String, MemberConfig>,
    /// All ensembles, by name: lists of members.
    pub ensembles: BTreeMap<String, Vec<String>>,
    /// Folders with model files, in addition to the usual ones; a leading `~` is the user's folder.
    pub models: Vec<PathBuf>,
    /// Keys by the name of the action.
    pub keys: BTreeMap<String, Vec<String>>,
    /// How the playground looks and behaves.
    pub playground: Playground,
    /// Which of the platform's folders cannot be used, in sentences.
    pub warnings: Vec<String>,
}

/// The table `[playground]`.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of settings")]
pub struct Playground {
    /// The name of a theme, or `auto`, which is that of no theme: the dark or the light one, as the terminal's background is.
    pub theme: Option<String>,
    /// Whether the mouse scrolls and focuses.
    pub mouse: Option<bool>,
    /// Whether marks and bars use only ASCII.
    pub ascii: Option<bool>,
    /// The pace in tokens per second that models in this process are slowed down to; 0 is unlimited.
    #[serde(deserialize_with = "values::pace")]
    pub pace: Option<u32>,
    /// How many seconds a decision stays before the next round starts; 0 is not at all.
    #[serde(deserialize_with = "values::linger")]
    pub linger: Option<f64>,
    /// How many traces are kept.
    #[serde(deserialize_with = "values::traces")]
    pub traces: Option<usize>,
    /// Whether the usual ports of this machine are searched for model servers, and its usual folders for model files.
    pub scan: Option<bool>,
}

/// The file as written. [`members`] reads its members: which keys each may have depends on where its model is.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
struct File {
    preset: Option<String>,
    presets: PresetTables,
    system: Option<String>,
    ensemble: Option<String>,
    in_turn: Option<bool>,
    parameters: Knobs,
    #[expect(clippy::zero_sized_map_values, reason = "a table whose values are read elsewhere")]
    #[serde(rename = "members")]
    _members: BTreeMap<String, IgnoredAny>,
    #[serde(deserialize_with = "values::ensembles")]
    ensembles: BTreeMap<String, Vec<String>>,
    #[serde(deserialize_with = "values::folders")]
    models: Vec<PathBuf>,
    #[serde(deserialize_with = "values::keys")]
    keys: BTreeMap<String, Vec<String>>,
    playground: Playground,
}

/// The slowest pace in tokens per second: the longest segment is drafted well within the time limit of a draft.
pub const SLOWEST_PACE: u32 = 5;

/// The longest time that a decision can stay, in seconds.
pub const LONGEST_LINGER: f64 = 60.0;

/// The highest pace and the highest number of traces that can be set.
const MOST: u32 = 1_000_000;

/// Reads a configuration file over the built-in values. Without `path` the platform's own file is read if it exists.
pub fn load(path: Option<&Path>) -> Result<Config, ConfigError> {
    let mut warnings = home::warnings(path.is_none());
    let config = match path {
        Some(path) => read(path)?,
        None => own(&mut warnings)?,
    };
    Ok(Config { warnings, ..config })
}

/// The line, from 1, of a key in a configuration file, given by the names of its tables and its own: for errors found outside
/// this module.
#[must_use]
pub fn line_of(path: &Path, keys: &[&str]) -> Option<usize> {
    let bytes = std::fs::read(path).ok()?;
    let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    place::find(&text::text(&bytes).ok()?, &keys).map(|(line, _)| line)
}

/// A configuration file, with the line of a key in it: for what is found out outside this module.
#[must_use]
pub fn place_of(path: &Path, keys: &[&str]) -> String {
    line_of(path, keys).map_or_else(|| path.display().to_string(), |line| format!("{}: line {line}", path.display()))
}

/// The platform's own file; a missing one counts as empty.
fn own(warnings: &mut Vec<String>) -> Result<Config, ConfigError> {
    let Some(path) = home::config().map(|folder| folder.join("config.toml")) else { return Ok(Config::default()) };
    match read(&path) {
        Err(ConfigError::File { source, .. }) if source.kind() == ErrorKind::NotFound => {
            if std::fs::symlink_metadata(&path).is_ok() {
                let link = path.display();
                warnings.push(format!("no configuration is read: {link} is a link that leads nowhere"));
            }
            Ok(Config::default())
        }
        read => read,
    }
}

fn read(path: &Path) -> Result<Config, ConfigError> {
    let path = path.to_owned();
    match std::fs::read(&path) {
        Ok(bytes) => match text::text(&bytes) {
            Ok(text) => parse(&path, &text),
            Err(other) => Err(ConfigError::Syntax { place: Place { path, at: None }, reason: other.to_string() }),
        },
        Err(source) => Err(ConfigError::File { path, source }),
    }
}

fn parse(path: &Path, text: &str) -> Result<Config, ConfigError> {
    let file = text.parse().map(Value::Table).map_err(|error| syntax(path, text, &error))?;
    let config = config(&file).map_err(|fault| fault.of(path, text, &file))?;
    Ok(Config { path: Some(path.to_owned()), ..config })
}

/// Where and why the text is not TOML. The line itself is not repeated: it may contain a secret.
fn syntax(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let at = error.span().map(|span| place::position(text, span.start));
    ConfigError::Syntax { place: Place { path: path.to_owned(), at }, reason: error.message().replace('\n', "; ") }
}

fn config(value: &Value) -> Result<Config, Fault> {
    let file = File::deserialize(Node(value))?;
    if let Some((name, _)) = file.ensembles.iter().find(|(_, members)| members.is_empty()) {
        return Err(Fault::wrong("a list of at least one member").inside(name).inside("ensembles"));
    }
    let presets = file.presets.presets()?;
    let (mut params, mut given, mut settled) = (Params::default(), Given::default(), Settled::default());
    if let Some(name) = &file.preset {
        settled = presets.apply(name, &mut params).map_err(|unknown| Fault::from(Mistake::Preset(unknown)).inside("preset"))?;
    }
    for (knob, value) in &file.parameters.0 {
        // Already checked.
        let _ = params.set(knob.name, value);
        given.set(knob.name, Origin::Configuration);
    }
    Ok(Config {
        path: None,
        params,
        given,
        of_preset: settled,
        presets,
        system: file.system,
        ensemble: file.ensemble,
        in_turn: file.in_turn,
        members: members::members(value)?,
        ensembles: file.ensembles,
        models: file.models,
        keys: file.keys,
        playground: file.playground,
        warnings: Vec::new(),
    })
}

#[cfg(test)]
mod tests;

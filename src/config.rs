//! Where settings come from: built-in defaults, then the configuration file, then the command line; later ones win.
//!
//! Owns the file's format and the platform's folders. Knobs are described by `fusion::params` alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use serde::Deserialize;

use crate::engine::fusion::params::{KNOBS, ParamError, Params, Value, nearest};

/// The keys that a configuration file may have at its top.
const KEYS: &[&str] = &["preset", "parameters", "keys", "playground"];

/// What is wrong with a configuration file.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not TOML.
    #[error("{}: {reason}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and why.
        reason: String,
    },
    /// A key that does not exist.
    #[error("{}: there is no key `{key}`; the nearest is `{nearest}`", path.display())]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
        /// The known one most like it.
        nearest: String,
    },
    /// A value that does not fit.
    #[error("{}: {source}", path.display())]
    Parameter {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: ParamError,
    },
    /// A value of the wrong kind.
    #[error("{}: `{key}` must be {wanted}", path.display())]
    Kind {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
        /// What it must be.
        wanted: &'static str,
    },
}

/// What a configuration file says; what it does not say is as built in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Config {
    /// The file that was read, if there was one.
    pub path: Option<PathBuf>,
    /// The knobs.
    pub params: Params,
    /// Keys by the name of the action.
    pub keys: BTreeMap<String, Vec<String>>,
    /// How the playground looks and behaves.
    pub playground: Playground,
}

/// The table `[playground]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Playground {
    /// The name of a theme.
    pub theme: Option<String>,
    /// Whether the mouse scrolls and focuses.
    pub mouse: Option<bool>,
    /// Whether marks and bars are of ASCII alone.
    pub ascii: Option<bool>,
    /// Tokens a second that models in this process are slowed down to; 0 is as fast as they are.
    pub pace: Option<u32>,
    /// How many traces are kept.
    pub traces: Option<usize>,
}

/// The keys of `[playground]`.
const PLAYGROUND: &[&str] = &["theme", "mouse", "ascii", "pace", "traces"];

/// The slowest pace in tokens a second: the longest segment is drafted well within the time limit of a draft.
pub const SLOWEST_PACE: u32 = 5;

/// The most tokens a second and the most traces that can be asked for.
const MOST: i64 = 1_000_000;

/// Reads a configuration file over what is built in. Without `path` the platform's own file is read if it is there.
pub fn load(path: Option<&Path>) -> Result<Config, ConfigError> {
    let own = project_dirs().map(|dirs| dirs.config_dir().join("config.toml"));
    let (path, required) = match (path, own) {
        (Some(path), _) => (path.to_owned(), true),
        (None, Some(path)) => (path, false),
        (None, None) => return Ok(Config::default()),
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => parse(&path, &text),
        Err(error) if !required && error.kind() == std::io::ErrorKind::NotFound => Ok(Config::default()),
        Err(source) => Err(ConfigError::File { path, source }),
    }
}

fn parse(path: &Path, text: &str) -> Result<Config, ConfigError> {
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| ConfigError::Syntax { path: path.to_owned(), reason: error.to_string() })?;
    if let Some(key) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(unknown(path, key, KEYS));
    }
    Ok(Config {
        path: Some(path.to_owned()),
        params: params(path, &table)?,
        keys: keys(path, &table)?,
        playground: playground(path, &table)?,
    })
}

fn params(path: &Path, table: &toml::Table) -> Result<Params, ConfigError> {
    let mut params = Params::default();
    let fault = |source| ConfigError::Parameter { path: path.to_owned(), source };
    match table.get("preset") {
        Some(toml::Value::String(name)) => params.apply_preset(name).map_err(fault)?,
        Some(_) => return Err(kind(path, "preset", "the name of a preset")),
        None => {}
    }
    for (name, value) in table_of(path, table, "parameters", "a table of knobs")?.into_iter().flatten() {
        let wrong_kind = |_| kind(path, name, "a number, a name, true or false");
        let value = Value::deserialize(value.clone()).map_err(wrong_kind)?;
        params.set(name, &value).map_err(fault)?;
    }
    Ok(params)
}

/// Which names there are and which keys, the playground's table of actions knows.
fn keys(path: &Path, table: &toml::Table) -> Result<BTreeMap<String, Vec<String>>, ConfigError> {
    let table = table_of(path, table, "keys", "a table of actions with their keys")?;
    let one = |(name, value): (&String, &toml::Value)| {
        let wrong = || kind(path, &format!("keys.{name}"), "a key such as \"ctrl+s\", or a list of keys");
        let keys = match value {
            toml::Value::String(key) => vec![key.clone()],
            toml::Value::Array(keys) => {
                keys.iter().map(|key| key.as_str().map(str::to_owned).ok_or_else(wrong)).collect::<Result<_, _>>()?
            }
            _ => return Err(wrong()),
        };
        Ok((name.clone(), keys))
    };
    table.into_iter().flatten().map(one).collect()
}

fn playground(path: &Path, table: &toml::Table) -> Result<Playground, ConfigError> {
    let Some(table) = table_of(path, table, "playground", "a table of settings")? else { return Ok(Playground::default()) };
    if let Some(key) = table.keys().find(|key| !PLAYGROUND.contains(&key.as_str())) {
        return Err(unknown(path, key, PLAYGROUND));
    }
    let switch = |key: &str| match table.get(key) {
        Some(toml::Value::Boolean(on)) => Ok(Some(*on)),
        Some(_) => Err(kind(path, key, "true or false")),
        None => Ok(None),
    };
    let number = |key: &str| match table.get(key) {
        Some(toml::Value::Integer(number)) if (0..=MOST).contains(number) => Ok(Some(*number as u32)),
        Some(_) => Err(kind(path, key, "a whole number from 0 to 1000000")),
        None => Ok(None),
    };
    Ok(Playground {
        theme: match table.get("theme") {
            Some(toml::Value::String(name)) => Some(name.clone()),
            Some(_) => return Err(kind(path, "theme", "the name of a theme")),
            None => None,
        },
        mouse: switch("mouse")?,
        ascii: switch("ascii")?,
        pace: match number("pace")? {
            Some(1..SLOWEST_PACE) => return Err(kind(path, "pace", "0, or at least 5 tokens a second")),
            pace => pace,
        },
        traces: number("traces")?.map(|number| number as usize),
    })
}

fn table_of<'a>(
    path: &Path,
    table: &'a toml::Table,
    key: &'static str,
    wanted: &'static str,
) -> Result<Option<&'a toml::Table>, ConfigError> {
    match table.get(key) {
        Some(toml::Value::Table(table)) => Ok(Some(table)),
        Some(_) => Err(kind(path, key, wanted)),
        None => Ok(None),
    }
}

fn unknown(path: &Path, key: &str, known: &[&str]) -> ConfigError {
    let knobs = KNOBS.iter().map(|knob| knob.name);
    let hint = if knobs.clone().any(|knob| knob == key) {
        "[parameters]"
    } else {
        nearest(key, known.iter().copied()).unwrap_or_default()
    };
    ConfigError::UnknownKey { path: path.to_owned(), key: key.to_owned(), nearest: hint.to_owned() }
}

fn kind(path: &Path, key: &str, wanted: &'static str) -> ConfigError {
    ConfigError::Kind { path: path.to_owned(), key: key.to_owned(), wanted }
}

/// The platform's folders for this program; `None` where there is no home.
#[must_use]
pub fn project_dirs() -> Option<ProjectDirs> {
    ProjectDirs::from("", "", "specfuse")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Config, String> {
        parse(Path::new("config.toml"), text).map_err(|error| error.to_string())
    }

    fn read(text: &str) -> Result<Params, String> {
        load(text).map(|config| config.params)
    }

    #[test]
    fn keys_and_the_playground_are_read() {
        let text = "[keys]\nstep = '.'\nstop = ['X', 'ctrl+x']\nmouse = []\n[playground]\ntheme = 'dark'\nmouse = true\npace = 0\ntraces = 5\n";
        let config = load(text).unwrap();
        assert_eq!(config.keys["stop"], ["X", "ctrl+x"]);
        assert!(config.keys["mouse"].is_empty());
        assert_eq!((config.playground.pace, config.playground.traces, config.playground.mouse), (Some(0), Some(5), Some(true)));
        let misspelt = load("[playground]\nthem = 'dark'\n").unwrap_err();
        assert!(misspelt.contains("`them`") && misspelt.contains("`theme`"), "{misspelt}");
        for wrong in ["-1", "4", "true"] {
            assert!(load(&format!("[playground]\npace = {wrong}\n")).unwrap_err().contains("pace"));
        }
        assert!(load("[keys]\nstep = 1\n").unwrap_err().contains("keys.step"));
    }

    #[test]
    fn knobs_are_read_over_the_preset() {
        let params = read("preset = 'paper'\n[parameters]\nsegment-tokens = 7\nfeedback = true\ntemperature = 1\n").unwrap();
        assert_eq!((params.segment_tokens, params.feedback, params.exit_warm_up), (7, true, 2));
    }

    #[test]
    fn mistakes_name_the_file_the_key_and_what_would_be_right() {
        let misspelt = read("[parametres]\n").unwrap_err();
        assert!(misspelt.contains("config.toml") && misspelt.contains("`parameters`"), "{misspelt}");
        let outside = read("segment-tokens = 7\n").unwrap_err();
        assert!(outside.contains("[parameters]"), "{outside}");
        let range = read("[parameters]\nexit-threshold = 3\n").unwrap_err();
        assert!(range.contains("exit-threshold") && range.contains("0 to 1"), "{range}");
        let syntax = read("[parameters\n").unwrap_err();
        assert!(syntax.contains("config.toml") && syntax.contains("line 1"), "{syntax}");
        assert!(read("[parameters]\nalign = []\n").is_err());
    }
}

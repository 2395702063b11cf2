//! Where settings come from: built-in defaults, then the configuration file, then the command line; later ones win.
//!
//! Owns the file's format and the platform's folders. Knobs are described by `fusion::params` alone.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use serde::Deserialize;

use crate::engine::fusion::params::{KNOBS, ParamError, Params, Value, nearest};

/// The keys that a configuration file may have at its top.
const KEYS: &[&str] = &["preset", "parameters"];

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

/// Reads the knobs of a configuration file over the defaults. Without `path` the platform's own file is read if it is there.
pub fn params(path: Option<&Path>) -> Result<Params, ConfigError> {
    let own = project_dirs().map(|dirs| dirs.config_dir().join("config.toml"));
    let (path, required) = match (path, own) {
        (Some(path), _) => (path.to_owned(), true),
        (None, Some(path)) => (path, false),
        (None, None) => return Ok(Params::default()),
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => parse(&path, &text),
        Err(error) if !required && error.kind() == std::io::ErrorKind::NotFound => Ok(Params::default()),
        Err(source) => Err(ConfigError::File { path, source }),
    }
}

fn parse(path: &Path, text: &str) -> Result<Params, ConfigError> {
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| ConfigError::Syntax { path: path.to_owned(), reason: error.to_string() })?;
    if let Some(key) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(unknown(path, key, KEYS));
    }
    let mut params = Params::default();
    let fault = |source| ConfigError::Parameter { path: path.to_owned(), source };
    match table.get("preset") {
        Some(toml::Value::String(name)) => params.apply_preset(name).map_err(fault)?,
        Some(_) => return Err(kind(path, "preset", "the name of a preset")),
        None => {}
    }
    match table.get("parameters") {
        Some(toml::Value::Table(knobs)) => {
            for (name, value) in knobs {
                let wrong_kind = |_| kind(path, name, "a number, a name, true or false");
                let value = Value::deserialize(value.clone()).map_err(wrong_kind)?;
                params.set(name, &value).map_err(fault)?;
            }
        }
        Some(_) => return Err(kind(path, "parameters", "a table of knobs")),
        None => {}
    }
    Ok(params)
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

    fn read(text: &str) -> Result<Params, String> {
        parse(Path::new("config.toml"), text).map_err(|error| error.to_string())
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

//! Where settings come from: built-in defaults, then the configuration file, then the command line; later ones win.
//!
//! Owns the file's format and the platform's folders. Knobs are described by `fusion::params` alone; the members' tables are
//! in `members`. `assets/config.toml` shows every key.

mod members;
mod presets;
mod section;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use serde::Deserialize;

pub use self::members::{MemberConfig, Server, Source};
use self::section::Section;
use crate::engine::fusion::params::{KNOBS, ParamError, Params, Presets, Value};

/// The keys that a configuration file may have at its top.
const KEYS: &[&str] = &["preset", "presets", "system", "ensemble", "parameters", "members", "ensembles", "keys", "playground"];

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
    /// A preset with a name that is taken.
    #[error("{}: `presets.{name}`: a preset called `{name}` comes with the program: give yours another name", path.display())]
    PresetName {
        /// The file.
        path: PathBuf,
        /// The name.
        name: String,
    },
    /// A value of the wrong kind.
    #[error("{}: `{key}` must be {wanted}", path.display())]
    Kind {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
        /// What it must be.
        wanted: String,
    },
    /// An ensemble that is not there, or names a member that is not.
    #[error("{}: {reason}", path.display())]
    Ensemble {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// What a configuration file says; what it does not say is as built in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Config {
    /// The file that was read, if there was one.
    pub path: Option<PathBuf>,
    /// The knobs.
    pub params: Params,
    /// Every preset there is.
    pub presets: Presets,
    /// Instructions that stand before every conversation.
    pub system: Option<String>,
    /// The ensemble that takes part where the command line names none.
    pub ensemble: Option<String>,
    /// The members there are, by name.
    pub members: BTreeMap<String, MemberConfig>,
    /// The ensembles there are, by name: lists of members.
    pub ensembles: BTreeMap<String, Vec<String>>,
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
    /// Whether the usual ports of this machine are searched for model servers.
    pub scan: Option<bool>,
}

/// The keys of `[playground]`.
const PLAYGROUND: &[&str] = &["theme", "mouse", "ascii", "pace", "traces", "scan"];

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
    let table: toml::Table =
        text.parse().map_err(|error| ConfigError::Syntax { path: path.to_owned(), reason: without_source(text, &error) })?;
    let file = Section::new(path, "", &table);
    if let Some(knob) = file.entries().map(|(key, _)| key).find(|key| KNOBS.iter().any(|knob| knob.name == **key)) {
        return Err(file.unknown(knob, "[parameters]"));
    }
    file.only(KEYS)?;
    let presets = presets::presets(file)?;
    Ok(Config {
        path: Some(path.to_owned()),
        params: params(file, &presets)?,
        presets,
        system: file.text("system", "instructions in words")?.map(str::to_owned),
        ensemble: file.text("ensemble", "the name of an ensemble")?.map(str::to_owned),
        members: members::members(file)?,
        ensembles: members::ensembles(file)?,
        keys: keys(file)?,
        playground: playground(file)?,
    })
}

/// Where and why a file is no TOML, without the line itself: a secret may stand in it.
fn without_source(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let (line, column) = (before.matches('\n').count() + 1, before.chars().rev().take_while(|part| *part != '\n').count() + 1);
    format!("line {line}, column {column}: {}", error.message())
}

fn params(file: Section<'_>, presets: &Presets) -> Result<Params, ConfigError> {
    let mut params = Params::default();
    let fault = |source| ConfigError::Parameter { path: file.path().to_owned(), source };
    if let Some(name) = file.text("preset", "the name of a preset")? {
        presets.apply(name, &mut params).map_err(fault)?;
    }
    for (name, value) in file.table("parameters", "a table of knobs")?.into_iter().flatten() {
        let wrong_kind = |_| file.wrong(name, "a number, a name, true or false");
        let value = Value::deserialize(value.clone()).map_err(wrong_kind)?;
        params.set(name, &value).map_err(fault)?;
    }
    Ok(params)
}

/// Which names there are and which keys, the playground's table of actions knows.
fn keys(file: Section<'_>) -> Result<BTreeMap<String, Vec<String>>, ConfigError> {
    let Some(table) = file.table("keys", "a table of actions with their keys")? else { return Ok(BTreeMap::new()) };
    let keys = Section::new(file.path(), "keys", table);
    let one = |(name, _): (&String, &toml::Value)| {
        Ok((name.clone(), keys.texts(name, "a key such as \"ctrl+s\", or a list of keys")?.unwrap_or_default()))
    };
    keys.entries().map(one).collect()
}

fn playground(file: Section<'_>) -> Result<Playground, ConfigError> {
    let Some(table) = file.table("playground", "a table of settings")? else { return Ok(Playground::default()) };
    let section = Section::new(file.path(), "playground", table);
    section.only(PLAYGROUND)?;
    Ok(Playground {
        theme: section.text("theme", "the name of a theme")?.map(str::to_owned),
        mouse: section.switch("mouse")?,
        ascii: section.switch("ascii")?,
        pace: match section.integer("pace", 0..=MOST)?.map(|pace| pace as u32) {
            Some(1..SLOWEST_PACE) => return Err(section.wrong("pace", "0, or at least 5 tokens a second")),
            pace => pace,
        },
        traces: section.integer("traces", 0..=MOST)?.map(|number| number as usize),
        scan: section.switch("scan")?,
    })
}

/// The platform's folders for this program; `None` where there is no home.
#[must_use]
pub fn project_dirs() -> Option<ProjectDirs> {
    ProjectDirs::from("", "", "specfuse")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fusion::event::{Role, ScoreTier};

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
        assert!(misspelt.contains("`playground.them`") && misspelt.contains("`theme`"), "{misspelt}");
        for wrong in ["-1", "4", "true"] {
            assert!(load(&format!("[playground]\npace = {wrong}\n")).unwrap_err().contains("pace"));
        }
        assert!(load("[keys]\nstep = 1\n").unwrap_err().contains("keys.step"));
    }

    #[test]
    fn members_say_where_their_model_is_and_what_they_may_do() {
        let text = r#"
            system = "Answer briefly."
            ensemble = "lab"
            [ensembles]
            lab = ["qwen", "gpt", "atlas"]
            [members.qwen]
            url = "http://127.0.0.1:8080"
            role = "verify"
            weight = 2
            score = "forced"
            concurrency = 4
            [members.gpt]
            kind = "openai"
            model = "some-model"
            key = { env = "A_KEY" }
            price = { input = 0.15, output = 0.6 }
            temperature = 0.2
            body = { reasoning_effort = "none" }
            [members.own]
            gguf = "models/own.gguf"
            arguments = ["-ngl", "99"]
        "#;
        let config = load(text).unwrap();
        assert_eq!((config.system.as_deref(), config.ensemble.as_deref()), (Some("Answer briefly."), Some("lab")));
        assert_eq!(config.ensembles["lab"], ["qwen", "gpt", "atlas"]);
        let qwen = &config.members["qwen"];
        assert_eq!((qwen.role, qwen.weight), (Role::Verify, Some(2.0)));
        let Source::Server(server) = &qwen.source else { panic!("{qwen:?}") };
        assert_eq!((server.overrides.tier, server.overrides.concurrency), (Some(ScoreTier::Forced), Some(4)));
        let gpt = &config.members["gpt"];
        let Source::Server(server) = &gpt.source else { panic!("{gpt:?}") };
        assert_eq!(server.key, Some(crate::engine::member::http::KeySource::Environment("A_KEY".to_owned())));
        assert_eq!(server.body["reasoning_effort"], "none");
        assert_eq!((gpt.price.unwrap().output, gpt.sampling.temperature), (0.6, Some(0.2)));
        assert!(matches!(&config.members["own"].source, Source::Gguf { arguments, .. } if arguments.len() == 2));
    }

    #[test]
    fn the_example_shows_every_key_and_is_right() {
        let example = include_str!("../../assets/config.toml");
        load(example).expect("as it is, it changes nothing");
        let setting =
            |line: &str| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ') && !rest.is_empty()).map(str::to_owned);
        let settings: Vec<String> = example.lines().filter_map(setting).collect();
        // The top-level keys stand among tables, where a file would have them first.
        let top = |line: &&String| ["ensemble = ", "preset = ", "system = "].iter().any(|key| line.starts_with(key));
        let (first, rest): (Vec<_>, Vec<_>) = settings.iter().partition(top);
        let text = first.into_iter().chain(rest).cloned().collect::<Vec<_>>().join("\n");
        let config = load(&text).unwrap();
        assert_eq!((config.members.len(), config.ensembles.len()), (7, 2));
        assert!(config.ensembles.values().flatten().all(|name| config.members.contains_key(name)));
        for key in KEYS.iter().chain(PLAYGROUND).chain(&members::keys()) {
            assert!(text.contains(&format!("{key} = ")) || text.contains(&format!("[{key}")), "`{key}` is not shown");
        }
    }

    #[test]
    fn mistakes_in_a_member_name_its_key() {
        let wrong = |text: &str| load(text).unwrap_err();
        let cases = [
            ("[members.a]\nurll = 'x'", &["members.a.urll", "`url`"][..]),
            ("[members.a]\nrole = 'draft'", &["members.a.url", "where the model is"]),
            ("[members.a]\nurl = 'http://x'\nkey = 'sk-123'", &["members.a.key", "does not belong"]),
            ("[members.a]\nurl = 'http://x'\nkey = { env = 'A', file = 'B' }", &["members.a.key"]),
            ("[members.a]\nurl = 'http://x'\nscore = 'perfectly'", &["members.a.score", "\"forced\""]),
            ("[members.a]\nurl = 'http://x'\nweight = -1", &["members.a.weight", "from 0"]),
            ("[members.a]\nurl = 'http://x'\nprice = { input = 1 }", &["members.a.price", "output"]),
            ("[members.a]\ngguf = 'x.gguf'\nurl = 'http://x'", &["members.a.url", "gguf"]),
            ("[members.a]\nurl = 'http://x'\narguments = ['-ngl']", &["members.a.arguments", "`url`"]),
            ("[members.a]\nbuilt-in = 'atlas'\ngguf = 'x.gguf'", &["members.a.gguf", "`built-in`"]),
            ("[ensembles]\na = []", &["ensembles.a", "at least one"]),
            ("members = 3", &["`members`"]),
        ];
        for (text, told) in cases {
            let error = wrong(text);
            assert!(told.iter().all(|part| error.contains(part)), "{text}: {error}");
            assert!(!error.contains("sk-123"), "{error}");
        }
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

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
use crate::engine::fusion::params::needs::{Given, Origin};
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
    let (mut params, mut given) = (Params::default(), Given::default());
    if let Some(name) = &file.preset {
        presets.apply(name, &mut params).map_err(|unknown| Fault::from(Mistake::Preset(unknown)).inside("preset"))?;
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
    fn folders_of_models_are_one_or_several() {
        let folders = |text: &str| load(text).map(|config| config.models);
        assert_eq!(folders("models = '~/models'"), Ok(vec![PathBuf::from("~/models")]));
        assert_eq!(folders("models = ['/a', 'b']"), Ok(vec![PathBuf::from("/a"), PathBuf::from("b")]));
        assert_eq!((folders("models = []"), folders("")), (Ok(Vec::new()), Ok(Vec::new())));
        for wrong in ["7", "[7]", "''", "['/a', ' ']", "{ a = 'b' }"] {
            let said = folders(&format!("models = {wrong}\n")).unwrap_err();
            assert!(said.contains("`models`") && said.contains("for example: models = "), "{said}");
        }
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
            threads = 4
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
        assert!(
            matches!(&config.members["own"].source, Source::Gguf { arguments, local, .. } if arguments.len() == 2 && local.threads == Some(4))
        );
    }

    #[test]
    fn threads_and_turns_are_read() {
        assert_eq!((load("").unwrap().in_turn, load("in-turn = false").unwrap().in_turn), (None, Some(false)));
        assert!(load("in-turn = 'yes'").unwrap_err().contains("`in-turn`"));
        for wrong in ["0", "-1", "1.5", "'all'", "2000"] {
            let told = load(&format!("[members.a]\ngguf = 'a.gguf'\nthreads = {wrong}")).unwrap_err();
            assert!(told.contains("`members.a.threads`"), "{told}");
        }
        assert!(load("[members.a]\nurl = 'http://h:1'\nthreads = 1").unwrap_err().contains("another kind"));
    }

    #[test]
    fn the_example_shows_every_key_and_is_right() {
        let example = include_str!("../../assets/config.toml");
        load(example).expect("as it is, it changes nothing");
        let setting =
            |line: &str| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ') && !rest.is_empty()).map(str::to_owned);
        let settings: Vec<String> = example.lines().filter_map(setting).collect();
        // The top-level keys are among tables here, but come first in a file.
        let top = |line: &&String| ["ensemble = ", "models = ", "preset = ", "system = "].iter().any(|key| line.starts_with(key));
        let (first, rest): (Vec<_>, Vec<_>) = settings.iter().partition(top);
        let text = first.into_iter().chain(rest).cloned().collect::<Vec<_>>().join("\n");
        let config = load(&text).unwrap();
        assert_eq!((config.members.len(), config.ensembles.len()), (7, 2));
        assert!(config.ensembles.values().flatten().all(|name| config.members.contains_key(name)));
        for key in read::keys(File::deserialize).iter().chain(read::keys(Playground::deserialize)).chain(&members::keys()) {
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
    fn whatever_saved_the_file_it_says_the_same_and_mistakes_have_its_line() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("config.toml");
        let load = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            super::load(Some(&path)).map(|config| (config.params, config.system)).map_err(|error| error.to_string())
        };
        let text = "system = \"\"\"\none\ntwo\"\"\"\n\n[parameters]\nsegment-tokens = 7\n";
        let expected = load(text.as_bytes()).unwrap();
        assert_eq!((expected.0.segment_tokens, expected.1.as_deref()), (7, Some("one\ntwo")));
        for same in [
            format!("\u{feff}{text}"),
            text.replace('\n', "\r\n"),
            text.replace('\n', "\r"),
            text.trim_end().to_owned(),
            text.replace("7\n", "7  \t\n\n \n"),
        ] {
            assert_eq!(load(same.as_bytes()), Ok(expected.clone()), "{same:?}");
        }
        for (text, said) in [
            ("\u{feff}\r\n[parameters]\r\nexit-threshold = 3\r\n", "line 3, column 1: "),
            ("\n[parameters]\nexit-treshold = 0.3\n", "line 3, column 1: "),
            ("\n\n[members.a]\nrole = 'draft'\n", "line 3, column 10: "),
            ("\n[presets.mine]\nscoring = [1]\n", "line 3, column 1: "),
            ("\n\npreset = 'papr'\n", "line 3, column 1: "),
            ("\r\r[parameters\r", "line 3, column "),
        ] {
            let error = load(text.as_bytes()).unwrap_err();
            assert!(error.contains(said) && error.matches("line ").count() == 1, "{text:?}: {error}");
        }
        let latin: Vec<u8> = "\nsystem = 'Größe'\n".chars().map(|character| character as u8).collect();
        let error = load(&latin).unwrap_err();
        assert!(error.contains("config.toml: line 2: byte 0xf6 at offset 13") && error.contains("Latin-1"), "{error}");
    }

    /// A line for every kind of mistake, and its message.
    #[test]
    fn every_mistake_has_a_place_and_a_remedy() {
        for (text, said) in [
            ("colour = 1\n", &["line 1, column 1", "unknown key `colour`"][..]),
            ("[parametres]\n", &["line 1, column 2", "unknown key `parametres`; did you mean `parameters`?"]),
            ("[playground]\n  thme = 'x'\n", &["line 2, column 3", "`playground.thme`; did you mean `theme`?"]),
            ("playground.thme = 'x'\n", &["line 1, column 12", "did you mean `theme`?"]),
            ("playground = 3\n", &["`playground` is the whole number 3", "a table of settings"]),
            ("[keys]\nstep = ['.', true]\n", &["is a list that holds true", "a key such as"]),
            ("[playground]\ntraces = 99999999999999999999999\n", &["line 2, column 10"]),
            ("[playground]\ntraces = 9999999999\n", &["is the whole number 9999999999", "from 0 to 1000000"]),
            ("[playground]\npace = 4\n", &["is the whole number 4", "0, or at least 5 tokens a second"]),
            ("system = 'a'\nsystem = 'b'\n", &["line 2, column 1", "duplicate key"]),
            ("playground.pace = 30\n[playground]\nmouse = true\n", &["line 2", "duplicate key"]),
            ("[playground\nmouse = true\n", &["line 1"]),
            ("[members.a]\nurl = 'http://x'\nscore = 'force'\n", &["did you mean \"forced\"?"]),
            ("[members.a]\nurl = 'http://x'\nscore = 'nothing like it'\n", &["one of \"in-process\"", "for example: score"]),
            ("[members.a]\nurl = 'http://x'\nkey = { enw = 'A' }\n", &["line 3, column 9", "`members.a.key.enw`", "`env`"]),
            ("[members.a]\nurl = 'http://x'\nbody = { x = 2024-01-01 }\n", &["`members.a.body.x` is a date"]),
            ("segment-tokens = 7\n", &["`segment-tokens` is a knob: it belongs in the table [parameters]"]),
        ] {
            let error = load(text).unwrap_err();
            assert!(said.iter().all(|part| error.contains(part)), "{text}: {error}");
        }
        assert_eq!(load("").unwrap(), Config { path: Some("config.toml".into()), ..Config::default() });
    }

    proptest::proptest! {
        /// Lines of a configuration, in any order, cut anywhere, with anything in between.
        #[test]
        fn whatever_is_in_the_file_an_error_names_a_line_that_exists(
            picks in proptest::collection::vec((0..1000_usize, 0..200_usize, "[ -~\n]{0,4}"), 0..12)
        ) {
            let lines: Vec<&str> = include_str!("../../assets/config.toml").lines().map(|line| line.trim_start_matches('#')).collect();
            let cut = |(at, length, junk): &(usize, usize, String)| {
                let line = lines[at % lines.len()];
                line.chars().take(*length).chain(junk.chars()).chain(['\n']).collect::<String>()
            };
            let text: String = picks.iter().map(cut).collect();
            if let Err(error) = load(&text) {
                let line = error.split_once("line ").and_then(|(_, rest)| rest.split_once(',')).and_then(|(line, _)| line.parse::<usize>().ok());
                proptest::prop_assert!(line.is_some_and(|line| (1..=text.split('\n').count()).contains(&line)), "{text:?}: {error}");
            }
        }
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

//! What a configuration file says, and its example.

mod mistakes;

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
fn knobs_are_read_over_the_preset() {
    let params = read("preset = 'paper'\n[parameters]\nsegment-tokens = 7\nfeedback = true\ntemperature = 1\n").unwrap();
    assert_eq!((params.segment_tokens, params.feedback, params.exit_warm_up), (7, true, 2));
}

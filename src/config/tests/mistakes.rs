//! Mistakes in a configuration file: each names its place and what would be right.

use super::super::Config;
use super::{load, read};

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
fn whatever_saved_the_file_it_says_the_same_and_mistakes_have_its_line() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("config.toml");
    let load = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        crate::config::load(Some(&path)).map(|config| (config.params, config.system)).map_err(|error| error.to_string())
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
        let lines: Vec<&str> = include_str!("../../../assets/config.toml").lines().map(|line| line.trim_start_matches('#')).collect();
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

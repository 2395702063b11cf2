//! Words for values: what was given, what is expected, and how to write it.

use std::borrow::Cow;

use crate::engine::fusion::params::{Kind, Knob, Value, knob};

/// The longest text that a message repeats, in characters.
const LONGEST: usize = 40;

/// The file that shows every key.
const EXAMPLES: &str = include_str!("../../assets/config.toml");

/// Whether a key is the name of a knob.
pub(super) fn is_knob(key: &str) -> bool {
    knob(key).is_ok()
}

/// A value as named in a message. If it may be secret, only its kind is.
pub(super) fn given(value: &toml::Value, secret: bool) -> String {
    match value {
        toml::Value::String(_) if secret => "a string".to_owned(),
        toml::Value::String(text) => format!("the string {:?}", shortened(text)),
        toml::Value::Integer(_) | toml::Value::Float(_) if secret => "a number".to_owned(),
        toml::Value::Integer(number) => format!("the whole number {number}"),
        toml::Value::Float(number) => format!("the number {number}"),
        toml::Value::Boolean(on) => on.to_string(),
        toml::Value::Datetime(_) if secret => "a date".to_owned(),
        toml::Value::Datetime(date) => format!("the date {date}"),
        toml::Value::Array(values) if values.is_empty() => "an empty list".to_owned(),
        // All lists here contain texts.
        toml::Value::Array(values) => match values.iter().find(|value| !value.is_str()) {
            Some(other) => format!("a list that holds {}", given(other, secret)),
            None => "a list".to_owned(),
        },
        toml::Value::Table(_) => "a table".to_owned(),
    }
}

fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => Cow::Owned(format!("{}\u{2026}", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

/// What a knob takes, as written in this file.
pub(super) fn wanted(knob: &Knob) -> String {
    let unit = if knob.unit.is_empty() { String::new() } else { format!(" ({})", knob.unit) };
    match knob.kind {
        Kind::Switch => "true or false".to_owned(),
        Kind::Integer { .. } | Kind::Real { .. } => format!("{}{unit}", knob.kind),
        Kind::Choice(names) => format!("one of {}", quoted(names.iter().copied())),
    }
}

/// Names in quotes.
pub(super) fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

/// How to set a knob: to what the given value seems to mean, otherwise to the default.
pub(super) fn knob_example(knob: &Knob, given: &toml::Value) -> String {
    let text = match given {
        toml::Value::String(text) => Some(text.trim().to_owned()),
        toml::Value::Boolean(on) => Some(if *on { "on" } else { "off" }.to_owned()),
        toml::Value::Float(number) => Some(number.round().to_string()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Array(_) | toml::Value::Datetime(_) | toml::Value::Table(_) => None,
    };
    let meant = text.and_then(|text| knob.parse(&text).ok());
    format!("{} = {}", knob.name, written(&meant.unwrap_or_else(|| knob.default_value())))
}

fn written(value: &Value) -> String {
    match value {
        Value::Switch(on) => on.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Name(name) => format!("\"{name}\""),
    }
}

/// How to set a key: for a knob a value near the given one, for any other as in the file that shows every key. `keys` are the
/// names of its tables and its own.
pub(super) fn example(keys: &[String], given: Option<&toml::Value>) -> Option<String> {
    match (keys, given) {
        ([parameters, name], Some(given)) if parameters == "parameters" => Some(knob_example(knob(name).ok()?, given)),
        ([presets, _, name], Some(given)) if presets == "presets" => Some(knob_example(knob(name).ok()?, given)),
        _ => shown(keys).map(str::to_owned),
    }
}

fn shown(keys: &[String]) -> Option<&'static str> {
    let part = |place: usize| keys.get(place).map(String::as_str);
    // Members, ensembles and keys have free names: any of them shows how it is done.
    let (table, key) = match (part(0)?, part(1), part(2)) {
        ("members", _, Some(key)) => ("members", Some(key)),
        ("members", _, None) => return settings().map(|(_, line)| line).find(|line| line.starts_with("[members.")),
        ("ensembles", _, _) => ("ensembles", None),
        ("keys", _, _) => ("keys", None),
        ("presets", _, _) => return settings().map(|(_, line)| line).find(|line| line.starts_with("[presets.")),
        (table @ ("playground" | "parameters"), key, _) => (table, key),
        (key, _, _) => ("", Some(key)),
    };
    let fits = |line: &str| line.split_once(" = ").is_some_and(|(name, _)| key.is_none_or(|key| key == name));
    // The settings of the whole file are between tables there.
    settings().find(|(of, line)| (table.is_empty() || *of == table) && fits(line)).map(|(_, line)| line)
}

/// The settings of that file, each with the first name of its table.
fn settings() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = EXAMPLES.lines().filter_map(|line| line.strip_prefix('#')).filter(|line| !line.starts_with(' '));
    lines.scan("", |table, line| {
        if let Some(head) = line.strip_prefix('[') {
            *table = head.split(['.', ']']).next().unwrap_or_default();
        }
        Some((*table, line))
    })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::config::read::keys;
    use crate::config::{File, Playground, members};
    use crate::engine::fusion::params::KNOBS;

    #[test]
    fn what_was_given_is_named_and_secrets_are_not() {
        let value = |text: &str| text.parse::<toml::Table>().unwrap()["a"].clone();
        for (text, said) in [
            ("a = '5'", "the string \"5\""),
            ("a = 'x\ty'", "the string \"x\\ty\""),
            ("a = 5", "the whole number 5"),
            ("a = 5.5", "the number 5.5"),
            ("a = nan", "the number NaN"),
            ("a = true", "true"),
            ("a = 2024-05-01", "the date 2024-05-01"),
            ("a = []", "an empty list"),
            ("a = ['x']", "a list"),
            ("a = [1]", "a list that holds the whole number 1"),
            ("a = {}", "a table"),
        ] {
            assert_eq!(given(&value(text), false), said);
        }
        assert_eq!(given(&value(&format!("a = '{}'", "x".repeat(99))), false).chars().count(), 40 + 14);
        assert_eq!((given(&value("a = 'sk'"), true), given(&value("a = 7"), true)), ("a string".into(), "a number".into()));
    }

    #[test]
    fn a_knobs_example_is_what_was_meant_where_that_can_be_told_and_always_right() {
        let example = |name: &str, value: toml::Value| knob_example(knob(name).unwrap(), &value);
        assert_eq!(example("segment-tokens", "5".into()), "segment-tokens = 5");
        assert_eq!(example("segment-tokens", 5.4.into()), "segment-tokens = 5");
        assert_eq!(example("segment-tokens", 999.into()), "segment-tokens = 10");
        assert_eq!(example("feedback", "on".into()), "feedback = true");
        assert_eq!(example("exit", false.into()), "exit = \"off\"");
        for knob in KNOBS {
            let line = knob_example(knob, &toml::Value::Array(Vec::new()));
            let table: toml::Table = line.parse().unwrap();
            let value = serde::Deserialize::deserialize(table[knob.name].clone()).unwrap();
            assert!(knob.check(&value).is_ok(), "{line}");
        }
    }

    #[test]
    fn every_key_has_an_example() {
        let of = |keys: &[&str]| shown(&keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>());
        for key in keys(File::deserialize).iter().filter(|key| !["parameters"].contains(key)) {
            assert!(of(&[key]).is_some(), "{key}");
        }
        for key in keys(Playground::deserialize) {
            assert!(of(&["playground", key]).is_some_and(|line| line.starts_with(&format!("{key} = "))), "{key}");
        }
        for key in members::keys() {
            assert!(of(&["members", "mine", key]).is_some_and(|line| line.starts_with(&format!("{key} = "))), "{key}");
        }
        assert_eq!(of(&["members", "mine"]), Some("[members.qwen]"));
        assert_eq!(of(&["ensembles", "mine"]), Some("desk = [\"qwen\", \"llama\"]"));
        assert_eq!(of(&["keys", "stop"]), Some("step = \".\""));
        assert_eq!(of(&["members", "mine", "key", "env"]), Some("key = { env = \"OPENAI_API_KEY\" }"));
    }
}

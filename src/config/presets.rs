//! Knobs in the file: the table `[parameters]`, and the tables `[presets.NAME]`, the user's own sets of values.
//!
//! Owns how a knob's value is read; names, kinds and ranges come from the table of knobs.

use std::collections::BTreeMap;
use std::fmt::{self, Formatter};

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Unexpected, Visitor};

use super::error::{Fault, Mistake};
use super::words;
use crate::engine::fusion::params::{KNOBS, Kind, Knob, OwnPreset, PRESETS, Presets, Value};

/// Knobs with their values, checked.
#[derive(Debug, Default)]
pub(super) struct Knobs(pub(super) Vec<(&'static Knob, Value)>);

impl<'de> Deserialize<'de> for Knobs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KnobTable)
    }
}

struct KnobTable;

impl<'de> Visitor<'de> for KnobTable {
    type Value = Knobs;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a table of knobs")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Knobs, A::Error> {
        let mut knobs = Vec::new();
        while let Some(name) = entries.next_key::<String>()? {
            let Some(knob) = KNOBS.iter().find(|knob| knob.name == name) else {
                return Err(A::Error::unknown_field(&name, &NAMES));
            };
            knobs.push((knob, entries.next_value_seed(OfKnob(knob))?));
        }
        Ok(Knobs(knobs))
    }
}

/// The names of all knobs.
static NAMES: [&str; KNOBS.len()] = {
    let mut names = [""; KNOBS.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = KNOBS[at].name;
        at += 1;
    }
    names
};

/// A value that fits a knob.
struct OfKnob(&'static Knob);

impl OfKnob {
    fn check<E: Error>(&self, value: &Value) -> Result<Value, E> {
        self.0.check(value).map_err(|_| match (self.0.kind, value) {
            (Kind::Choice(names), Value::Name(name)) => E::unknown_variant(name, names),
            _ => E::invalid_value(Unexpected::Other("a value"), self),
        })
    }
}

impl<'de> DeserializeSeed<'de> for OfKnob {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for OfKnob {
    type Value = Value;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&words::wanted(self.0))
    }

    fn visit_bool<E: Error>(self, on: bool) -> Result<Value, E> {
        self.check(&Value::Switch(on))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        self.check(&Value::Integer(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        self.check(&Value::Real(number))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Value, E> {
        self.check(&Value::Name(name.to_owned()))
    }
}

/// The user's presets, by name.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(transparent)]
pub(super) struct PresetTables(BTreeMap<String, Knobs>);

impl PresetTables {
    /// Every preset. The names of those that come with the program are taken.
    pub(super) fn presets(self) -> Result<Presets, Fault> {
        if let Some(name) = self.0.keys().find(|name| PRESETS.iter().any(|preset| preset.name == **name)) {
            return Err(Fault::from(Mistake::Taken).inside(name).inside("presets"));
        }
        let values = |Knobs(knobs): Knobs| knobs.into_iter().map(|(knob, value)| (knob.name, value)).collect();
        Ok(Presets::with(self.0.into_iter().map(|(name, knobs)| OwnPreset { name, values: values(knobs) }).collect()))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::ConfigError;
    use crate::engine::fusion::params::Params;

    fn read(text: &str) -> Result<Presets, ConfigError> {
        super::super::parse(Path::new("my.toml"), text).map(|config| config.presets)
    }

    #[test]
    fn own_presets_are_read() {
        let presets = read("[presets.short]\nsegment = \"tokens\"\nsegment-tokens = 5\n[presets.bare]\n").unwrap();
        let mut params = Params::default();
        presets.apply("short", &mut params).unwrap();
        assert_eq!(params.segment_tokens, 5);
        assert!(presets.names().any(|name| name == "bare"));
        assert_eq!(read("").unwrap(), Presets::default());
    }

    #[test]
    fn what_is_wrong_is_named_with_file_preset_and_knob() {
        for (text, wanted) in [
            ("[presets.mine]\nsegmnt-tokens = 5\n", ["presets.mine.segmnt-tokens", "`segment-tokens`"]),
            ("[presets.mine]\nsegment-tokens = 0\n", ["presets.mine.segment-tokens", "1 to 200"]),
            ("[presets.mine]\nscoring = \"best\"\n", ["presets.mine.scoring", "geometric"]),
            ("[presets.mine]\nscoring = [1]\n", ["presets.mine.scoring", "is a list"]),
            ("[presets.paper]\nsegment-tokens = 5\n", ["`paper`", "comes with the program"]),
            ("[presets]\nmine = 3\n", ["presets.mine", "a table of knobs"]),
            ("presets = 3\n", ["presets", "must be a table"]),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains("my.toml") && wanted.iter().all(|word| error.contains(word)), "{error}");
        }
    }
}

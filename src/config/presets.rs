//! The tables `[presets.NAME]`: a person's own sets of knob values.

use serde::Deserialize;

use super::ConfigError;
use super::section::Section;
use crate::engine::fusion::params::{KNOBS, Knob, OwnPreset, PRESETS, Presets, Value, nearest};

/// Every preset of the file, checked.
pub(super) fn presets(file: Section<'_>) -> Result<Presets, ConfigError> {
    let Some(table) = file.table("presets", "a table of presets")? else { return Ok(Presets::default()) };
    let presets = file.inside("presets", table);
    presets.entries().map(|(name, _)| preset(presets, name)).collect::<Result<_, _>>().map(Presets::with)
}

fn preset(presets: Section<'_>, name: &str) -> Result<OwnPreset, ConfigError> {
    if PRESETS.iter().any(|preset| preset.name == name) {
        return Err(ConfigError::PresetName { place: presets.place(name), name: name.to_owned() });
    }
    let Some(table) = presets.table(name, "a table of knobs")? else {
        return Ok(OwnPreset { name: name.to_owned(), values: Vec::new() });
    };
    let values = knobs(presets.inside(name, table))?.into_iter().map(|(knob, value)| (knob.name, value)).collect();
    Ok(OwnPreset { name: name.to_owned(), values })
}

/// The knobs of a table with their values, checked.
pub(super) fn knobs(section: Section<'_>) -> Result<Vec<(&'static Knob, Value)>, ConfigError> {
    let one = |(name, value): (&String, &toml::Value)| {
        let Some(knob) = KNOBS.iter().find(|knob| knob.name == *name) else {
            return Err(section.unknown(name, nearest(name, KNOBS.iter().map(|knob| knob.name)).unwrap_or_default()));
        };
        let read = Value::deserialize(value.clone()).ok().and_then(|value| knob.check(&value).ok());
        read.map(|value| (knob, value)).ok_or_else(|| section.wrong_for(knob, value))
    };
    section.entries().map(one).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::engine::fusion::params::Params;

    fn read(text: &str) -> Result<Presets, ConfigError> {
        let table: toml::Table = text.parse().unwrap();
        presets(Section::file(Path::new("my.toml"), text, &table))
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
            ("presets = 3\n", ["presets", "a table of presets"]),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains("my.toml") && wanted.iter().all(|word| error.contains(word)), "{error}");
        }
    }
}

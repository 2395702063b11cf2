//! The tables `[presets.NAME]`: a person's own sets of knob values.

use serde::Deserialize;

use super::ConfigError;
use super::section::Section;
use crate::engine::fusion::params::{OwnPreset, PRESETS, ParamError, Presets, Value};

/// Every preset of the file, checked.
pub(super) fn presets(file: Section<'_>) -> Result<Presets, ConfigError> {
    let Some(table) = file.table("presets", "a table of presets")? else { return Ok(Presets::default()) };
    let presets = Section::new(file.path(), "presets", table);
    presets.entries().map(|(name, _)| preset(presets, name)).collect::<Result<_, _>>().map(Presets::with)
}

fn preset(presets: Section<'_>, name: &str) -> Result<OwnPreset, ConfigError> {
    if PRESETS.iter().any(|preset| preset.name == name) {
        return Err(ConfigError::PresetName { path: presets.path().to_owned(), name: name.to_owned() });
    }
    let full = presets.full(name);
    let Some(table) = presets.table(name, "a table of knobs")? else {
        return Ok(OwnPreset { name: name.to_owned(), values: Vec::new() });
    };
    let section = Section::new(presets.path(), &full, table);
    let mut values = Vec::new();
    for (knob, value) in section.entries() {
        let value = Value::deserialize(value.clone()).map_err(|_| section.wrong(knob, "a number, a name, true or false"))?;
        // One by one, so that what is wrong is named with its preset.
        let checked = OwnPreset::new(name, [(knob.as_str(), value)]).map_err(|error| match error {
            ParamError::UnknownKnob { name, nearest } => section.unknown(&name, nearest),
            ParamError::BadValue { name, value, takes } => section.wrong(name, format!("{takes}, not {value}")),
            unknown @ ParamError::UnknownPreset { .. } => {
                ConfigError::Parameter { path: section.path().to_owned(), source: unknown }
            }
        })?;
        values.extend(checked.values);
    }
    Ok(OwnPreset { name: name.to_owned(), values })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::engine::fusion::params::Params;

    fn read(text: &str) -> Result<Presets, ConfigError> {
        let table: toml::Table = text.parse().unwrap();
        presets(Section::new(Path::new("my.toml"), "", &table))
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
            ("[presets.mine]\nscoring = [1]\n", ["presets.mine.scoring", "a number"]),
            ("[presets.paper]\nsegment-tokens = 5\n", ["`paper`", "comes with the program"]),
            ("[presets]\nmine = 3\n", ["presets.mine", "a table of knobs"]),
            ("presets = 3\n", ["presets", "a table of presets"]),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains("my.toml") && wanted.iter().all(|word| error.contains(word)), "{error}");
        }
    }
}

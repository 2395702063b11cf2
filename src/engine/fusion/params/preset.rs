//! Named sets of knob values: those that come with the program, and the user's own.

use serde::{Deserialize, Serialize};

use super::needs::{self, Given, Origin, Settled};
use super::{ParamError, Params, Value, knob, nearest};

/// A named set of knob values; knobs it does not name keep theirs.
#[derive(Debug, Clone, Copy)]
pub struct Preset {
    /// Its name after `--preset`.
    pub name: &'static str,
    /// One line: what it is for.
    pub meaning: &'static str,
    /// Knob names and values, as on the command line.
    pub values: &'static [(&'static str, &'static str)],
}

/// The presets that come with the program.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "paper",
        meaning: "the method as published: 10 tokens a segment, mean token probability, cumulative exit (arXiv 2412.07380)",
        values: &[
            ("segment", "tokens"),
            ("segment-tokens", "10"),
            ("draft", "all"),
            ("align", "none"),
            ("temperature", "0.6"),
            ("top-p", "0.9"),
            ("set-aside", "off"),
            ("scoring", "mean-prob"),
            ("weights", "equal"),
            ("end-threshold", "0"),
            ("end-majority", "off"),
            ("normalisation", "none"),
            ("outlier-filter", "off"),
            ("exit", "paper"),
            ("exit-threshold", "0.5"),
            ("exit-count", "current"),
            ("exit-warm-up", "2"),
            ("exit-temperature", "1"),
            ("exit-window", "5"),
            ("feedback", "off"),
        ],
    },
    Preset {
        name: "specem",
        meaning: "the paper's third version: shares of the score, verifiers' weights learned while the answer grows, nobody leaves",
        values: &[
            ("segment", "tokens"),
            ("segment-tokens", "10"),
            ("draft", "all"),
            ("align", "none"),
            ("temperature", "0.6"),
            ("top-p", "0.9"),
            ("set-aside", "off"),
            ("scoring", "mean-prob"),
            ("weights", "equal"),
            ("end-threshold", "0"),
            ("end-majority", "off"),
            ("normalisation", "sum-to-one"),
            ("outlier-filter", "off"),
            ("exit", "off"),
            ("feedback", "on"),
            ("feedback-rate", "10"),
        ],
    },
    Preset {
        name: "sweetspan",
        meaning: "spans of 4 words of equal length, scored by perplexity without outliers, nobody leaves (arXiv 2409.18583)",
        values: &[
            ("segment", "words"),
            ("segment-words", "4"),
            ("draft", "all"),
            ("align", "words"),
            ("set-aside", "off"),
            ("scoring", "geometric"),
            ("weights", "equal"),
            ("end-threshold", "0"),
            ("end-majority", "off"),
            ("normalisation", "none"),
            ("outlier-filter", "on"),
            ("outlier-ratio", "10"),
            ("exit", "off"),
            ("feedback", "off"),
        ],
    },
    Preset {
        name: "balanced",
        meaning: "the program's own defaults: a sentence a segment, perplexity, exit on evidence",
        values: &[
            ("segment", "sentence"),
            ("segment-cap", "48"),
            ("draft", "all"),
            ("align", "none"),
            ("temperature", "0.6"),
            ("top-p", "0.9"),
            ("scoring", "geometric"),
            ("normalisation", "none"),
            ("outlier-filter", "off"),
            ("score-end", "on"),
            ("set-aside", "on"),
            ("weights", "auto"),
            ("end-threshold", "0.5"),
            ("end-majority", "off"),
            ("exit", "evidence"),
            ("exit-threshold", "0.5"),
            ("exit-count", "current"),
            ("exit-warm-up", "1"),
            ("exit-min-members", "0"),
            ("exit-keep-verifying", "off"),
            ("exit-caution", "1.25"),
            ("exit-floor", "0.5"),
            ("exit-worst-quality", "-10"),
            ("feedback", "off"),
        ],
    },
    Preset {
        name: "fast",
        meaning: "exits come early, down to two members; measured on short answers: 1 % fewer calls, as many right (288 of 300)",
        values: &[
            ("segment", "sentence"),
            ("segment-cap", "48"),
            ("draft", "all"),
            ("align", "none"),
            ("scoring", "geometric"),
            ("normalisation", "none"),
            ("outlier-filter", "off"),
            ("exit", "evidence"),
            ("exit-threshold", "0.5"),
            ("exit-count", "current"),
            ("exit-warm-up", "1"),
            ("exit-min-members", "2"),
            ("exit-keep-verifying", "off"),
            ("exit-caution", "0.7"),
            ("exit-floor", "0.5"),
            ("feedback", "off"),
        ],
    },
];

/// One of the user's own presets, with checked values.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct OwnPreset {
    pub name: String,
    pub values: Vec<(&'static str, Value)>,
}

/// All presets, the program's and the user's.
#[derive(Deserialize)]
struct Written {
    name: String,
    values: Vec<(String, Value)>,
}

/// Every preset there is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Presets {
    own: Vec<OwnPreset>,
}

impl Presets {
    /// The presets that come with the program, and these.
    #[must_use]
    pub fn with(own: Vec<OwnPreset>) -> Self {
        Self { own }
    }

    /// The names, the program's own first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        PRESETS.iter().map(|preset| preset.name).chain(self.own.iter().map(|preset| preset.name.as_str()))
    }

    /// One line: what the preset is for.
    #[must_use]
    pub fn meaning(&self, name: &str) -> String {
        let built_in = PRESETS.iter().find(|preset| preset.name == name).map(|preset| preset.meaning.to_owned());
        built_in.unwrap_or_else(|| {
            let values = self.own.iter().find(|preset| preset.name == name).map_or(&[][..], |preset| &preset.values);
            let values: Vec<String> = values.iter().map(|(name, value)| format!("{name} {value}")).collect();
            format!("your own: {}", values.join(", "))
        })
    }

    /// Sets every value of a preset.
    pub fn apply(&self, name: &str, params: &mut Params) -> Result<Settled, ParamError> {
        if let Some(preset) = PRESETS.iter().find(|preset| preset.name == name) {
            preset.values.iter().try_for_each(|(name, text)| params.set_text(name, text))?;
            return Ok(Settled::default());
        }
        let own = self.own.iter().find(|preset| preset.name == name).ok_or_else(|| ParamError::UnknownPreset {
            name: name.to_owned(),
            nearest: nearest(name, self.names()).unwrap_or_default().to_owned(),
            known: self.names().collect::<Vec<_>>().join(", "),
        })?;
        own.values.iter().try_for_each(|(name, value)| params.set(name, value))?;
        let mut given = Given::default();
        own.values.iter().for_each(|(name, _)| given.set(name, Origin::Configuration));
        Ok(needs::settle(params, &given))
    }

    /// The knobs that a preset sets; none if there is no such preset.
    #[must_use]
    pub fn knobs(&self, name: &str) -> Vec<&'static str> {
        let built_in = PRESETS.iter().filter(|preset| preset.name == name).flat_map(|preset| preset.values);
        let own = self.own.iter().filter(|preset| preset.name == name).flat_map(|preset| &preset.values);
        built_in.map(|(knob, _)| *knob).chain(own.map(|(knob, _)| *knob)).collect()
    }

    /// The first preset whose values all equal those of these knobs.
    #[must_use]
    pub fn matching(&self, params: &Params) -> Option<&str> {
        let holds = |name: &str| {
            let mut other = params.clone();
            self.apply(name, &mut other).is_ok() && other == *params
        };
        self.names().find(|name| holds(name))
    }
}

impl OwnPreset {
    /// A preset of these values: each must belong to a known knob and fit its kind and range.
    pub fn new<'a>(name: &str, values: impl IntoIterator<Item = (&'a str, Value)>) -> Result<Self, ParamError> {
        let checked = |(name, value): (&str, Value)| {
            let knob = knob(name)?;
            Ok((knob.name, knob.check(&value)?))
        };
        Ok(Self { name: name.to_owned(), values: values.into_iter().map(checked).collect::<Result<_, _>>()? })
    }
}

impl TryFrom<Written> for OwnPreset {
    type Error = ParamError;

    fn try_from(Written { name, values }: Written) -> Result<Self, ParamError> {
        Self::new(&name, values.iter().map(|(knob, value)| (knob.as_str(), value.clone())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_can_be_applied_and_is_then_the_one_in_force() {
        let presets = Presets::default();
        for preset in PRESETS {
            let mut params = Params::default();
            presets.apply(preset.name, &mut params).unwrap();
            assert_eq!(presets.matching(&params), Some(preset.name));
            assert!(preset.meaning.len() < 130, "{}", preset.name);
        }
    }

    #[test]
    fn balanced_is_the_defaults() {
        let mut params = Params::default();
        for preset in PRESETS {
            Presets::default().apply(preset.name, &mut params).unwrap();
        }
        Presets::default().apply("balanced", &mut params).unwrap();
        let lengths = Params::default();
        // Knobs it leaves alone have no effect under it: lengths of segments counted in another unit, constants of other rules.
        params.segment_tokens = lengths.segment_tokens;
        params.segment_words = lengths.segment_words;
        params.outlier_ratio = lengths.outlier_ratio;
        assert_eq!(params, lengths);
    }

    #[test]
    fn a_person_s_own_presets_stand_beside_them() {
        let own = OwnPreset::new("mine", [("segment-tokens", Value::Integer(5)), ("temperature", Value::Integer(1))]).unwrap();
        let presets = Presets::with(vec![own]);
        let mut params = Params::default();
        presets.apply("mine", &mut params).unwrap();
        assert_eq!((params.segment_tokens, params.temperature), (5, 1.0));
        assert_eq!(presets.meaning("mine"), "your own: segment-tokens 5, temperature 1");
        let unknown = presets.apply("theirs", &mut params).unwrap_err().to_string();
        assert!(unknown.contains("`theirs`") && unknown.contains("fast, mine"), "{unknown}");
        assert!(OwnPreset::new("bad", [("segment-tokens", Value::Integer(0))]).is_err());
    }
}

//! Every knob of a run: one structure, and one table that describes it.
//!
//! The configuration file, the command line, the trace header and the tuning screen are all made from the table ([`KNOBS`]), so a
//! knob exists everywhere or nowhere. Settings that are not numbers of the method (which members, where a trace goes) are not
//! knobs and belong to the front ends.

mod group;
mod knob;
pub mod needs;
mod preset;
mod table;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use group::KnobGroup;
pub use knob::{Kind, Knob, ParamError, Value, nearest};
pub use preset::{OwnPreset, PRESETS, Preset, Presets};
pub use table::{KNOBS, knob};

pub use super::choice::Choice;
use super::choice::choice;
use super::exit::{ExitRule, ExitSettings, ThresholdCount};
use super::lazy::{DraftRule, KeepRule};
use super::score::{Normalisation, ScoreSettings, ScoringRule};
use super::segment::{Before, SegmentRule, SegmentUnit};

choice! {
    /// Whether the candidates of a round are cut to equal length before scoring.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Alignment {
        /// Each candidate keeps its own length (the paper).
        None = "none",
        /// All are cut to the same number of words.
        Words = "words",
    }
}

choice! {
    /// Which normalisation; its temperature is a separate knob.
    #[allow(missing_docs, reason = "the names say it")]
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum NormalisationKind {
        None = "none",
        /// Divided by their sum.
        SumToOne = "sum-to-one",
        /// Softmax.
        Softmax = "softmax",
    }
}

choice! {
    /// Which exit rule; its constants are separate knobs.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum ExitKind {
        /// No member leaves.
        Off = "off",
        /// Our reading of the paper.
        Paper = "paper",
        /// Shortfalls from the round's mean, in nats per token.
        Evidence = "evidence",
    }
}

choice! {
    /// How weights that the user did not set are found.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum WeightRule {
        /// As [`Self::Prior`] if the size of every member is known, else as [`Self::Equal`].
        Auto = "auto",
        /// All equal, except for judges, whose opinion carries less information ([`super::event::ScoreTier::default_weight`]).
        Equal = "equal",
        /// In proportion to the square root of the number of parameters; a member of unknown size gets the mean of the others.
        Prior = "prior",
        /// In proportion to 1 / perplexity of the question (`PackLLM`, arXiv 2404.11531); a member that does not report it gets
        /// the mean of the others.
        Prompt = "prompt",
    }
}

/// The value of every knob. Ranges, units and meanings are in [`KNOBS`].
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, clippy::struct_excessive_bools, reason = "each field is one knob, described in the table")]
pub struct Params {
    pub segment: SegmentUnit,
    pub segment_tokens: usize,
    pub segment_words: usize,
    pub segment_cap: usize,
    pub segment_bytes: usize,
    pub align: Alignment,
    pub temperature: f64,
    pub top_p: f64,
    pub draft: DraftRule,
    pub keep: KeepRule,
    pub keep_probability: f64,
    pub draft_confidence: f64,
    pub draft_ahead: usize,
    pub draft_rest: usize,
    pub set_aside: bool,
    pub scoring: ScoringRule,
    pub normalisation: NormalisationKind,
    pub softmax_temperature: f64,
    pub outlier_filter: bool,
    pub outlier_ratio: f64,
    pub score_end: bool,
    pub weights: WeightRule,
    pub end_threshold: f64,
    pub end_majority: bool,
    pub exit: ExitKind,
    pub exit_threshold: f64,
    pub exit_count: ThresholdCount,
    pub exit_warm_up: usize,
    pub exit_min_members: usize,
    pub exit_keep_verifying: bool,
    pub exit_caution: f64,
    pub exit_floor: f64,
    pub exit_worst_quality: f64,
    pub exit_temperature: f64,
    pub exit_window: usize,
    pub feedback: bool,
    pub feedback_rate: f64,
    pub max_tokens: usize,
    pub max_rounds: usize,
    pub draft_seconds: usize,
    pub score_seconds: usize,
    pub patience: f64,
    pub patience_seconds: usize,
    pub max_failures: usize,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            segment: SegmentUnit::Sentence,
            segment_tokens: 10,
            segment_words: 6,
            segment_cap: 48,
            segment_bytes: 4096,
            align: Alignment::None,
            temperature: 0.6,
            top_p: 0.9,
            draft: DraftRule::All,
            keep: KeepRule::Likely,
            keep_probability: 0.05,
            draft_confidence: 0.6,
            draft_ahead: 16,
            draft_rest: 0,
            set_aside: true,
            scoring: ScoringRule::Geometric,
            normalisation: NormalisationKind::None,
            softmax_temperature: 0.1,
            outlier_filter: false,
            outlier_ratio: 10.0,
            score_end: true,
            weights: WeightRule::Auto,
            end_threshold: 0.5,
            end_majority: false,
            exit: ExitKind::Evidence,
            exit_threshold: 0.5,
            exit_count: ThresholdCount::Current,
            exit_warm_up: 1,
            exit_min_members: 0,
            exit_keep_verifying: false,
            // At 1 a team without a useless member loses specialists; at 1.5 a useless member often stays
            // (`tests/study/README.md`, exit).
            exit_caution: 1.25,
            exit_floor: 0.5,
            exit_worst_quality: -10.0,
            exit_temperature: 1.0,
            exit_window: 5,
            feedback: false,
            feedback_rate: 10.0,
            max_tokens: 512,
            max_rounds: 200,
            draft_seconds: 120,
            score_seconds: 120,
            patience: 2.0,
            patience_seconds: 10,
            max_failures: 3,
        }
    }
}

impl Params {
    /// The length of a draft at the start of an answer.
    #[must_use]
    pub fn segment_rule(&self) -> SegmentRule {
        let length = match self.segment {
            SegmentUnit::Tokens => self.segment_tokens,
            SegmentUnit::Words => self.segment_words,
            SegmentUnit::Sentence => 1,
        };
        SegmentRule {
            unit: self.segment,
            length,
            token_cap: self.segment_cap,
            byte_cap: self.segment_bytes,
            before: Before::NOTHING,
        }
    }

    /// The length of a draft whose start another member keeps. What is kept and added is not cut.
    #[must_use]
    pub fn ahead_rule(&self) -> SegmentRule {
        SegmentRule { byte_cap: self.segment_bytes, ..SegmentRule::tokens(self.draft_ahead) }
    }

    /// How a round is scored.
    #[must_use]
    pub fn score_settings(&self) -> ScoreSettings {
        ScoreSettings {
            rule: self.scoring,
            normalisation: match self.normalisation {
                NormalisationKind::None => Normalisation::None,
                NormalisationKind::SumToOne => Normalisation::SumToOne,
                NormalisationKind::Softmax => Normalisation::Softmax { temperature: self.softmax_temperature },
            },
            outlier_ratio: self.outlier_filter.then_some(self.outlier_ratio),
        }
    }

    /// Who leaves, and when.
    #[must_use]
    pub fn exit_settings(&self) -> ExitSettings {
        ExitSettings {
            rule: match self.exit {
                ExitKind::Off => ExitRule::Off,
                ExitKind::Paper => ExitRule::Paper { temperature: self.exit_temperature, window: self.exit_window },
                ExitKind::Evidence => ExitRule::Evidence {
                    caution: self.exit_caution,
                    floor: self.exit_floor,
                    worst_quality: self.exit_worst_quality,
                },
            },
            threshold: self.exit_threshold,
            count: self.exit_count,
            warm_up: self.exit_warm_up,
            min_members: self.exit_min_members,
        }
    }

    /// Sets one knob by its name; the value must be of its kind and in its range.
    pub fn set(&mut self, name: &str, value: &Value) -> Result<(), ParamError> {
        let knob = knob(name)?;
        let checked = knob.check(value)?;
        (knob.put)(self, &checked);
        Ok(())
    }

    /// Sets one knob from text, as on the command line.
    pub fn set_text(&mut self, name: &str, text: &str) -> Result<(), ParamError> {
        let knob = knob(name)?;
        let value = knob.parse(text)?;
        (knob.put)(self, &value);
        Ok(())
    }

    /// The knobs that differ in `to`, with their values there, in the order of the table.
    #[must_use]
    pub fn changes(&self, to: &Self) -> Vec<(&'static Knob, Value)> {
        let differs = |knob: &'static Knob| {
            let value = (knob.get)(to);
            ((knob.get)(self) != value).then_some((knob, value))
        };
        if self == to { Vec::new() } else { KNOBS.iter().filter_map(differs).collect() }
    }
}

impl Serialize for Params {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(KNOBS.iter().map(|knob| (knob.name, (knob.get)(self))))
    }
}

impl<'de> Deserialize<'de> for Params {
    /// Missing knobs keep their default, so that a trace of an older version can be read.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values = std::collections::BTreeMap::<String, Value>::deserialize(deserializer)?;
        let mut params = Self::default();
        for (name, value) in &values {
            params.set(name, value).map_err(D::Error::custom)?;
        }
        Ok(params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_inside_its_own_range() {
        let default = Params::default();
        for knob in KNOBS {
            let value = (knob.get)(&default);
            assert_eq!(knob.check(&value).unwrap(), value, "{}", knob.name);
        }
    }

    #[test]
    fn every_knob_survives_being_written_and_read_as_text_and_as_json() {
        let mut params = Params::default();
        Presets::default().apply("paper", &mut params).unwrap();
        for knob in KNOBS {
            let value = (knob.get)(&params);
            let mut other = Params::default();
            other.set_text(knob.name, &value.to_string()).unwrap();
            assert_eq!((knob.get)(&other), value, "{}", knob.name);
        }
        let json = serde_json::to_string(&params).unwrap();
        assert_eq!(serde_json::from_str::<Params>(&json).unwrap(), params);
    }

    #[test]
    fn knob_names_are_unique_and_sorted_into_groups_once() {
        let mut groups: Vec<KnobGroup> = KNOBS.iter().map(|knob| knob.group).collect();
        groups.dedup();
        assert_eq!(groups, KnobGroup::ALL);
        let mut names: Vec<_> = KNOBS.iter().map(|knob| knob.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), KNOBS.len());
    }

    #[test]
    fn a_value_out_of_range_names_the_knob_and_the_range() {
        let mut params = Params::default();
        let error = params.set_text("exit-threshold", "7").unwrap_err().to_string();
        assert!(error.contains("exit-threshold") && error.contains("0 to 1"), "{error}");
        assert_eq!(params, Params::default());
    }

    #[test]
    fn an_unknown_knob_names_the_nearest_one() {
        let error = Params::default().set_text("exit-treshold", "0.5").unwrap_err().to_string();
        assert!(error.contains("exit-threshold"), "{error}");
    }

    #[test]
    fn a_wrong_choice_lists_the_choices() {
        let error = Params::default().set_text("scoring", "best").unwrap_err().to_string();
        assert!(error.contains("mean-prob") && error.contains("geometric"), "{error}");
    }

    #[test]
    fn not_a_number_is_refused() {
        assert!(Params::default().set_text("temperature", "NaN").is_err());
        assert!(Params::default().set("temperature", &Value::Real(f64::NAN)).is_err());
    }
}

//! The table of every knob. A knob added here is on the command line, in the configuration, in the trace and on the screen.

use super::knob::{Kind, Knob, ParamError, Value, When, nearest};
use super::{Alignment, ExitKind, KnobGroup, NormalisationKind, WeightRule};
use crate::engine::fusion::choice::Choice;
use crate::engine::fusion::exit::ThresholdCount;
use crate::engine::fusion::lazy::{DraftRule, KeepRule};
use crate::engine::fusion::score::ScoringRule;
use crate::engine::fusion::segment::SegmentUnit;

/// The needs of a knob; a row without any has an effect whatever the other knobs are.
macro_rules! needs {
    () => {
        &[]
    };
    ($needs:expr) => {
        &$needs
    };
}

/// One row of the table: how a field of [`super::Params`] is read and written as a knob's value.
macro_rules! row {
    ($group:ident, switch $field:ident, $name:literal, $meaning:literal $(, needs $needs:expr)?) => {
        Knob {
            name: $name,
            group: KnobGroup::$group,
            unit: "",
            kind: Kind::Switch,
            meaning: $meaning,
            needs: needs!($($needs)?),
            get: |params| Value::Switch(params.$field),
            put: |params, value| {
                if let Value::Switch(on) = value {
                    params.$field = *on;
                }
            },
        }
    };
    ($group:ident, integer $field:ident, $name:literal, $unit:literal, $min:literal ..= $max:literal by $step:literal, $meaning:literal $(, needs $needs:expr)?) => {
        Knob {
            name: $name,
            group: KnobGroup::$group,
            unit: $unit,
            kind: Kind::Integer { min: $min, max: $max, step: $step },
            meaning: $meaning,
            needs: needs!($($needs)?),
            get: |params| Value::Integer(i64::try_from(params.$field).unwrap_or(i64::MAX)),
            put: |params, value| {
                if let Value::Integer(number) = value {
                    params.$field = usize::try_from(*number).unwrap_or_default();
                }
            },
        }
    };
    ($group:ident, real $field:ident, $name:literal, $unit:literal, $min:literal ..= $max:literal by $step:literal, $meaning:literal $(, needs $needs:expr)?) => {
        Knob {
            name: $name,
            group: KnobGroup::$group,
            unit: $unit,
            kind: Kind::Real { min: $min, max: $max, step: $step },
            meaning: $meaning,
            needs: needs!($($needs)?),
            get: |params| Value::Real(params.$field),
            put: |params, value| {
                if let Value::Real(number) = value {
                    params.$field = *number;
                }
            },
        }
    };
    ($group:ident, choice $field:ident: $kind:ty, $name:literal, $meaning:literal $(, needs $needs:expr)?) => {
        Knob {
            name: $name,
            group: KnobGroup::$group,
            unit: "",
            kind: Kind::Choice(<$kind as Choice>::LIST),
            meaning: $meaning,
            needs: needs!($($needs)?),
            get: |params| Value::Name(params.$field.name().to_owned()),
            put: |params, value| {
                if let Value::Name(name) = value
                    && let Some(variant) = <$kind>::from_name(name)
                {
                    params.$field = variant;
                }
            },
        }
    };
}

const ON: When = When::Is(&["on"]);
const ANY_EXIT: When = When::Is(&["paper", "evidence"]);
const LAZY: When = When::Is(&["lazy", "forced"]);
const EVIDENCE: When = When::Is(&["evidence"]);
const PAPER: When = When::Is(&["paper"]);

/// Every knob, in the order in which users meet them.
pub const KNOBS: &[Knob] = &[
    row!(Drafting, choice segment: SegmentUnit, "segment", "what a segment is counted in"),
    row!(Drafting, integer segment_tokens, "segment-tokens", "tokens", 1..=200 by 1, "length of a segment counted in tokens (the paper's L)", needs [("segment", When::Is(&["tokens"]))]),
    row!(Drafting, integer segment_words, "segment-words", "words", 1..=100 by 1, "length of a segment counted in words", needs [("segment", When::Is(&["words"]))]),
    row!(Drafting, integer segment_cap, "segment-cap", "tokens", 1..=400 by 8, "the most tokens of a segment counted in words or sentences", needs [("segment", When::Is(&["words", "sentence"]))]),
    row!(Drafting, integer segment_bytes, "segment-bytes", "bytes", 16..=65_536 by 256, "the most bytes of a segment, however it is counted"),
    row!(Drafting, choice align: Alignment, "align", "cut all candidates of a round to the same number of words before scoring"),
    row!(Drafting, real temperature, "temperature", "", 0.0..=2.0 by 0.1, "sampling temperature of drafts; 0 takes the likeliest token"),
    row!(Drafting, real top_p, "top-p", "", 0.01..=1.0 by 0.05, "drafts draw from the likeliest tokens that sum to this probability", needs [("temperature", When::Above(0.0))]),
    row!(Scoring, switch set_aside, "set-aside", "set drafts that repeat the question or the answer aside while others remain, unless most of the weight wrote them"),
    row!(Scoring, choice scoring: ScoringRule, "scoring", "how token probabilities become a verifier's score of a candidate"),
    row!(Scoring, choice normalisation: NormalisationKind, "normalisation", "how each verifier's scores are made comparable"),
    row!(Scoring, real softmax_temperature, "softmax-temperature", "", 0.001..=10.0 by 0.05, "temperature of the softmax normalisation", needs [("normalisation", When::Is(&["softmax"]))]),
    row!(Scoring, switch outlier_filter, "outlier-filter", "drop a candidate's highest and lowest score when they are far apart"),
    row!(Scoring, real outlier_ratio, "outlier-ratio", "", 1.0..=1000.0 by 1.0, "how far apart: highest divided by lowest", needs [("outlier-filter", ON)]),
    row!(Scoring, switch score_end, "score-end", "count the end of the answer as one more token where a member knows its probability"),
    row!(Scoring, choice weights: WeightRule, "weights", "the verifiers' weights: by the square root of the parameters (auto: where all are known), by how well each predicts the question (prompt), or equal"),
    row!(Scoring, real end_threshold, "end-threshold", "", 0.0..=1.0 by 0.05, "the answer ends where the members, by weight, put its end at least at this probability; 0: only where a draft ends it"),
    row!(Scoring, switch end_majority, "end-majority", "the answer ends where most of the drafters, by weight, end it, whatever the scores say"),
    row!(Exit, choice exit: ExitKind, "exit", "the rule by which members that keep losing leave"),
    row!(Exit, real exit_threshold, "exit-threshold", "", 0.0..=1.0 by 0.05, "a member leaves when its retention falls below this / n", needs [("exit", ANY_EXIT)]),
    row!(Exit, choice exit_count: ThresholdCount, "exit-count", "what n is: the members active now, or at the start", needs [("exit", ANY_EXIT), ("exit-threshold", When::Above(0.0))]),
    row!(Exit, integer exit_warm_up, "exit-warm-up", "rounds", 0..=100 by 1, "rounds before anyone may leave", needs [("exit", ANY_EXIT), ("exit-threshold", When::Above(0.0))]),
    row!(Exit, integer exit_min_members, "exit-min-members", "members", 0..=16 by 1, "members that always stay; 0: by the team, 1 of two, 2 of three, else 3", needs [("exit", ANY_EXIT), ("exit-threshold", When::Above(0.0))]),
    row!(Exit, switch exit_keep_verifying, "exit-keep-verifying", "members that left go on scoring the others", needs [("exit", ANY_EXIT), ("exit-threshold", When::Above(0.0))]),
    row!(Exit, real exit_caution, "exit-caution", "", 0.1..=5.0 by 0.05, "evidence rule: how far beyond chance a shortfall must be", needs [("exit", EVIDENCE), ("exit-threshold", When::Above(0.0))]),
    row!(Exit, real exit_floor, "exit-floor", "nats per token", 0.001..=5.0 by 0.1, "evidence rule: spread below this proves nothing", needs [("exit", EVIDENCE), ("exit-threshold", When::Above(0.0))]),
    row!(Exit, real exit_worst_quality, "exit-worst-quality", "nats per token", -100.0..=-0.1 by 1.0, "evidence rule: quality below this counts as this", needs [("exit", EVIDENCE), ("exit-threshold", When::Above(0.0))]),
    row!(Exit, real exit_temperature, "exit-temperature", "", 0.01..=10.0 by 0.1, "paper rule: temperature of the softmax over cumulative quality", needs [("exit", PAPER), ("exit-threshold", When::Above(0.0))]),
    row!(Exit, integer exit_window, "exit-window", "rounds", 1..=100 by 1, "paper rule: rounds whose scores set the entropy", needs [("exit", PAPER), ("exit-threshold", When::Above(0.0))]),
    row!(Feedback, switch feedback, "feedback", "learn the verifiers' weights while the answer grows (SpecEM)"),
    row!(Feedback, real feedback_rate, "feedback-rate", "", 0.0..=1000.0 by 1.0, "learning rate of the feedback", needs [("feedback", ON)]),
    row!(Lazy, choice draft: DraftRule, "draft", "who drafts: all; lazy: the smallest member, for the largest to keep what it finds likely and go on, where that is faster than the largest alone; forced: so in any case"),
    row!(Lazy, choice keep: KeepRule, "keep", "what the largest keeps: tokens it finds likely, or exactly those it would draw itself", needs [("draft", LAZY)]),
    row!(Lazy, real keep_probability, "keep-probability", "", 0.001..=1.0 by 0.01, "a token is kept to which the largest gives at least this probability", needs [("draft", LAZY), ("keep", When::Is(&["likely"]))]),
    row!(Lazy, real draft_confidence, "draft-confidence", "", 0.0..=1.0 by 0.05, "the smallest stops before a token to which it gives less than this", needs [("draft", LAZY)]),
    row!(Lazy, integer draft_ahead, "draft-ahead", "tokens", 1..=64 by 1, "tokens that are drafted at most for the largest to check at once", needs [("draft", LAZY)]),
    row!(Lazy, integer draft_rest, "draft-rest", "tokens", 0..=16 by 1, "tokens more that the largest writes before it asks again where the smallest was not sure", needs [("draft", LAZY)]),
    row!(Limits, integer max_tokens, "max-tokens", "tokens", 1..=100_000 by 32, "the answer ends after so many accepted tokens"),
    row!(Limits, integer max_rounds, "max-rounds", "rounds", 1..=100_000 by 10, "the answer ends after so many rounds, without those of lazy drafting"),
    row!(Limits, integer draft_seconds, "draft-seconds", "s", 1..=3600 by 10, "time limit of one draft"),
    row!(Limits, integer score_seconds, "score-seconds", "s", 1..=3600 by 10, "time limit of one scoring"),
    row!(Limits, real patience, "patience", "times", 0.0..=100.0 by 0.5, "a silent member is waited for this many times as long as the others took; 0: to its time limit"),
    row!(Limits, integer patience_seconds, "patience-seconds", "s", 1..=3600 by 1, "a silent member is waited for at least so long", needs [("patience", When::Above(0.0))]),
    row!(Limits, integer max_failures, "max-failures", "failures", 1..=100 by 1, "a member leaves after so many failures in a row"),
];

/// The knob of that name.
pub fn knob(name: &str) -> Result<&'static Knob, ParamError> {
    KNOBS.iter().find(|knob| knob.name == name).ok_or_else(|| ParamError::UnknownKnob {
        name: name.to_owned(),
        nearest: nearest(name, KNOBS.iter().map(|knob| knob.name)).unwrap_or_default(),
    })
}

//! Which knobs do something only while another knob has a certain value: sweeping them otherwise would change nothing.

use super::grid::Axis;
use crate::engine::fusion::params::{Params, Value, knob};

/// A knob, the knob that it depends on, and the values of that under which it does something.
type Need = (&'static str, &'static str, &'static [&'static str]);

const NEEDS: &[Need] = &[
    ("segment-tokens", "segment", &["tokens"]),
    ("segment-words", "segment", &["words"]),
    ("segment-cap", "segment", &["words", "sentence"]),
    ("softmax-temperature", "normalisation", &["softmax"]),
    ("outlier-ratio", "outlier-filter", &["on"]),
    ("exit-threshold", "exit", &["paper", "evidence"]),
    ("exit-count", "exit", &["paper", "evidence"]),
    ("exit-warm-up", "exit", &["paper", "evidence"]),
    ("exit-min-members", "exit", &["paper", "evidence"]),
    ("exit-keep-verifying", "exit", &["paper", "evidence"]),
    ("exit-caution", "exit", &["evidence"]),
    ("exit-floor", "exit", &["evidence"]),
    ("exit-worst-quality", "exit", &["evidence"]),
    ("exit-temperature", "exit", &["paper"]),
    ("exit-window", "exit", &["paper"]),
    ("feedback-rate", "feedback", &["on"]),
];

/// A swept knob that would change nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("sweeping `{knob}` changes nothing while `{governor}` is {value}: add --{governor} {}", wanted.join(" or "))]
pub struct Idle {
    /// The swept knob.
    pub knob: &'static str,
    /// The knob that it depends on.
    pub governor: &'static str,
    /// What that is.
    pub value: String,
    /// What it would have to be.
    pub wanted: &'static [&'static str],
}

/// A knob that was set because a swept one does nothing otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Implied {
    /// The knob.
    pub knob: &'static str,
    /// What it is set to.
    pub value: &'static str,
    /// The swept knob.
    pub by: &'static str,
}

/// Sets what the swept knobs need in order to do something, where nobody said otherwise and only one value will do.
///
/// `said` tells whether a person gave this knob on the command line.
///
/// # Errors
/// Where a swept knob does nothing and it is not ours to change that.
pub fn imply(axes: &[Axis], params: &mut Params, said: impl Fn(&str) -> bool) -> Result<Vec<Implied>, Idle> {
    let mut implied = Vec::new();
    for (name, governor, wanted) in NEEDS.iter().filter(|(name, _, _)| axes.iter().any(|axis| axis.knob.name == *name)) {
        let swept = axes.iter().find(|axis| axis.knob.name == *governor);
        let values =
            swept.map_or_else(|| vec![present(params, governor)], |axis| axis.values.iter().map(Value::to_string).collect());
        if values.iter().any(|value| wanted.contains(&value.as_str())) {
            continue;
        }
        // What was implied for another swept knob counts as said: both cannot be had.
        let free = swept.is_none() && !said(governor) && implied.iter().all(|other: &Implied| other.knob != *governor);
        match wanted {
            [only] if free && params.set_text(governor, only).is_ok() => {
                implied.push(Implied { knob: governor, value: only, by: name });
            }
            _ => return Err(Idle { knob: name, governor, value: values.join(" or "), wanted }),
        }
    }
    Ok(implied)
}

fn present(params: &Params, name: &str) -> String {
    knob(name).map_or_else(|_| String::new(), |knob| (knob.get)(params).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fusion::segment::SegmentUnit;

    fn axes(lists: &[(&str, &str)]) -> Vec<Axis> {
        lists.iter().map(|(name, text)| Axis::parse(knob(name).unwrap(), text).unwrap()).collect()
    }

    #[test]
    fn every_need_names_knobs_and_values_that_exist() {
        for (name, governor, wanted) in NEEDS {
            assert!(knob(name).is_ok(), "{name}");
            assert!(wanted.iter().all(|value| knob(governor).unwrap().parse(value).is_ok()), "{governor}");
        }
    }

    #[test]
    fn the_unit_follows_the_swept_length_unless_somebody_said_otherwise() {
        let mut params = Params::default();
        let implied = imply(&axes(&[("segment-tokens", "3,5")]), &mut params, |_| false).unwrap();
        assert_eq!(implied, [Implied { knob: "segment", value: "tokens", by: "segment-tokens" }]);
        assert_eq!(params.segment, SegmentUnit::Tokens);
        let said = imply(&axes(&[("segment-tokens", "3,5")]), &mut Params::default(), |name| name == "segment").unwrap_err();
        assert_eq!(
            said.to_string(),
            "sweeping `segment-tokens` changes nothing while `segment` is sentence: add --segment tokens"
        );
        let both = [("segment-tokens", "3,5"), ("segment-words", "3,5")];
        assert_eq!(imply(&axes(&both), &mut Params::default(), |_| false).unwrap_err().knob, "segment-words");
    }

    #[test]
    fn a_threshold_without_an_exit_rule_is_an_error() {
        let mut params = Params::default();
        params.set_text("exit", "off").unwrap();
        let error = imply(&axes(&[("exit-threshold", "0,0.5")]), &mut params, |_| false).unwrap_err().to_string();
        assert!(error.contains("`exit` is off") && error.contains("--exit paper or evidence"), "{error}");
        assert_eq!(imply(&axes(&[("exit-threshold", "0,0.5")]), &mut Params::default(), |_| false), Ok(vec![]));
    }

    #[test]
    fn a_swept_governor_needs_one_fitting_value() {
        let fitting = axes(&[("segment", "sentence,tokens"), ("segment-tokens", "3,5")]);
        assert_eq!(imply(&fitting, &mut Params::default(), |_| true), Ok(vec![]));
        let idle = axes(&[("segment", "sentence,words"), ("segment-tokens", "3,5")]);
        assert_eq!(imply(&idle, &mut Params::default(), |_| false).unwrap_err().value, "sentence or words");
    }
}

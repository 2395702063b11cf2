//! What the knobs of a sweep need to have an effect: sweeping a knob without effect would change nothing.
//!
//! The table of knobs defines which knob depends on which; here a governor may be swept too, and then has several values.

use super::grid::Axis;
use crate::engine::fusion::params::needs::{self, Given, Implied, Need, Settled, When, needs};
use crate::engine::fusion::params::{Params, Value, knob};

/// A swept knob that would change nothing.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("sweeping `{knob}` changes nothing while `{governor}` is {value}: add --{governor} {wanted}")]
pub struct Idle {
    pub knob: &'static str,
    /// The knob it depends on.
    pub governor: &'static str,
    /// The governor's value.
    pub value: String,
    /// The value it would need.
    pub wanted: When,
}

/// Sets what the swept knobs need to have an effect, if only one value will do and the user did not decide otherwise.
///
/// `said`: whether the user gave this knob on the command line.
///
/// # Errors
/// If a swept knob has no effect and the program may not change that.
pub fn imply(axes: &[Axis], params: &mut Params, said: impl Fn(&str) -> bool) -> Result<Vec<Implied>, Idle> {
    let mut implied = Vec::new();
    for need in axes.iter().flat_map(|axis| needs(axis.knob.name)) {
        let values = values(axes, params, need.governor);
        if values.iter().any(|value| need.when.allows(value)) {
            continue;
        }
        // What was implied for another swept knob counts as set: a second implication cannot contradict it.
        let taken = implied.iter().any(|other: &Implied| other.knob == need.governor);
        let free = !is_swept(axes, need.governor) && !said(need.governor) && !taken;
        match need.when.only() {
            Some(only) if free && params.set_text(need.governor, only).is_ok() => {
                implied.push(Implied { knob: need.governor, value: only, by: need.knob });
            }
            Some(_) | None => {
                let value = joined(&values);
                return Err(Idle { knob: need.knob, governor: need.governor, value, wanted: need.when });
            }
        }
    }
    Ok(implied)
}

/// The same for the knobs that are set to one value. The swept ones and what was implied for them must be among those `given`.
pub fn settle(axes: &[Axis], params: &mut Params, given: &Given) -> Settled {
    let mut settled = needs::settle(params, given);
    settled.idle.retain_mut(|idle| {
        let need = Need { knob: idle.knob, governor: idle.governor, when: idle.when };
        let values = values(axes, params, need.governor);
        idle.value = joined(&values);
        !is_swept(axes, need.knob) && !values.iter().any(|value| need.when.allows(value))
    });
    settled
}

fn is_swept(axes: &[Axis], name: &str) -> bool {
    axes.iter().any(|axis| axis.knob.name == name)
}

/// The values of a knob over the whole sweep.
fn values(axes: &[Axis], params: &Params, name: &str) -> Vec<Value> {
    let swept = axes.iter().find(|axis| axis.knob.name == name).map(|axis| axis.values.clone());
    swept.unwrap_or_else(|| knob(name).map(|knob| (knob.get)(params)).into_iter().collect())
}

fn joined(values: &[Value]) -> String {
    values.iter().map(Value::to_string).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fusion::segment::SegmentUnit;

    fn axes(lists: &[(&str, &str)]) -> Vec<Axis> {
        lists.iter().map(|(name, text)| Axis::parse(knob(name).unwrap(), text).unwrap()).collect()
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

    #[test]
    fn knobs_with_one_value_are_settled_beside_the_swept_ones() {
        use crate::engine::fusion::params::needs::Origin;
        let lines = |lists: &[(&str, &str)], fixed: &[(&'static str, &str)]| {
            let (axes, mut params, mut given) = (axes(lists), Params::default(), Given::default());
            for axis in &axes {
                given.set(axis.knob.name, Origin::CommandLine);
            }
            for (name, text) in fixed {
                params.set_text(name, text).unwrap();
                given.set(name, Origin::CommandLine);
            }
            let settled = settle(&axes, &mut params, &given);
            settled.lines().map(|(_, line)| line).collect::<Vec<_>>()
        };
        let thresholds = ("exit-threshold", "0,0.5");
        assert!(lines(&[thresholds], &[("segment-tokens", "5")])[0].starts_with("`segment` is set to tokens"));
        assert_eq!(lines(&[("segment", "sentence,tokens"), thresholds], &[("segment-tokens", "5")]), [""; 0]);
        assert_eq!(lines(&[thresholds], &[("exit-warm-up", "3")]), [""; 0]);
        let idle = lines(&[("segment", "sentence,words")], &[("segment-tokens", "5")]);
        assert!(idle[0].starts_with("`segment-tokens` has no effect while `segment` is sentence or words"), "{idle:?}");
    }
}

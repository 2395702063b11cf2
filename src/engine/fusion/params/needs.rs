//! Which knobs have an effect only while another knob has a certain value.
//!
//! Each row of the table lists what its knob needs ([`Knob::needs`](super::Knob)). Owns the consequences: a knob that was set
//! gets what it needs if that is clear and not contradicted, and a knob without effect is reported. Showing the report is up to
//! the front ends.

use std::fmt;

pub use super::knob::When;
use super::{KNOBS, Knob, Params, knob};

/// A knob and the knob it depends on.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Need {
    /// The dependent knob.
    pub knob: &'static str,
    pub governor: &'static str,
    /// The value the governor must have.
    pub when: When,
}

/// The origin of a value. A later one is closer to what the user wants now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The table of knobs in the configuration.
    Configuration,
    /// A preset named on the command line: its values do not count as wishes for the individual knobs.
    Preset,
    /// An option of the command line.
    CommandLine,
}

/// The knobs that were set, and where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Given(Vec<(&'static str, Origin)>);

/// A knob that has no effect.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("`{knob}` has no effect while `{governor}` is {value} (it needs --{governor} {when})")]
pub struct Idle {
    pub knob: &'static str,
    /// The knob it depends on.
    pub governor: &'static str,
    /// The governor's value.
    pub value: String,
    /// The value it would need.
    pub when: When,
}

/// A knob that was set because another one has no effect otherwise.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Implied {
    pub knob: &'static str,
    pub value: &'static str,
    /// The knob that needs it.
    pub by: &'static str,
}

/// The result of settling the knobs that were set.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settled {
    /// What was set in addition.
    pub implied: Vec<Implied>,
    /// What has no effect.
    pub idle: Vec<Idle>,
}

impl fmt::Display for Implied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is set to {}: otherwise `{}` would have no effect", self.knob, self.value, self.by)
    }
}

impl Settled {
    /// The report for the user, one line each, with the knob that was set and that it is about.
    pub fn lines(&self) -> impl Iterator<Item = (&'static str, String)> {
        let implied = self.implied.iter().map(|implied| (implied.by, implied.to_string()));
        implied.chain(self.idle.iter().map(|idle| (idle.knob, idle.to_string())))
    }
}

impl Given {
    /// Records that a knob was set. This replaces an earlier origin.
    pub fn set(&mut self, knob: &'static str, origin: Origin) {
        self.0.retain(|(other, _)| *other != knob);
        self.0.push((knob, origin));
    }

    /// The origin of a knob's value; `None` if it was not set.
    #[must_use]
    pub fn origin(&self, knob: &str) -> Option<Origin> {
        self.0.iter().find(|(other, _)| *other == knob).map(|(_, origin)| *origin)
    }

    /// The knobs that were set, the closest origin first, each in the order of the table.
    fn wishes(&self) -> impl Iterator<Item = (&'static str, Origin)> {
        [Origin::CommandLine, Origin::Configuration].into_iter().flat_map(move |origin| {
            let wished = move |name: &&str| self.origin(name) == Some(origin);
            KNOBS.iter().map(|knob| knob.name).filter(wished).map(move |name| (name, origin))
        })
    }
}

/// What a knob depends on.
pub fn needs(name: &str) -> impl Iterator<Item = Need> {
    let knob = knob(name).ok();
    let need = |knob: &'static Knob| knob.needs.iter().map(|(governor, when)| Need { knob: knob.name, governor, when: *when });
    knob.into_iter().flat_map(need)
}

/// Why a knob has no effect under these, if it has none.
#[must_use]
pub fn idle(params: &Params, knob: &str) -> Option<Idle> {
    needs(knob).find_map(|need| unmet(params, &need))
}

/// Sets what a knob needs, if only one value will do and `free` allows changing the governor.
///
/// # Errors
/// If the knob still has no effect; then nothing is set.
pub fn enable(params: &mut Params, name: &'static str, free: impl Fn(&str) -> bool) -> Result<Vec<Implied>, Idle> {
    let unmet: Vec<(Need, Idle)> = needs(name).filter_map(|need| Some((need, unmet(params, &need)?))).collect();
    let mut implied = Vec::new();
    for (need, idle) in unmet {
        match need.when.only().filter(|_| free(need.governor)) {
            Some(only) => implied.push(Implied { knob: need.governor, value: only, by: name }),
            None => return Err(idle),
        }
    }
    for Implied { knob, value, .. } in &implied {
        // The table only holds names and values that exist.
        let _ = params.set_text(knob, value);
    }
    Ok(implied)
}

/// Gives every knob that was set what it needs, unless the governor was set from the same origin or a closer one, and reports
/// those without effect.
pub fn settle(params: &mut Params, given: &Given) -> Settled {
    let mut settled = Settled::default();
    for (name, origin) in given.wishes() {
        // What one knob implied counts as set: a second implication cannot contradict it.
        let taken: Vec<&str> = settled.implied.iter().map(|implied| implied.knob).collect();
        let free = |governor: &str| given.origin(governor).is_none_or(|other| other < origin) && !taken.contains(&governor);
        match enable(params, name, free) {
            Ok(implied) => settled.implied.extend(implied),
            Err(idle) => settled.idle.push(idle),
        }
    }
    settled
}

fn unmet(params: &Params, need: &Need) -> Option<Idle> {
    let value = (knob(need.governor).ok()?.get)(params);
    let idle = || Idle { knob: need.knob, governor: need.governor, value: value.to_string(), when: need.when };
    (!need.when.allows(&value)).then(idle)
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, PRESETS, Value};
    use super::*;

    fn settled(base: &[(&str, &str)], given: &[(&'static str, &str, Origin)]) -> (Params, Vec<String>) {
        let (mut params, mut asked) = (Params::default(), Given::default());
        for (name, text) in base {
            params.set_text(name, text).unwrap();
        }
        for (name, text, origin) in given {
            params.set_text(name, text).unwrap();
            asked.set(name, *origin);
        }
        let settled = settle(&mut params, &asked);
        (params, settled.lines().map(|(_, line)| line).collect())
    }

    #[test]
    fn every_need_names_knobs_and_values_that_exist_and_can_be_met_and_missed() {
        for need in KNOBS.iter().flat_map(|knob| needs(knob.name)) {
            let governor = super::knob(need.governor).unwrap();
            let values: Vec<Value> = match governor.kind {
                Kind::Switch => vec![Value::Switch(true), Value::Switch(false)],
                Kind::Integer { min, max, .. } => vec![Value::Integer(min), Value::Integer(max)],
                Kind::Real { min, max, .. } => vec![Value::Real(min), Value::Real(max)],
                Kind::Choice(names) => names.iter().map(|name| Value::Name((*name).to_owned())).collect(),
            };
            assert!(values.iter().any(|value| need.when.allows(value)), "{}", need.knob);
            assert!(values.iter().any(|value| !need.when.allows(value)), "{}", need.knob);
            if let When::Is(names) = need.when {
                assert!(names.iter().all(|name| governor.parse(name).is_ok()), "{}", need.knob);
            }
        }
    }

    /// Whatever a knob needs: setting it alone either makes it work or reports that it has no effect, never neither.
    #[test]
    fn a_knob_that_was_set_works_or_is_named() {
        for exit in ["off", "paper", "evidence"] {
            for knob in KNOBS.iter().filter(|knob| knob.name != "exit") {
                let value = knob.default_value().to_string();
                let (params, lines) = settled(&[("exit", exit)], &[(knob.name, &value, Origin::CommandLine)]);
                let named = lines.iter().any(|line| line.starts_with(&format!("`{}` has no effect", knob.name)));
                assert_eq!(idle(&params, knob.name).is_some(), named, "{}: {lines:?}", knob.name);
            }
        }
    }

    /// The rules of a run hold a knob if and only if the table declares that it has an effect.
    #[test]
    fn the_table_agrees_with_the_rules_of_a_run() {
        for (name, value, governor, rules) in [
            ("segment-tokens", "77", "segment", "tokens"),
            ("segment-words", "77", "segment", "words"),
            ("softmax-temperature", "7", "normalisation", "softmax"),
            ("outlier-ratio", "77", "outlier-filter", "on"),
            ("exit-caution", "2", "exit", "evidence"),
            ("exit-floor", "2", "exit", "evidence"),
            ("exit-worst-quality", "-7", "exit", "evidence"),
            ("exit-temperature", "7", "exit", "paper"),
            ("exit-window", "77", "exit", "paper"),
        ] {
            let values: &[&str] = match super::knob(governor).unwrap().kind {
                Kind::Switch => &["on", "off"],
                Kind::Choice(names) => names,
                Kind::Integer { .. } | Kind::Real { .. } => &[],
            };
            for choice in values {
                let mut params = Params::default();
                params.set_text(governor, choice).unwrap();
                let rules_of = |params: &Params| {
                    format!("{:?} {:?} {:?}", params.segment_rule(), params.score_settings(), params.exit_settings())
                };
                let before = rules_of(&params);
                assert_eq!(idle(&params, name).is_none(), *choice == rules, "{name} under {choice}");
                params.set_text(name, value).unwrap();
                assert_eq!(rules_of(&params) != before, *choice == rules, "{name} under {choice}");
            }
        }
    }

    #[test]
    fn what_a_knob_needs_is_set_where_one_value_will_do() {
        for (knob, value, governor, set) in [
            ("segment-tokens", "3", "segment", "tokens"),
            ("segment-words", "3", "segment", "words"),
            ("softmax-temperature", "0.5", "normalisation", "softmax"),
            ("outlier-ratio", "5", "outlier-filter", "on"),
            ("exit-window", "3", "exit", "paper"),
            ("feedback-rate", "3", "feedback", "on"),
        ] {
            for origin in [Origin::Configuration, Origin::CommandLine] {
                let (params, lines) = settled(&[], &[(knob, value, origin)]);
                assert_eq!(lines, [format!("`{governor}` is set to {set}: otherwise `{knob}` would have no effect")]);
                assert_eq!((super::knob(governor).unwrap().get)(&params).to_string(), set);
            }
        }
    }

    #[test]
    fn a_setting_of_the_same_place_or_a_nearer_one_wins() {
        use Origin::{CommandLine, Configuration, Preset};
        for (tokens, segment, wins) in [
            (CommandLine, CommandLine, true),
            (Configuration, Configuration, true),
            (Configuration, Preset, true),
            (Configuration, CommandLine, true),
            (CommandLine, Configuration, false),
            (CommandLine, Preset, false),
        ] {
            let (params, lines) = settled(&[], &[("segment", "words", segment), ("segment-tokens", "3", tokens)]);
            let said =
                if wins { "`segment-tokens` has no effect while `segment` is words" } else { "`segment` is set to tokens" };
            assert_eq!((lines.len(), lines[0].starts_with(said)), (1, true), "{lines:?}");
            assert_eq!(params.segment_tokens, 3, "it is kept");
        }
    }

    #[test]
    fn of_two_wishes_that_exclude_each_other_one_is_named() {
        use Origin::{CommandLine, Configuration};
        let (_, lines) = settled(&[], &[("segment-words", "3", CommandLine), ("segment-tokens", "3", CommandLine)]);
        assert!(lines[0].contains("set to tokens") && lines[1].starts_with("`segment-words` has no effect"), "{lines:?}");
        let (_, lines) = settled(&[], &[("segment-words", "3", CommandLine), ("segment-tokens", "3", Configuration)]);
        assert!(lines[0].contains("set to words") && lines[1].starts_with("`segment-tokens` has no effect"), "{lines:?}");
    }

    #[test]
    fn where_two_values_would_do_none_is_chosen() {
        let (_, lines) = settled(&[("exit", "off")], &[("exit-threshold", "0.3", Origin::CommandLine)]);
        assert_eq!(lines, ["`exit-threshold` has no effect while `exit` is off (it needs --exit paper or evidence)"]);
        let zero = [("exit-threshold", "0", Origin::CommandLine), ("exit-warm-up", "3", Origin::CommandLine)];
        assert_eq!(
            settled(&[], &zero).1,
            ["`exit-warm-up` has no effect while `exit-threshold` is 0 (it needs --exit-threshold above 0)"]
        );
        let cold = [("temperature", "0", Origin::CommandLine), ("top-p", "0.5", Origin::Configuration)];
        assert!(settled(&[], &cold).1[0].contains("`top-p` has no effect while `temperature` is 0"));
    }

    #[test]
    fn the_values_of_presets_are_nobodys_wishes() {
        for preset in PRESETS {
            let (mut params, mut given) = (Params::default(), Given::default());
            for (name, text) in preset.values {
                params.set_text(name, text).unwrap();
                given.set(knob(name).unwrap().name, Origin::Preset);
            }
            let before = params.clone();
            assert_eq!((settle(&mut params, &given), params), (Settled::default(), before), "{}", preset.name);
        }
    }
}

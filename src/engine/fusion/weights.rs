//! The weight of a verifier's opinion: set by the user, by the size of its model, or equal for all.
//!
//! An equal vote of unequal members loses to the best of them: two small models outvote a large one. The number of parameters is
//! known before a model has drafted anything; measurement favours its square root among the simple laws (powers of a quarter, a
//! half and one). `feedback` learns from round to round.

use super::MemberIndex;
use super::event::{Capabilities, MemberHeader};
pub use super::params::WeightRule;

/// Where a verifier's weight comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeightSource {
    /// The user set it.
    Set,
    /// The size of its model.
    Size,
    /// How well it predicts the question.
    Question,
    /// All are equal.
    Equal,
}

impl WeightSource {
    /// The name for the user.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Set => "set by hand",
            Self::Size => "by the square root of its parameters",
            Self::Question => "by how well it predicts the question",
            Self::Equal => "as every other that scores alike",
        }
    }
}

/// What one member's weight is computed from.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Known {
    set: Option<f64>,
    /// The factor for its way of scoring.
    way: f64,
    parameters: Option<u64>,
    /// Mean log-probability of the question, in nats per byte.
    predicted: Option<f64>,
    /// The weight that feedback has reached; it replaces the others.
    learned: Option<f64>,
}

/// The bytes per token for perplexities here, so that those of different tokenizers can be compared.
const TOKEN_BYTES: f64 = 4.0;

impl Known {
    /// What its weight is proportional to under a rule, if known.
    fn own(&self, rule: WeightRule) -> Option<f64> {
        match rule {
            WeightRule::Auto | WeightRule::Prior => self.parameters.map(root),
            WeightRule::Equal => None,
            WeightRule::Prompt => self.predicted.map(|nats_per_byte| (nats_per_byte * TOKEN_BYTES).exp()),
        }
    }

    fn new(set: Option<f64>, capabilities: &Capabilities) -> Self {
        Self {
            set,
            way: capabilities.tier.default_weight(),
            parameters: capabilities.parameters.filter(|count| *count > 0),
            predicted: None,
            learned: None,
        }
    }
}

/// The weights of all members of an ensemble. Two are equal if what they are computed from is.
#[derive(Debug, Clone, Default)]
pub struct Weights {
    known: Vec<Known>,
    /// The rule under which `now` was computed; `None` if something has changed since.
    rule: Option<WeightRule>,
    now: Vec<f64>,
}

impl PartialEq for Weights {
    fn eq(&self, other: &Self) -> bool {
        self.known == other.known
    }
}

impl Weights {
    /// The weights at the start of a run.
    #[must_use]
    pub fn of<'a>(members: impl IntoIterator<Item = &'a MemberHeader>) -> Self {
        let known = |header: &MemberHeader| Known::new(header.weight, &header.capabilities);
        Self { known: members.into_iter().map(known).collect(), ..Self::default() }
    }

    /// Sets the user's weight, or takes it back. What was learned of the member is forgotten.
    pub fn set(&mut self, member: MemberIndex, weight: Option<f64>) {
        self.change(member, |known| (known.set, known.learned) = (weight, None));
    }

    /// Records the capabilities of a member that became known during the run.
    pub fn joined(&mut self, member: MemberIndex, capabilities: &Capabilities) {
        self.change(member, |known| {
            let (predicted, learned) = (known.predicted, known.learned);
            *known = Known { predicted, learned, ..Known::new(known.set, capabilities) };
        });
    }

    /// Records how well a member predicts the question: its mean log-probability, in nats per byte.
    pub fn predicted(&mut self, member: MemberIndex, nats_per_byte: f64) {
        self.change(member, |known| known.predicted = Some(nats_per_byte));
    }

    /// Records the weight that feedback has reached.
    pub fn learn(&mut self, member: MemberIndex, weight: f64) {
        if let (Some(known), Some(now)) = (self.known.get_mut(member.0), self.now.get_mut(member.0)) {
            (known.learned, *now) = (Some(weight), weight);
        }
    }

    fn change(&mut self, member: MemberIndex, change: impl FnOnce(&mut Known)) {
        if let Some(known) = self.known.get_mut(member.0) {
            change(known);
            self.rule = None;
        }
    }

    /// Computes the weights under a rule; afterwards [`Self::now`] returns them.
    pub fn under(&mut self, rule: WeightRule) -> &[f64] {
        if self.rule != Some(rule) {
            let known = &self.known;
            let mean = mean(known, rule);
            let weight = |known: &Known| {
                let own = mean.and_then(|mean| Some(known.own(rule)? / mean)).unwrap_or(1.0);
                known.learned.or(known.set).unwrap_or(known.way * own)
            };
            self.now.clear();
            self.now.extend(known.iter().map(weight));
            self.rule = Some(rule);
        }
        &self.now
    }

    /// The weights as last computed.
    #[must_use]
    pub fn now(&self) -> &[f64] {
        &self.now
    }

    /// Why a member has its weight under a rule.
    #[must_use]
    pub fn source(&self, member: MemberIndex, rule: WeightRule) -> WeightSource {
        match self.known.get(member.0) {
            Some(Known { set: Some(_), .. }) => WeightSource::Set,
            Some(_) if mean(&self.known, rule).is_some() => match rule {
                WeightRule::Auto | WeightRule::Prior => WeightSource::Size,
                WeightRule::Prompt => WeightSource::Question,
                WeightRule::Equal => WeightSource::Equal,
            },
            Some(_) | None => WeightSource::Equal,
        }
    }
}

/// The mean of what the members' weights are proportional to, if the rule has any data: weights are relative to it, so that a
/// weight set by the user compares with a mean of 1.
fn mean(known: &[Known], rule: WeightRule) -> Option<f64> {
    let own: Vec<f64> = known.iter().filter_map(|known| known.own(rule)).collect();
    let applies = match rule {
        WeightRule::Auto => own.len() == known.len(),
        WeightRule::Equal | WeightRule::Prior | WeightRule::Prompt => true,
    };
    let mean = own.iter().sum::<f64>() / own.len() as f64;
    (applies && mean > 0.0).then_some(mean)
}

fn root(parameters: u64) -> f64 {
    (parameters as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fusion::event::{OwnSampling, Role, ScoreTier};

    fn member(weight: Option<f64>, parameters: Option<u64>) -> MemberHeader {
        let capabilities = Capabilities { parameters, ..Capabilities::in_process("gguf", "m") };
        MemberHeader { name: "m".into(), role: Role::Both, weight, capabilities, sampling: OwnSampling::default(), price: None }
    }

    fn under(members: &[MemberHeader], rule: WeightRule) -> Vec<f64> {
        Weights::of(members).under(rule).to_vec()
    }

    #[test]
    fn the_square_root_of_the_size_counts_where_every_size_is_known() {
        let sized = [member(None, Some(100)), member(None, Some(400)), member(None, Some(900))];
        assert_eq!(under(&sized, WeightRule::Auto), [0.5, 1.0, 1.5]);
        assert_eq!(under(&sized, WeightRule::Prior), [0.5, 1.0, 1.5]);
        assert_eq!(under(&sized, WeightRule::Equal), [1.0; 3]);
        let [first, _, third] = sized;
        let partly = [first, member(None, None), third];
        assert_eq!(under(&partly, WeightRule::Auto), [1.0; 3]);
        assert_eq!(under(&partly, WeightRule::Prior), [0.5, 1.0, 1.5]);
        assert_eq!(under(&[member(None, None), member(None, Some(0))], WeightRule::Prior), [1.0; 2]);
    }

    #[test]
    fn who_predicts_the_question_better_weighs_more() {
        let mut weights = Weights::of(&[member(None, Some(900)), member(None, None), member(None, Some(100))]);
        assert_eq!(weights.under(WeightRule::Prompt), [1.0; 3], "nothing is known yet");
        assert_eq!(weights.source(MemberIndex(0), WeightRule::Prompt), WeightSource::Equal);
        // Perplexities of 4 and 2 per token of four bytes.
        weights.predicted(MemberIndex(0), -4.0_f64.ln() / 4.0);
        weights.predicted(MemberIndex(2), -2.0_f64.ln() / 4.0);
        let now = weights.under(WeightRule::Prompt).to_vec();
        for (weight, expected) in now.iter().zip([2.0 / 3.0, 1.0, 4.0 / 3.0]) {
            assert!((weight - expected).abs() < 1e-12, "{now:?}");
        }
        assert_eq!(weights.source(MemberIndex(0), WeightRule::Prompt), WeightSource::Question);
        weights.set(MemberIndex(0), Some(5.0));
        assert!((weights.under(WeightRule::Prompt)[0] - 5.0).abs() < 1e-12);
        assert_eq!(weights.source(MemberIndex(1), WeightRule::Auto), WeightSource::Equal);
    }

    #[test]
    fn what_the_user_sets_wins_and_can_be_taken_back() {
        let mut weights = Weights::of(&[member(Some(2.0), Some(100)), member(None, Some(900))]);
        assert_eq!(weights.under(WeightRule::Auto), [2.0, 1.5]);
        assert_eq!(weights.source(MemberIndex(0), WeightRule::Auto), WeightSource::Set);
        assert_eq!(weights.source(MemberIndex(1), WeightRule::Auto), WeightSource::Size);
        assert_eq!(weights.source(MemberIndex(1), WeightRule::Equal), WeightSource::Equal);
        weights.set(MemberIndex(1), Some(0.0));
        assert_eq!(weights.under(WeightRule::Auto), [2.0, 0.0]);
        weights.set(MemberIndex(0), None);
        weights.set(MemberIndex(1), None);
        assert_eq!(weights.under(WeightRule::Auto), [0.5, 1.5]);
    }

    #[test]
    fn a_size_that_becomes_known_counts_from_then_on_and_what_was_learned_stays() {
        let mut weights = Weights::of(&[member(None, Some(100)), member(None, None)]);
        assert_eq!(weights.under(WeightRule::Auto), [1.0; 2]);
        weights.learn(MemberIndex(0), 1.5);
        assert_eq!(weights.now(), [1.5, 1.0]);
        let judge = Capabilities { parameters: Some(900), tier: ScoreTier::Ranking, ..Capabilities::in_process("gguf", "m") };
        weights.joined(MemberIndex(1), &judge);
        assert_eq!(weights.under(WeightRule::Auto), [1.5, 1.5 * 0.4]);
    }
}

//! What a verifier's opinion weighs: by the user's word, by the size of its model, or like every other's.
//!
//! An equal vote of unequal members loses to the best of them: two small models outvote a large one. What is known of a model
//! before it has said anything is its number of parameters; the square root of it is what measurement favours among the simple
//! laws (of a quarter, a half and one). Learning from round to round is `feedback`'s.

use super::MemberIndex;
use super::event::{Capabilities, MemberHeader};

/// Where weights come from that the user did not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeightRule {
    /// As [`Self::Prior`] where the size of every member is known, else as [`Self::Equal`].
    Auto,
    /// All alike, but for judges, whose opinion says less ([`super::event::ScoreTier::default_weight`]).
    Equal,
    /// In proportion to the square root of the parameters; a member of unknown size has the mean of the others.
    Prior,
}

/// Why a verifier has the weight that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeightSource {
    /// The user set it.
    Set,
    /// The size of its model.
    Size,
    /// All are alike.
    Equal,
}

impl WeightSource {
    /// In words.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Set => "set by hand",
            Self::Size => "by the square root of its parameters",
            Self::Equal => "as every other that scores alike",
        }
    }
}

/// What the weight of one member is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Known {
    set: Option<f64>,
    /// Of its way of scoring.
    way: f64,
    parameters: Option<u64>,
    /// What feedback has come to; it counts instead of the others.
    learned: Option<f64>,
}

impl Known {
    fn new(set: Option<f64>, capabilities: &Capabilities) -> Self {
        Self {
            set,
            way: capabilities.tier.default_weight(),
            parameters: capabilities.parameters.filter(|count| *count > 0),
            learned: None,
        }
    }
}

/// The weights of all members of an ensemble, by place. Equal where what they are made of is.
#[derive(Debug, Clone, Default)]
pub struct Weights {
    known: Vec<Known>,
    /// The rule under which `now` was worked out; `None` where something has changed since.
    rule: Option<WeightRule>,
    now: Vec<f64>,
}

impl PartialEq for Weights {
    fn eq(&self, other: &Self) -> bool {
        self.known == other.known
    }
}

impl Weights {
    /// The weights that a run begins with.
    #[must_use]
    pub fn of<'a>(members: impl IntoIterator<Item = &'a MemberHeader>) -> Self {
        let known = |header: &MemberHeader| Known::new(header.weight, &header.capabilities);
        Self { known: members.into_iter().map(known).collect(), ..Self::default() }
    }

    /// The user set a weight, or took that back. What was learned of the member is forgotten.
    pub fn set(&mut self, member: MemberIndex, weight: Option<f64>) {
        self.change(member, |known| (known.set, known.learned) = (weight, None));
    }

    /// What a member can do became known only now.
    pub fn joined(&mut self, member: MemberIndex, capabilities: &Capabilities) {
        self.change(member, |known| *known = Known { learned: known.learned, ..Known::new(known.set, capabilities) });
    }

    /// Feedback has come to this weight.
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

    /// Works the weights out under a rule; they stand in [`Self::now`] then.
    pub fn under(&mut self, rule: WeightRule) -> &[f64] {
        if self.rule != Some(rule) {
            let known = &self.known;
            let mean = by_size(known, rule);
            let weight = |known: &Known| {
                let own = mean.map_or(1.0, |mean| known.parameters.map_or(1.0, |count| root(count) / mean));
                known.learned.or(known.set).unwrap_or(known.way * own)
            };
            self.now.clear();
            self.now.extend(known.iter().map(weight));
            self.rule = Some(rule);
        }
        &self.now
    }

    /// The weights as they were worked out last.
    #[must_use]
    pub fn now(&self) -> &[f64] {
        &self.now
    }

    /// Why a member has its weight under a rule.
    #[must_use]
    pub fn source(&self, member: MemberIndex, rule: WeightRule) -> WeightSource {
        match self.known.get(member.0) {
            Some(Known { set: Some(_), .. }) => WeightSource::Set,
            Some(_) if by_size(&self.known, rule).is_some() => WeightSource::Size,
            Some(_) | None => WeightSource::Equal,
        }
    }
}

/// The mean of the square roots of the known sizes, where the rule goes by them: weights are relative to it, so that one that the
/// user sets stands beside a mean of 1.
fn by_size(known: &[Known], rule: WeightRule) -> Option<f64> {
    let sizes: Vec<f64> = known.iter().filter_map(|known| known.parameters).map(root).collect();
    let applies = match rule {
        WeightRule::Auto => sizes.len() == known.len(),
        WeightRule::Equal => false,
        WeightRule::Prior => true,
    };
    (applies && !sizes.is_empty()).then(|| sizes.iter().sum::<f64>() / sizes.len() as f64)
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

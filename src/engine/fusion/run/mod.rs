//! The state of a run: what its events add up to.
//!
//! Owns the state that a live run, a replay, a summary and an export all read: members, rounds, the accepted text and the tree of
//! its branches. It only applies events ([`Run::apply`], in `apply`); the round machine decides what happens next.

mod apply;
mod call;
mod departure;
mod history;
mod pair;
mod round;
mod steer;
mod summary;
mod tree;

use std::sync::Arc;

pub use call::{Call, CallEnd, Work};
pub use departure::Departure;
pub use history::{Change, History};
pub use round::{Accepted, Ahead, DraftState, FinishedDraft, Kept, Opening, OwnScore, Round, ScoreCell};
pub use tree::{Node, Tree};

use super::MemberIndex;
use super::event::{Capabilities, Event, ExitReason, Header, MemberHeader, Outcome, Record, Role, ScoreTier, Summary, Usage};
use super::lazy::{DecodeTimes, Pair};
use super::params::Params;
use super::weights::Weights;
use departure::Presence;

/// What a run is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Rounds continue.
    Running,
    /// No further round starts until resumed.
    Paused,
    /// It is over.
    Finished(Outcome),
}

/// One member during a run.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberState {
    /// As the run started.
    pub header: MemberHeader,
    /// When and why it left, if it is away.
    pub exit: Option<Exit>,
    /// Token positions its model evaluated so far.
    pub forwards: u64,
    /// Tokens it drew so far.
    pub drawn: usize,
    /// Tokens it used so far, if a server counts them.
    pub usage: Usage,
    /// How it scores now.
    pub tier: ScoreTier,
    /// How long it takes to evaluate tokens, if measured.
    pub times: Option<DecodeTimes>,
    /// How well it predicts the question: the mean log-probability in nats per byte, if it was asked.
    pub predicted: Option<f64>,
}

/// When and why a member left.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq)]
pub struct Exit {
    /// The round after which it left; 0 before the first.
    pub round: usize,
    pub reason: ExitReason,
}

/// The state of a run.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// What it was given.
    pub header: Header,
    /// The knobs, as the next round will use them.
    pub params: Arc<Params>,
    /// The members in the ensemble's order; a [`MemberIndex`] points here.
    pub members: Vec<MemberState>,
    /// The rounds of the current answer; the last one may be open.
    pub rounds: Vec<Arc<Round>>,
    /// Every accepted segment, including those no longer part of the answer.
    pub tree: Tree,
    /// What the user changed, to be undone or redone.
    pub history: History,
    pub phase: Phase,
    /// Whether the user intervened.
    pub steered: bool,
    /// Warnings, oldest first.
    pub warnings: Vec<String>,
    /// When the last event happened, milliseconds since the start.
    pub t_ms: f64,
    /// When the first segment was accepted, milliseconds since the start.
    pub first_segment_ms: Option<f64>,
    /// The figures that the run itself recorded at its end.
    pub summary: Option<Summary>,
    /// Drafts asked for and candidates scored so far, including those of abandoned rounds.
    pub calls: Calls,
    /// Rounds started so far, including those that were taken back.
    pub begun: usize,
    /// Which members were away when, at the current point of the answer.
    presence: Presence,
    /// The weights that the user set, by member.
    weights: Vec<Option<f64>>,
    /// Members whose weights the next round adopts.
    new_weights: Vec<MemberIndex>,
    /// Members whose capabilities became known during the run.
    joined: Vec<(MemberIndex, Arc<Capabilities>)>,
    /// Those that the next round adopts.
    new_joined: Vec<(MemberIndex, Arc<Capabilities>)>,
    /// Predictions of the question that the next round adopts.
    new_predicted: Vec<(MemberIndex, f64)>,
    /// See [`Run::tokens`]: the screen asks many times per second.
    tokens: usize,
}

/// Calls so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Calls {
    /// Drafts asked for.
    pub drafts: usize,
    /// Candidates scored, or attempted.
    pub scores: usize,
}

impl MemberState {
    /// Whether it takes part.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.exit.is_none()
    }

    /// What it cost so far in US dollars, if its price was given.
    #[must_use]
    pub fn cost(&self) -> Option<f64> {
        self.header.price.map(|price| price.of(self.usage))
    }
}

impl Run {
    /// The state after [`Event::RunStarted`].
    #[must_use]
    pub fn new(header: Header) -> Self {
        let members = header
            .members
            .iter()
            .map(|member| MemberState {
                header: member.clone(),
                exit: None,
                forwards: 0,
                drawn: 0,
                usage: Usage::default(),
                tier: member.capabilities.tier,
                times: None,
                predicted: None,
            })
            .collect();
        Self {
            params: Arc::new(header.params.clone()),
            weights: vec![None; header.members.len()],
            new_weights: Vec::new(),
            joined: Vec::new(),
            new_joined: Vec::new(),
            new_predicted: Vec::new(),
            presence: Presence::default(),
            begun: 0,
            members,
            rounds: Vec::new(),
            tree: Tree::default(),
            history: History::default(),
            phase: Phase::Running,
            steered: false,
            warnings: Vec::new(),
            t_ms: 0.0,
            first_segment_ms: None,
            summary: None,
            calls: Calls::default(),
            tokens: 0,
            header,
        }
    }

    /// The state that a trace's records add up to; `None` if the first is not the header.
    #[must_use]
    pub fn from_records<'a>(records: impl IntoIterator<Item = &'a Record>) -> Option<Self> {
        let mut records = records.into_iter();
        let Some(first @ Record { event: Event::RunStarted(header), .. }) = records.next() else { return None };
        let mut run = Self::new((**header).clone());
        run.apply(first);
        records.for_each(|record| run.apply(record));
        Some(run)
    }

    /// The member of that name.
    #[must_use]
    pub fn index(&self, name: &str) -> Option<MemberIndex> {
        self.members.iter().position(|member| &*member.header.name == name).map(MemberIndex)
    }

    /// The member at an index. Indices come from this run, so they always exist.
    #[must_use]
    pub fn member(&self, index: MemberIndex) -> &MemberState {
        &self.members[index.0]
    }

    /// The members that draft in the next round.
    pub fn drafters(&self) -> impl Iterator<Item = MemberIndex> {
        let chats = |member: &MemberState| member.is_active() && member.header.is_chat_drafter();
        let beside_chat = self.members.iter().any(chats);
        self.places(move |member| member.is_active() && member.header.drafts(beside_chat))
    }

    /// The members that verify in the next round. Those that left by the exit rule continue if the knob says so.
    pub fn verifiers(&self) -> impl Iterator<Item = MemberIndex> {
        let keep = self.params.exit_keep_verifying;
        self.places(move |member| {
            let present = match &member.exit {
                None => true,
                Some(exit) => keep && matches!(exit.reason, ExitReason::Retention { .. }),
            };
            present && member.header.role != Role::Draft && member.tier.scores()
        })
    }

    /// The two members that draft lazily in the next round, if the knob asks for it.
    #[must_use]
    pub fn pair(&self) -> Option<Pair> {
        pair::pair(&self.members)
    }

    fn places(&self, wanted: impl Fn(&MemberState) -> bool) -> impl Iterator<Item = MemberIndex> {
        self.members.iter().enumerate().filter(move |(_, member)| wanted(member)).map(|(place, _)| MemberIndex(place))
    }

    /// The round that is being played, if one is open.
    #[must_use]
    pub fn open_round(&self) -> Option<&Round> {
        self.rounds.last().map(AsRef::as_ref).filter(|round| round.accepted.is_none())
    }

    /// The accepted segments in order.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.rounds.iter().filter_map(|round| round.accepted.as_ref()).map(|accepted| &*accepted.text)
    }

    /// The accepted text.
    #[must_use]
    pub fn answer(&self) -> String {
        self.segments().collect()
    }

    /// Whether the answer is as long as it is going to be: it ended, or a limit ended it.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let last = self.rounds.iter().rev().find_map(|round| round.accepted.as_ref());
        let limited = match &self.phase {
            Phase::Finished(outcome) => outcome.limit().is_some(),
            Phase::Running | Phase::Paused => false,
        };
        limited || last.is_some_and(|accepted| accepted.ends)
    }

    /// Accepted tokens, counted by their authors' tokenizers.
    #[must_use]
    pub fn tokens(&self) -> usize {
        self.tokens
    }

    /// Absences at the current point of the answer, oldest first.
    #[must_use]
    pub fn departures(&self) -> &[Departure] {
        &self.presence.departures
    }

    /// The weight that the user gave a member, if any.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn weight_set(&self, member: MemberIndex) -> Option<f64> {
        self.weights.get(member.0).copied().flatten()
    }

    /// The verifiers' weights before any feedback, as the next round will use them.
    #[must_use]
    pub fn weights(&self) -> Weights {
        let mut weights = Weights::of(&self.header.members);
        for (member, capabilities) in &self.joined {
            weights.joined(*member, capabilities);
        }
        for (member, nats_per_byte) in self.predictions() {
            weights.predicted(member, nats_per_byte);
        }
        for (place, weight) in self.weights.iter().enumerate().filter(|(_, weight)| weight.is_some()) {
            weights.set(MemberIndex(place), *weight);
        }
        weights.under(self.params.weights);
        weights
    }

    /// How well members predict the question, for those that were asked.
    fn predictions(&self) -> impl Iterator<Item = (MemberIndex, f64)> {
        let known = self.members.iter().enumerate();
        known.filter_map(|(place, member)| Some((MemberIndex(place), member.predicted?)))
    }

    fn count_tokens(&mut self) {
        let accepted = self.rounds.iter().filter_map(|round| round.accepted.as_ref());
        self.tokens = accepted.fold(0, |sum, accepted| sum.saturating_add(accepted.tokens));
    }

    /// Calls that every member would have made in every round, less those that were made. Takes the same time however long the
    /// answer is.
    #[must_use]
    pub fn calls_saved(&self) -> Calls {
        summary::calls_saved(self)
    }

    /// What the run cost so far in US dollars; `None` if no member has a price.
    #[must_use]
    pub fn cost(&self) -> Option<f64> {
        self.members.iter().filter_map(MemberState::cost).reduce(|sum, cost| sum + cost)
    }

    /// Whether part of the cost is a guess, so that it is shown as "about".
    #[must_use]
    pub fn cost_is_guessed(&self) -> bool {
        self.members.iter().any(|member| member.header.price.is_some() && member.usage.is_guessed())
    }

    /// The figures of the run so far.
    #[must_use]
    pub fn summarise(&self) -> Summary {
        summary::summarise(self)
    }
}

#[cfg(test)]
mod tests;

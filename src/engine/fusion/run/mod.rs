//! What the events of a run add up to.
//!
//! Owns the state that a live run, a replay, a summary and an export all read: members, rounds, the accepted text. It only
//! takes in events ([`Run::apply`]); deciding what happens next is the round machine's.

mod round;
mod summary;

use std::sync::Arc;

pub use round::{DraftState, OwnScore, Round, ScoreCell};

use super::MemberIndex;
use super::event::{DraftFinished, Event, ExitReason, Header, MemberHeader, Outcome, Record, Role, ScoreTier, Summary, Usage};
use super::params::Params;
use super::score::Opinion;

/// What a run is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Rounds go on.
    Running,
    /// No further round begins until resumed.
    Paused,
    /// It is over.
    Finished(Outcome),
}

/// One member during a run.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberState {
    /// As the run began.
    pub header: MemberHeader,
    /// When and why it left, if it is away.
    pub exit: Option<Exit>,
    /// Token positions its model evaluated so far.
    pub forwards: u64,
    /// Tokens it drew so far.
    pub drawn: usize,
    /// Tokens it used so far, where a server counts them.
    pub usage: Usage,
    /// How it scores now.
    pub tier: ScoreTier,
}

/// When and why a member left.
#[derive(Debug, Clone, PartialEq)]
pub struct Exit {
    /// The round after which it left; 0 before the first.
    pub round: usize,
    /// Why.
    pub reason: ExitReason,
}

/// The state of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// What it was given.
    pub header: Header,
    /// The knobs, as the next round will use them.
    pub params: Arc<Params>,
    /// The members in the ensemble's order; a [`MemberIndex`] points here.
    pub members: Vec<MemberState>,
    /// The rounds of the answer as it stands; the last one may be open.
    pub rounds: Vec<Round>,
    /// Rounds that a rewind took out of the answer, in the order in which they were taken out.
    pub abandoned: Vec<Vec<Round>>,
    /// What it is doing.
    pub phase: Phase,
    /// Whether a person intervened.
    pub steered: bool,
    /// Warnings, oldest first.
    pub warnings: Vec<String>,
    /// When the last event happened, milliseconds since the start.
    pub t_ms: f64,
    /// When the first segment was accepted, milliseconds since the start.
    pub first_segment_ms: Option<f64>,
    /// The figures that the run itself wrote at its end.
    pub summary: Option<Summary>,
    /// Drafts asked for and candidates scored so far, with those of abandoned rounds.
    pub calls: Calls,
    /// See [`Run::tokens`]: a screen asks many times a second.
    tokens: usize,
}

/// Calls so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Calls {
    /// Drafts asked for.
    pub drafts: usize,
    /// Candidates scored, or failed to be scored.
    pub scores: usize,
}

impl MemberState {
    /// Whether it takes part.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.exit.is_none()
    }

    /// What it cost so far in US dollars, where its price was given.
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
            })
            .collect();
        Self {
            params: Arc::new(header.params.clone()),
            members,
            rounds: Vec::new(),
            abandoned: Vec::new(),
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

    /// The state that a trace's records add up to; `None` when the first is not the header.
    #[must_use]
    pub fn from_records<'a>(records: impl IntoIterator<Item = &'a Record>) -> Option<Self> {
        let mut records = records.into_iter();
        let Some(Record { event: Event::RunStarted(header), .. }) = records.next() else { return None };
        let mut run = Self::new((**header).clone());
        records.for_each(|record| run.apply(record));
        Some(run)
    }

    /// The member of that name.
    #[must_use]
    pub fn index(&self, name: &str) -> Option<MemberIndex> {
        self.members.iter().position(|member| &*member.header.name == name).map(MemberIndex)
    }

    /// The member at a place. Places come from this run, so they always exist.
    #[must_use]
    pub fn member(&self, index: MemberIndex) -> &MemberState {
        &self.members[index.0]
    }

    /// The members that draft in the next round.
    pub fn drafters(&self) -> impl Iterator<Item = MemberIndex> {
        self.places(|member| member.is_active() && member.header.role != Role::Verify)
    }

    /// The members that verify in the next round. Those that left by the exit rule go on where the knob says so.
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

    fn places(&self, wanted: impl Fn(&MemberState) -> bool) -> impl Iterator<Item = MemberIndex> {
        self.members.iter().enumerate().filter(move |(_, member)| wanted(member)).map(|(place, _)| MemberIndex(place))
    }

    /// The round that is being played, if one is open.
    #[must_use]
    pub fn open_round(&self) -> Option<&Round> {
        self.rounds.last().filter(|round| round.accepted.is_none())
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

    /// Accepted tokens, counted by their authors' tokenizers.
    #[must_use]
    pub fn tokens(&self) -> usize {
        self.tokens
    }

    fn count_tokens(&mut self) {
        let accepted = self.rounds.iter().filter_map(|round| round.accepted.as_ref());
        self.tokens = accepted.fold(0, |sum, accepted| sum.saturating_add(accepted.tokens));
    }

    /// Takes in one event. An event that names an unknown member or comes outside a round changes nothing: a trace that
    /// somebody edited must not end the program.
    pub fn apply(&mut self, record: &Record) {
        self.t_ms = record.t_ms;
        match &record.event {
            Event::RunStarted(_) => {}
            Event::RoundStarted { drafters, verifiers } => {
                let drafters: Vec<_> = drafters.iter().filter_map(|name| self.index(name)).collect();
                let verifiers = verifiers.iter().filter_map(|name| self.index(name)).collect();
                self.calls.drafts += drafters.len();
                self.rounds.retain(|round| round.accepted.is_some());
                self.rounds.push(Round::new(
                    record.round,
                    record.t_ms,
                    Arc::clone(&self.params),
                    drafters,
                    verifiers,
                    self.members.len(),
                ));
            }
            Event::Token { member, token } => self.in_round(member, |round, index| round.token(index, token)),
            Event::DraftFinished(draft) => self.draft_finished(draft),
            Event::DraftFailed { member, error, .. } => {
                self.in_round(member, |round, index| round.draft_failed(index, error));
            }
            Event::Score { member, scores, forwards, usage, elapsed_ms } => {
                for score in scores {
                    self.score(member, &score.candidate, Ok(score.opinion()), *elapsed_ms);
                }
                if let Some(index) = self.index(member) {
                    self.members[index.0].forwards += forwards;
                    self.members[index.0].usage += *usage;
                }
            }
            Event::TierLowered { member, tier, .. } => {
                if let Some(index) = self.index(member) {
                    self.members[index.0].tier = *tier;
                }
            }
            Event::ScoreFailed { member, candidates, error, elapsed_ms } => {
                for candidate in candidates {
                    self.score(member, candidate, Err(error.as_str().into()), *elapsed_ms);
                }
            }
            Event::Ranked(ranked) => {
                if let Some(round) = self.rounds.last_mut() {
                    round.ranked = Some(Arc::new((**ranked).clone()));
                }
            }
            Event::Accepted { member, authors, text, tokens, ends, overridden } => {
                self.first_segment_ms = self.first_segment_ms.or(Some(record.t_ms));
                let accepted = round::Accepted {
                    author: self.index(member),
                    authors: authors.iter().filter_map(|name| self.index(name)).collect(),
                    text: text.as_str().into(),
                    tokens: *tokens,
                    ends: *ends,
                    overridden: *overridden,
                    t_ms: record.t_ms,
                };
                if let Some(round) = self.rounds.last_mut() {
                    self.tokens = self.tokens.saturating_add(*tokens);
                    // A trace that somebody edited may accept twice in a round.
                    if round.accepted.replace(accepted).is_some() {
                        self.count_tokens();
                    }
                }
            }
            Event::Exited { member, reason } => self.set_exit(member, Some(Exit { round: record.round, reason: reason.clone() })),
            Event::Readmitted { member } => {
                self.steered = true;
                self.set_exit(member, None);
            }
            Event::Steered { .. } => self.steered = true,
            Event::ParamsChanged { name, value } => {
                self.steered = true;
                // A knob of another version is not ours to judge: the trace says what happened, the rest still reads.
                let _ = Arc::make_mut(&mut self.params).set(name, value);
            }
            Event::Paused => self.phase = Phase::Paused,
            Event::Resumed => self.phase = Phase::Running,
            Event::Rewound { to_round } => self.rewind(*to_round),
            Event::Warning { text } => self.warnings.push(text.clone()),
            Event::RunFinished(finished) => {
                self.phase = Phase::Finished(finished.outcome.clone());
                self.summary = Some(finished.summary.clone());
            }
        }
    }

    fn in_round(&mut self, member: &str, change: impl FnOnce(&mut Round, MemberIndex)) {
        if let (Some(index), Some(round)) = (self.index(member), self.rounds.last_mut()) {
            change(round, index);
        }
    }

    fn draft_finished(&mut self, draft: &DraftFinished) {
        self.in_round(&draft.member, |round, index| round.draft_finished(index, draft));
        if let Some(index) = self.index(&draft.member) {
            let member = &mut self.members[index.0];
            member.forwards += draft.forwards;
            member.usage += draft.usage;
            member.drawn += draft.drawn;
        }
    }

    fn score(&mut self, verifier: &str, candidate: &str, opinion: Result<Opinion, Arc<str>>, elapsed_ms: f64) {
        self.calls.scores += 1;
        if let (Some(verifier), Some(candidate)) = (self.index(verifier), self.index(candidate))
            && let Some(round) = self.rounds.last_mut()
        {
            round.add_score(ScoreCell { verifier, candidate, opinion, elapsed_ms });
        }
    }

    fn set_exit(&mut self, member: &str, exit: Option<Exit>) {
        if let Some(index) = self.index(member) {
            self.steered |= matches!(exit, Some(Exit { reason: ExitReason::Excluded, .. }));
            self.members[index.0].exit = exit;
        }
    }

    /// Goes back to the end of a round. Exits by the rule that came later are undone; members that failed or were excluded by
    /// hand stay away, since going back mends neither.
    fn rewind(&mut self, to_round: usize) {
        self.steered = true;
        let kept = self.rounds.iter().take_while(|round| round.number <= to_round).count();
        let gone = self.rounds.split_off(kept);
        if !gone.is_empty() {
            self.abandoned.push(gone);
        }
        self.count_tokens();
        for member in &mut self.members {
            let undone = member
                .exit
                .as_ref()
                .is_some_and(|exit| exit.round > to_round && matches!(exit.reason, ExitReason::Retention { .. }));
            if undone {
                member.exit = None;
            }
        }
    }

    /// Calls that every member would have made in every round, less those that were made. What it costs does not grow with
    /// the answer.
    #[must_use]
    pub fn calls_saved(&self) -> Calls {
        summary::calls_saved(self)
    }

    /// What the run cost so far in US dollars; `None` where no member has a price.
    #[must_use]
    pub fn cost(&self) -> Option<f64> {
        self.members.iter().filter_map(MemberState::cost).reduce(|sum, cost| sum + cost)
    }

    /// The figures of the run so far.
    #[must_use]
    pub fn summarise(&self) -> Summary {
        summary::summarise(self)
    }
}

#[cfg(test)]
mod tests;

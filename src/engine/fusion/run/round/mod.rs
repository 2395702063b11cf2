//! One round: its drafts, the candidates they become, and the scores that came back.
//!
//! `drafting` owns how drafts arrive, `ahead` what lazy drafting adds.

mod ahead;
mod drafting;
mod kept;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use ahead::Ahead;
pub use drafting::{DraftState, FinishedDraft};
pub use kept::Kept;

use super::MemberIndex;
use super::call::Call;
use crate::engine::fusion::candidate::Candidate;
use crate::engine::fusion::event::{Capabilities, Ranked, Repeats, Usage};
use crate::engine::fusion::params::Params;
use crate::engine::fusion::score::Opinion;

/// One verifier's reply about one candidate.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreCell {
    pub verifier: MemberIndex,
    /// The candidate, by its key.
    pub candidate: MemberIndex,
    /// Its opinion, or why it abstains.
    pub opinion: Result<Opinion, Arc<str>>,
    /// Natural logarithm of the probability of ending after it, if it does not end and the verifier knows it.
    pub end_logprob: Option<f32>,
    /// Milliseconds of the call that returned it.
    pub elapsed_ms: f64,
}

/// What was accepted.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// The credited author.
    pub author: Option<MemberIndex>,
    /// All members that drafted it.
    pub authors: Vec<MemberIndex>,
    pub text: Arc<str>,
    /// Tokens by the credited author's tokenizer.
    pub tokens: usize,
    pub ends: bool,
    /// Whether the user chose, edited or wrote it.
    pub overridden: bool,
    /// Whether the user edited what its authors drafted.
    pub edited: bool,
    /// When, milliseconds since the start of the run.
    pub t_ms: f64,
}

/// One round.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq)]
pub struct Round {
    /// Its number, from 1.
    pub number: usize,
    /// When it started, milliseconds since the start of the run.
    pub started_ms: f64,
    /// The knobs of the round.
    pub params: Arc<Params>,
    /// The drafters, in member order.
    pub drafters: Vec<MemberIndex>,
    /// The verifiers, in member order.
    pub verifiers: Vec<MemberIndex>,
    /// One per drafter, in the same order.
    pub drafts: Vec<DraftState>,
    /// What is drafted for the only drafter, under lazy drafting.
    pub ahead: Option<Ahead>,
    /// Drafters whose draft is finished, in the order in which they finished.
    pub arrived: Vec<MemberIndex>,
    /// Members that the user excluded while it was open: nothing of theirs counts.
    pub excluded: Vec<MemberIndex>,
    /// Members that were silent for too long: they get no further requests in this round.
    pub late: Vec<MemberIndex>,
    /// Members that the user had draft again in it.
    pub redrafted: Vec<MemberIndex>,
    /// What the user changed before it.
    pub opening: Opening,
    /// The calls that have ended, in the order in which they ended.
    pub calls: Vec<Call>,
    /// Tokens that each member used, if a server counts them.
    pub usage: Vec<(MemberIndex, Usage)>,
    /// The verifiers' replies, in order of arrival.
    scores: Vec<ScoreCell>,
    /// The index in `scores` of a verifier's reply about a candidate.
    score_places: BTreeMap<(MemberIndex, MemberIndex), usize>,
    /// Whether a scoring failed.
    score_failed: bool,
    /// The outcome of the vote.
    pub ranked: Option<Arc<Ranked>>,
    pub accepted: Option<Accepted>,
    /// The candidates so far: see [`Round::candidates`].
    candidates: Vec<Candidate>,
    /// Candidates that only repeat, by key: see [`Round::repeats`].
    aside: Vec<(MemberIndex, Repeats)>,
    /// Each author's score of its own candidate.
    own: Vec<(MemberIndex, OwnScore)>,
}

/// What the user changed between a round and the one before it, as far as it affects the vote.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Opening {
    /// Weights that the user set, or took back, from this round on.
    pub weights: Vec<(MemberIndex, Option<f64>)>,
    /// Members whose capabilities became known.
    pub joined: Vec<(MemberIndex, Arc<Capabilities>)>,
    /// How well members predict the question, in nats per byte, for those whose prediction arrived.
    pub predicted: Vec<(MemberIndex, f64)>,
    /// Members that were brought back.
    pub readmitted: Vec<MemberIndex>,
}

impl Accepted {
    /// Whether the user wrote it.
    #[must_use]
    pub fn is_written(&self) -> bool {
        self.overridden && self.authors.is_empty()
    }
}

impl ScoreCell {
    /// The log-probabilities of the candidate's tokens, if the verifier scored token by token.
    #[must_use]
    pub fn logprobs(&self) -> Option<&[f32]> {
        match &self.opinion {
            Ok(Opinion::Tokens(logprobs)) => Some(logprobs),
            Ok(Opinion::Preference(_)) | Err(_) => None,
        }
    }

    /// Whether the verifier judged.
    #[must_use]
    pub fn is_judgement(&self) -> bool {
        matches!(self.opinion, Ok(Opinion::Preference(_)))
    }
}

/// A member's score of its own candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnScore {
    /// Log-probabilities of the tokens it reported, then of the end if the candidate ends and the member knows it.
    pub logprobs: Vec<f32>,
    /// Whether the last of them is the end's.
    pub with_end: bool,
    /// Natural logarithm of the probability of ending after it, if it does not end and the member knows it.
    pub end_logprob: Option<f32>,
    /// Tokens of the candidate, by the member's own tokenizer.
    pub tokens: usize,
}

impl Round {
    /// A round in which nothing has come back yet.
    #[must_use]
    pub fn new(
        number: usize,
        started_ms: f64,
        params: Arc<Params>,
        drafters: Vec<MemberIndex>,
        verifiers: Vec<MemberIndex>,
    ) -> Self {
        let drafts = drafters.iter().map(|_| DraftState::Open(Vec::new())).collect();
        Self {
            number,
            started_ms,
            params,
            drafters,
            verifiers,
            drafts,
            ahead: None,
            arrived: Vec::new(),
            excluded: Vec::new(),
            late: Vec::new(),
            redrafted: Vec::new(),
            opening: Opening::default(),
            calls: Vec::new(),
            usage: Vec::new(),
            scores: Vec::new(),
            score_places: BTreeMap::new(),
            score_failed: false,
            ranked: None,
            accepted: None,
            candidates: Vec::new(),
            aside: Vec::new(),
            own: Vec::new(),
        }
    }

    /// The same round, opened with what the user changed before it.
    #[must_use]
    pub fn opened(self, opening: Opening) -> Self {
        Self { opening, ..self }
    }

    /// The distinct candidates, ordered by their earliest author. Under alignment there are none until every draft is in, because
    /// the shortest decides where all are cut.
    #[must_use]
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// What a candidate that was set aside repeats, by its key; `None` if it takes part. If only such candidates are left, all
    /// take part.
    #[must_use]
    pub fn repeats(&self, candidate: MemberIndex) -> Option<Repeats> {
        let repeats = |key: MemberIndex| self.aside.iter().find(|(aside, _)| *aside == key).map(|(_, repeats)| *repeats);
        let another = || self.candidates.iter().any(|candidate| repeats(candidate.key).is_none());
        repeats(candidate).filter(|_| another())
    }

    /// The candidates that take part: all except those set aside.
    pub fn taking_part(&self) -> impl Iterator<Item = &Candidate> {
        self.candidates.iter().filter(|candidate| self.repeats(candidate.key).is_none())
    }

    pub(super) fn set_aside(&mut self, candidate: MemberIndex, repeats: Repeats) {
        self.aside.push((candidate, repeats));
    }

    /// The candidate of a member.
    #[must_use]
    pub fn candidate_of(&self, author: MemberIndex) -> Option<&Candidate> {
        self.candidates.iter().find(|candidate| candidate.authors.contains(&author))
    }

    /// A member's finished draft, as drafted (alignment may have shortened its candidate).
    #[must_use]
    pub fn finished(&self, member: MemberIndex) -> Option<&FinishedDraft> {
        match self.draft(member)? {
            DraftState::Finished(draft) => Some(draft),
            DraftState::Open(_) | DraftState::Failed(_) => None,
        }
    }

    /// A member's draft.
    #[must_use]
    pub fn draft(&self, member: MemberIndex) -> Option<&DraftState> {
        let ahead = self.ahead.as_ref().filter(|ahead| ahead.member == member).map(|ahead| &ahead.draft);
        self.slot(member).map(|slot| &self.drafts[slot]).or(ahead)
    }

    fn draft_mut(&mut self, member: MemberIndex) -> Option<&mut DraftState> {
        match self.slot(member) {
            Some(slot) => Some(&mut self.drafts[slot]),
            None => self.ahead.as_mut().filter(|ahead| ahead.member == member).map(|ahead| &mut ahead.draft),
        }
    }

    /// Whether anything of this round has arrived: a token, a draft or its failure.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        let ahead = self.ahead.iter().map(|ahead| &ahead.draft);
        self.drafts.iter().chain(ahead).any(|draft| !matches!(draft, DraftState::Open(tokens) if tokens.is_empty()))
    }

    /// Those of these members that count in it: all except those the user excluded while it was open.
    #[must_use]
    pub fn counting(&self, members: &[MemberIndex]) -> Vec<MemberIndex> {
        members.iter().copied().filter(|member| !self.excluded.contains(member)).collect()
    }

    /// The members whose scores are awaited while it is open: the verifiers that count, or the drafters if there are none.
    #[must_use]
    pub fn listed_verifiers(&self) -> Vec<MemberIndex> {
        self.counting(if self.verifiers.is_empty() { &self.drafters } else { &self.verifiers })
    }

    /// The members whose scores decide it, in member order: the verifiers that count; if there is something to decide and none of
    /// them scored anything, the drafters, each speaking for its own draft.
    #[must_use]
    pub fn electors(&self) -> Vec<MemberIndex> {
        let verifiers = self.counting(&self.verifiers);
        let scored = self.scores.iter().any(|cell| cell.opinion.is_ok() && verifiers.contains(&cell.verifier));
        if scored || self.taking_part().count() < 2 { verifiers } else { self.counting(&self.drafters) }
    }

    /// The accepted candidate; `None` if there is none, or its text was edited or written by hand.
    #[must_use]
    pub fn accepted_candidate(&self) -> Option<&Candidate> {
        // By its author: a candidate that did not end the answer may have been accepted as its end.
        let accepted = self.accepted.as_ref()?;
        self.candidate_of(accepted.author?).filter(|candidate| candidate.text == accepted.text)
    }

    /// Whether the members ended the answer with a segment that no draft ended.
    #[must_use]
    pub fn end_was_decided(&self) -> bool {
        let ends = self.accepted.as_ref().is_some_and(|accepted| accepted.ends);
        ends && self.accepted_candidate().is_some_and(|candidate| !candidate.ends)
    }

    /// The key of the candidate that the user chose or edited; `None` if the scores decided.
    #[must_use]
    pub fn chosen_by_hand(&self) -> Option<MemberIndex> {
        let accepted = self.accepted.as_ref().filter(|accepted| accepted.overridden)?;
        Some(self.candidate_of(accepted.author?)?.key)
    }

    /// Whether it only ends the answer: nothing was written in it.
    #[must_use]
    pub fn only_ends(&self) -> bool {
        self.accepted.as_ref().is_some_and(|accepted| accepted.ends && accepted.text.trim().is_empty())
    }

    /// Whether the scores had several candidates to choose from.
    #[must_use]
    pub fn is_contested(&self) -> bool {
        self.ranked.as_ref().is_some_and(|ranked| !ranked.unanimous && ranked.candidates.len() > 1)
    }

    /// Whether no draft is still open.
    #[must_use]
    pub fn all_drafted(&self) -> bool {
        self.drafts.iter().all(|draft| !matches!(draft, DraftState::Open(_)))
    }

    /// A verifier's reply about a candidate, by key.
    #[must_use]
    pub fn score(&self, verifier: MemberIndex, candidate: MemberIndex) -> Option<&ScoreCell> {
        self.score_places.get(&(verifier, candidate)).map(|place| &self.scores[*place])
    }

    /// The verifiers' replies, in order of arrival.
    #[must_use]
    pub fn scores(&self) -> &[ScoreCell] {
        &self.scores
    }

    /// Whether any verifier judged, so that all scores of the round are shares.
    #[must_use]
    pub fn is_judged(&self) -> bool {
        self.scores.iter().any(ScoreCell::is_judgement)
    }

    /// Whether a draft or a scoring failed.
    #[must_use]
    pub fn has_failure(&self) -> bool {
        let ahead = self.ahead.iter().map(|ahead| &ahead.draft);
        self.score_failed || self.drafts.iter().chain(ahead).any(|draft| matches!(draft, DraftState::Failed(_)))
    }

    pub(super) fn add_score(&mut self, cell: ScoreCell) {
        self.score_places.insert((cell.verifier, cell.candidate), self.scores.len());
        self.score_failed |= cell.opinion.is_err();
        self.scores.push(cell);
    }

    /// A member's score of its own candidate; `None` if it has no candidate.
    #[must_use]
    pub fn own_score(&self, member: MemberIndex) -> Option<&OwnScore> {
        self.own.iter().find(|(author, _)| *author == member).map(|(_, own)| own)
    }

    /// Tokens of a member's own candidate, by its own tokenizer.
    #[must_use]
    pub fn own_tokens(&self, member: MemberIndex) -> Option<usize> {
        self.own_score(member).map(|own| own.tokens)
    }

    /// The candidates a verifier has yet to score: those it did not draft, or whose probabilities it did not report while
    /// drafting. A verifier that judges does so once, when every draft is in, and about all candidates.
    pub fn unscored(&self, verifier: MemberIndex, judges: bool) -> impl Iterator<Item = &Candidate> {
        let ready = self.taking_part().count() > 1 && (!judges || self.all_drafted());
        let told = move |candidate: &Candidate| {
            candidate.authors.contains(&verifier) && self.own_score(verifier).is_some_and(|own| !own.logprobs.is_empty())
        };
        let wanted = move |candidate: &&Candidate| {
            let cell = self.score(verifier, candidate.key);
            if judges { cell.is_none_or(|cell| cell.logprobs().is_some()) } else { cell.is_none() && !told(candidate) }
        };
        self.taking_part().filter(move |_| ready).filter(wanted)
    }

    /// Whether a member's draft is still to come.
    #[must_use]
    pub fn is_drafting(&self, member: MemberIndex) -> bool {
        matches!(self.draft(member), Some(DraftState::Open(_)))
    }

    pub(super) fn spend(&mut self, member: MemberIndex, usage: Usage) {
        if usage.is_zero() {
            return;
        }
        match self.usage.iter_mut().find(|(of, _)| *of == member) {
            Some((_, known)) => *known += usage,
            None => self.usage.push((member, usage)),
        }
    }

    fn slot(&self, member: MemberIndex) -> Option<usize> {
        self.drafters.iter().position(|drafter| *drafter == member)
    }
}

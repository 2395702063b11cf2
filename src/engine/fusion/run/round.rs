//! One round: its drafts, the candidates they become, and the scores that came back.

use std::sync::Arc;

use super::{MemberIndex, whole};
use crate::engine::fusion::candidate::{Draft, DraftToken, merge};
use crate::engine::fusion::event::{DraftFinished, Ranked};
use crate::engine::fusion::params::{Alignment, Params};
use crate::engine::fusion::segment::align;

/// A draft in the making.
#[derive(Debug, Clone, PartialEq)]
pub enum DraftState {
    /// Tokens still come; this is the text so far.
    Open(Vec<DraftToken>),
    /// It is complete.
    Finished(Arc<FinishedDraft>),
    /// It failed, for this reason.
    Failed(Arc<str>),
}

/// A complete draft with its timing.
#[derive(Debug, Clone, PartialEq)]
pub struct FinishedDraft {
    /// The draft after the cut.
    pub draft: Draft,
    /// What was drawn beyond the cut.
    pub beyond: Arc<str>,
    /// Milliseconds from the request to the first token.
    pub first_token_ms: f64,
    /// Milliseconds from the request to the end.
    pub elapsed_ms: f64,
}

/// A candidate during a round.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateState {
    /// The member that drafted it first: its name in events.
    pub key: MemberIndex,
    /// Everyone who drafted it, earliest member first.
    pub authors: Vec<MemberIndex>,
    /// The text.
    pub text: Arc<str>,
    /// Number of characters of the text.
    pub characters: usize,
    /// Whether the answer is complete after it.
    pub ends: bool,
}

/// One verifier's reply about one candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreCell {
    /// The verifier.
    pub verifier: MemberIndex,
    /// The candidate, by its key.
    pub candidate: MemberIndex,
    /// The log-probabilities of its tokens, or why there are none.
    pub logprobs: Result<Arc<[f32]>, Arc<str>>,
    /// Milliseconds of the call that brought it.
    pub elapsed_ms: f64,
}

/// What was accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// The author it is credited to.
    pub author: Option<MemberIndex>,
    /// Everyone who drafted it.
    pub authors: Vec<MemberIndex>,
    /// The text.
    pub text: Arc<str>,
    /// Tokens by the credited author's tokenizer.
    pub tokens: usize,
    /// Whether the answer is complete.
    pub ends: bool,
    /// Whether a person chose it.
    pub overridden: bool,
    /// When, milliseconds since the start of the run.
    pub t_ms: f64,
}

/// One round.
#[derive(Debug, Clone, PartialEq)]
pub struct Round {
    /// Its number, from 1.
    pub number: usize,
    /// When it began, milliseconds since the start of the run.
    pub started_ms: f64,
    /// The knobs in force.
    pub params: Arc<Params>,
    /// Who drafts, in member order.
    pub drafters: Vec<MemberIndex>,
    /// Who verifies, in member order.
    pub verifiers: Vec<MemberIndex>,
    /// A slot per drafter, in the same order.
    pub drafts: Vec<DraftState>,
    /// Drafters whose draft is finished, in the order in which they finished.
    pub arrived: Vec<MemberIndex>,
    /// What came back from verifiers, in order of arrival.
    pub scores: Vec<ScoreCell>,
    /// The outcome of the vote.
    pub ranked: Option<Arc<Ranked>>,
    /// What was accepted.
    pub accepted: Option<Accepted>,
    /// The candidates so far: see [`Round::candidates`].
    candidates: Vec<CandidateState>,
    /// The log-probabilities of each author's own candidate, the end's included.
    own: Vec<(MemberIndex, Vec<f32>)>,
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
            arrived: Vec::new(),
            scores: Vec::new(),
            ranked: None,
            accepted: None,
            candidates: Vec::new(),
            own: Vec::new(),
        }
    }

    /// The distinct candidates, ordered by their earliest author. Under alignment there are none until every draft is in,
    /// because the shortest decides where all are cut.
    #[must_use]
    pub fn candidates(&self) -> &[CandidateState] {
        &self.candidates
    }

    /// The candidate of a member.
    #[must_use]
    pub fn candidate_of(&self, author: MemberIndex) -> Option<&CandidateState> {
        self.candidates.iter().find(|candidate| candidate.authors.contains(&author))
    }

    /// A member's finished draft, as drafted (alignment may have cut its candidate shorter).
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
        self.slot(member).map(|slot| &self.drafts[slot])
    }

    /// Whether no draft is open any more.
    #[must_use]
    pub fn all_drafted(&self) -> bool {
        self.drafts.iter().all(|draft| !matches!(draft, DraftState::Open(_)))
    }

    /// What a verifier said of a candidate, by key.
    #[must_use]
    pub fn score(&self, verifier: MemberIndex, candidate: MemberIndex) -> Option<&ScoreCell> {
        self.scores.iter().find(|cell| cell.verifier == verifier && cell.candidate == candidate)
    }

    /// A member's own log-probabilities of its candidate, then of the end where it ends and the member knows; `None` when it
    /// has no candidate.
    #[must_use]
    pub fn own_logprobs(&self, member: MemberIndex) -> Option<&[f32]> {
        self.own.iter().find(|(author, _)| *author == member).map(|(_, logprobs)| logprobs.as_slice())
    }

    /// Tokens of a member's own candidate, by its own tokenizer.
    #[must_use]
    pub fn own_tokens(&self, member: MemberIndex) -> Option<usize> {
        let ends = self.candidate_of(member)?.ends;
        let end_counted = usize::from(ends && self.finished(member)?.draft.end_logprob.is_some());
        self.own_logprobs(member).map(|logprobs| logprobs.len() - end_counted.min(logprobs.len()))
    }

    fn slot(&self, member: MemberIndex) -> Option<usize> {
        self.drafters.iter().position(|drafter| *drafter == member)
    }

    pub(super) fn token(&mut self, member: MemberIndex, token: &DraftToken) {
        if let Some(slot) = self.slot(member)
            && let DraftState::Open(tokens) = &mut self.drafts[slot]
        {
            tokens.push(token.clone());
        }
    }

    pub(super) fn draft_failed(&mut self, member: MemberIndex, error: &str) {
        if let Some(slot) = self.slot(member) {
            self.drafts[slot] = DraftState::Failed(error.into());
            self.refresh_candidates();
        }
    }

    pub(super) fn draft_finished(&mut self, member: MemberIndex, finished: &DraftFinished) {
        let Some(slot) = self.slot(member) else { return };
        let draft = Draft { tokens: finished.tokens.clone(), ends: finished.ends, end_logprob: finished.end_logprob };
        self.drafts[slot] = DraftState::Finished(Arc::new(FinishedDraft {
            draft,
            beyond: finished.beyond.as_str().into(),
            first_token_ms: finished.first_token_ms,
            elapsed_ms: finished.elapsed_ms,
        }));
        self.arrived.push(member);
        self.refresh_candidates();
    }

    /// Merges the drafts that are in. Keys never change: a candidate keeps the name of whoever drafted it first.
    fn refresh_candidates(&mut self) {
        let aligned = self.params.align == Alignment::Words;
        if aligned && !self.all_drafted() {
            return;
        }
        let finished: Vec<(MemberIndex, Draft)> = self
            .drafters
            .iter()
            .filter_map(|member| self.finished(*member).map(|finished| (*member, finished.draft.clone())))
            .collect();
        let texts: Vec<String> = finished.iter().map(|(_, draft)| draft.text()).collect();
        let spans: Vec<(&str, bool)> =
            texts.iter().zip(&finished).map(|(text, (_, draft))| (text.as_str(), draft.ends)).collect();
        let cuts = if aligned { align(&spans) } else { spans.iter().map(|(text, ends)| whole(text, *ends)).collect() };
        let cut: Vec<(MemberIndex, Draft)> =
            finished.iter().zip(cuts).map(|((member, draft), cut)| (*member, draft.cut(cut))).collect();
        let merged = merge(&cut.iter().map(|(member, draft)| (*member, draft)).collect::<Vec<_>>());
        self.candidates = merged
            .into_iter()
            .filter_map(|candidate| {
                let key = self.arrived.iter().copied().find(|member| candidate.authors.contains(member))?;
                let characters = candidate.text.chars().count();
                let text = candidate.text.into();
                Some(CandidateState { key, authors: candidate.authors, text, characters, ends: candidate.ends })
            })
            .collect();
        self.own = cut.into_iter().map(|(member, draft)| (member, draft.logprobs())).collect();
    }
}

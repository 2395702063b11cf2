//! Drafts arriving and being withdrawn, and the candidates they become.

use std::sync::Arc;

use super::{Kept, OwnScore, Round, ScoreCell};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::candidate::{Draft, DraftToken, merge};
use crate::engine::fusion::event::{DraftFinished, Thought};
use crate::engine::fusion::params::Alignment;
use crate::engine::fusion::segment::{Cut, align};

/// A draft in progress or done.
#[derive(Debug, Clone, PartialEq)]
pub enum DraftState {
    /// Tokens are still arriving; this is the text so far.
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
    /// What its author thought first.
    pub thought: Arc<Thought>,
    /// What it kept of another member's draft, under lazy drafting.
    pub kept: Option<Kept>,
    /// Milliseconds from the request to the first token.
    pub first_token_ms: f64,
    /// Milliseconds from the request to the end.
    pub elapsed_ms: f64,
}

impl Round {
    pub(in super::super) fn token(&mut self, member: MemberIndex, token: &DraftToken) {
        if let Some(DraftState::Open(tokens)) = self.draft_mut(member) {
            tokens.push(token.clone());
        }
    }

    pub(in super::super) fn draft_failed(&mut self, member: MemberIndex, error: &str) {
        if let Some(draft) = self.draft_mut(member) {
            *draft = DraftState::Failed(error.into());
            self.align_when_complete();
        }
    }

    /// Drops the open drafts: the round was decided before they came back.
    pub(in super::super) fn drop_open_drafts(&mut self) {
        let mut dropped = false;
        let ahead = self.ahead.iter_mut().map(|ahead| &mut ahead.draft);
        for draft in self.drafts.iter_mut().chain(ahead).filter(|draft| matches!(draft, DraftState::Open(_))) {
            (*draft, dropped) = (DraftState::Failed("dropped when the round was decided".into()), true);
        }
        if dropped {
            self.align_when_complete();
        }
    }

    pub(in super::super) fn draft_finished(&mut self, member: MemberIndex, finished: &DraftFinished, kept: Option<Kept>) {
        let Some(state) = self.draft_mut(member) else { return };
        let DraftState::Open(tokens) = state else { return };
        let drawn = Draft { tokens: std::mem::take(tokens), ends: finished.ends, end_logprob: None };
        let draft = drawn.cut(Cut { bytes: finished.text.len(), ends: finished.ends });
        *state = DraftState::Finished(Arc::new(FinishedDraft {
            draft: Draft { end_logprob: finished.end_logprob, ..draft },
            beyond: finished.beyond.as_str().into(),
            thought: Arc::new(finished.thought.clone()),
            kept,
            first_token_ms: finished.first_token_ms,
            elapsed_ms: finished.elapsed_ms,
        }));
        if self.slot(member).is_some() {
            self.arrived.push(member);
            self.take_in(member);
        }
    }

    /// Makes the draft that has just arrived a candidate, or its member another author of a known one.
    fn take_in(&mut self, member: MemberIndex) {
        if self.params.align == Alignment::Words {
            return self.align_when_complete();
        }
        if let Some(DraftState::Finished(finished)) = self.draft(member) {
            let finished = Arc::clone(finished);
            self.add_candidate(member, &finished.draft);
        }
    }

    /// Under alignment the shortest draft decides where all are cut, so there are no candidates before the last draft.
    fn align_when_complete(&mut self) {
        if self.params.align != Alignment::Words || !self.all_drafted() {
            return;
        }
        let drafts: Vec<(MemberIndex, Draft)> = self
            .arrived
            .iter()
            .filter_map(|member| self.finished(*member).map(|finished| (*member, finished.draft.clone())))
            .collect();
        let texts: Vec<String> = drafts.iter().map(|(_, draft)| draft.text()).collect();
        let spans: Vec<(&str, bool)> = texts.iter().zip(&drafts).map(|(text, (_, draft))| (text.as_str(), draft.ends)).collect();
        for ((member, draft), cut) in drafts.iter().zip(align(&spans)) {
            self.add_candidate(*member, &draft.cut(cut));
        }
    }

    fn add_candidate(&mut self, member: MemberIndex, draft: &Draft) {
        let own = OwnScore {
            logprobs: draft.logprobs(),
            with_end: draft.ends && draft.end_logprob.is_some(),
            end_logprob: draft.end_logprob.filter(|_| !draft.ends),
            tokens: draft.tokens.len(),
        };
        self.own.push((member, own));
        merge(&mut self.candidates, member, draft);
    }

    /// Withdraws a member's draft, and its scores if no other member drafted the same. Judgements go too: they compare all
    /// candidates of a round.
    pub(in super::super) fn draft_again(&mut self, member: MemberIndex) {
        let Some(slot) = self.slot(member) else { return };
        self.drafts[slot] = DraftState::Open(Vec::new());
        self.redrafted.push(member);
        self.arrived.retain(|arrived| *arrived != member);
        self.late.retain(|late| *late != member);
        self.own.retain(|(author, _)| *author != member);
        if self.params.align == Alignment::Words {
            // The shortest draft decides where all are cut, so no candidate is valid until it is known again.
            self.candidates.clear();
            self.aside.clear();
            self.own.clear();
            self.keep_scores(|_| None);
            return;
        }
        let mut renamed = None;
        for candidate in &mut self.candidates {
            candidate.authors.retain(|author| *author != member);
            if candidate.key == member
                && let Some(first) = candidate.authors.first()
            {
                for (aside, _) in self.aside.iter_mut().filter(|(aside, _)| *aside == member) {
                    *aside = *first;
                }
                candidate.key = *first;
                renamed = Some(*first);
            }
        }
        self.candidates.retain(|candidate| !candidate.authors.is_empty());
        self.candidates.sort_by_key(|candidate| candidate.authors.first().copied());
        let known: Vec<MemberIndex> = self.candidates.iter().map(|candidate| candidate.key).collect();
        self.aside.retain(|(key, _)| known.contains(key));
        self.keep_scores(|key| if key == member { renamed } else { known.contains(&key).then_some(key) });
    }

    /// Keeps the token-by-token scores of candidates that still have a key.
    fn keep_scores(&mut self, key: impl Fn(MemberIndex) -> Option<MemberIndex>) {
        let scores = std::mem::take(&mut self.scores);
        self.score_places.clear();
        self.score_failed = false;
        for cell in scores.into_iter().filter(|cell| !cell.is_judgement()) {
            if let Some(candidate) = key(cell.candidate) {
                self.add_score(ScoreCell { candidate, ..cell });
            }
        }
    }
}

//! Playing a round: drafts go out, candidates come in, free verifiers score, the vote is decided.

use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use super::seed::draft_seed;
use super::{Call, CallId, Effect, Machine, Pace, Work};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::candidate::{Candidate, Draft, DraftToken};
use crate::engine::fusion::event::{
    CandidateScore, DraftFinished, Event, ExitReason, Outcome, Ranked, RankedCandidate, RankedStanding,
};
use crate::engine::fusion::exit::Standing;
use crate::engine::fusion::run::{DraftState, Exit};
use crate::engine::fusion::score::Opinion;
use crate::engine::fusion::vote::{Decision, Electorate};
use crate::engine::member::{Context, DraftRequest, Drafted, Hints, MemberError, Sampling, ScoreRequest, Scored};

/// A probability of 0 as a log-probability: JSON has no infinity, and no model's float32 softmax reaches this.
const IMPOSSIBLE: f32 = -1000.0;

/// What decides a round.
pub(super) enum Choice {
    /// The scores.
    Vote,
    /// A person, for the candidate of this key.
    Candidate(MemberIndex),
    /// A person, who changed the text of this member's candidate.
    Edited {
        /// Whose.
        author: MemberIndex,
        /// What they made of it.
        text: String,
    },
}

impl Machine {
    /// Begins the next round, or ends the run where no round may follow.
    pub(super) fn next_round(&mut self) {
        if self.has_ended() {
            return self.finish(Outcome::Answered);
        }
        if self.pace == Pace::Paused {
            return;
        }
        let played = self.run.rounds.iter().filter(|round| round.accepted.is_some()).count();
        let drafters: Vec<_> = self.run.drafters().collect();
        if drafters.is_empty() {
            let error = self.last_error.clone();
            return self.finish(Outcome::NoMembers { error });
        }
        if self.run.tokens() >= self.run.params.max_tokens {
            return self.finish(Outcome::TokenLimit);
        }
        if played >= self.run.params.max_rounds {
            return self.finish(Outcome::RoundLimit);
        }
        self.begun += 1;
        self.hints = Hints::default();
        let verifiers: Vec<_> = self.run.verifiers().collect();
        let event = Event::RoundStarted { drafters: self.names(&drafters), verifiers: self.names(&verifiers) };
        self.emit_in(played + 1, event);
        for member in drafters {
            self.request_draft(member);
        }
    }

    /// Whether the accepted text is the whole answer.
    pub(super) fn has_ended(&self) -> bool {
        self.run.rounds.last().and_then(|round| round.accepted.as_ref()).is_some_and(|accepted| accepted.ends)
    }

    pub(super) fn request_draft(&mut self, member: MemberIndex) {
        let params = Arc::clone(&self.run.params);
        let seed = draft_seed(self.run.header.seed, &self.name(member), self.begun);
        let own = self.run.member(member).header.sampling;
        let (temperature, top_p) = (own.temperature.unwrap_or(params.temperature), own.top_p.unwrap_or(params.top_p));
        let call = self.begin_call(member, Work::Draft { first_token_ms: None });
        self.effects.push(Effect::Draft {
            call,
            member,
            request: DraftRequest {
                context: self.context.clone(),
                sampling: Sampling { temperature: temperature as f32, top_p: top_p as f32, seed },
                segment: params.segment_rule(),
                hints: self.hints.clone(),
            },
            seconds: params.draft_seconds as u64,
        });
    }

    pub(super) fn token(&mut self, call: CallId, token: DraftToken) {
        let now_ms = self.now_ms;
        let Some(call) = self.calls.iter_mut().find(|known| known.id == call) else { return };
        if let Work::Draft { first_token_ms } = &mut call.work {
            first_token_ms.get_or_insert(rounded(now_ms - call.started_ms));
            let member = call.member;
            let member = self.name(member);
            self.emit(Event::Token { member, token: possible_token(token) });
        }
    }

    pub(super) fn drafted(&mut self, call: CallId, result: Result<Drafted, MemberError>) {
        let Some(Call { member, started_ms, work, .. }) = self.returned(call) else { return };
        let elapsed_ms = rounded(self.now_ms - started_ms);
        let first_token_ms = match work {
            Work::Draft { first_token_ms } => first_token_ms.unwrap_or(elapsed_ms),
            Work::Score(_) => return,
        };
        match result.and_then(|drafted| self.cut(member, drafted)) {
            Ok((finished, untold)) => {
                self.failures[member.0].drafts = 0;
                for token in untold {
                    let member = self.name(member);
                    self.emit(Event::Token { member, token });
                }
                self.emit(Event::DraftFinished(Box::new(DraftFinished { first_token_ms, elapsed_ms, ..finished })));
            }
            Err(error) => {
                let name = self.name(member);
                self.emit(Event::DraftFailed { member: name, error: error.to_string(), elapsed_ms });
                self.failed(member, &error, |failures| &mut failures.drafts);
            }
        }
        self.advance(None);
    }

    /// Cuts a draft to its segment. A draft without text that does not end the answer is a failure: accepting it would repeat
    /// the round for ever.
    ///
    /// Returns also the tokens that the member did not tell while it drafted: the record holds every token once.
    fn cut(&self, member: MemberIndex, drafted: Drafted) -> Result<(DraftFinished, Vec<DraftToken>), MemberError> {
        let Drafted { draft, forwards, usage } = drafted;
        let told = match self.run.open_round().and_then(|round| round.draft(member)) {
            Some(DraftState::Open(tokens)) => tokens.len(),
            Some(DraftState::Finished(_) | DraftState::Failed(_)) | None => 0,
        };
        let text = draft.text();
        let rule = self.run.rounds.last().map_or_else(|| self.run.params.segment_rule(), |round| round.params.segment_rule());
        let cut = rule.cut(&text, draft.ends);
        if cut.bytes == 0 && !cut.ends {
            return Err(MemberError::Failed("it returned nothing".to_owned()));
        }
        let finished = DraftFinished {
            member: self.name(member),
            text: text[..cut.bytes].to_owned(),
            ends: cut.ends,
            end_logprob: draft.end_logprob.filter(|_| cut.ends).map(possible),
            beyond: text[cut.bytes..].to_owned(),
            drawn: drawn(&draft),
            forwards,
            usage,
            first_token_ms: 0.0,
            elapsed_ms: 0.0,
        };
        Ok((finished, draft.tokens.into_iter().skip(told).map(possible_token).collect()))
    }

    pub(super) fn scored(&mut self, call: CallId, result: Result<Scored, MemberError>) {
        let Some(Call { member, started_ms, work, .. }) = self.returned(call) else { return };
        let elapsed_ms = rounded(self.now_ms - started_ms);
        let candidates = match work {
            Work::Score(candidates) => candidates,
            Work::Draft { .. } => return,
        };
        let result = result.and_then(|scored| complete(scored, candidates.len()));
        match result {
            Ok(reply) => {
                self.failures[member.0].scores = 0;
                let said = candidates
                    .iter()
                    .zip(reply.opinions)
                    .map(|(candidate, opinion)| CandidateScore::new(self.name(*candidate), possible_opinion(opinion)));
                let (scores, forwards, usage) = (said.collect(), reply.forwards, reply.usage);
                let member = self.name(member);
                self.emit(Event::Score { member, scores, forwards, usage, elapsed_ms });
            }
            Err(MemberError::Lowered { to, reason }) if to > self.run.member(member).tier => {
                // Whatever else it is scoring in the old way is asked again in the new one.
                self.cancel(|call| call.member == member);
                let name = self.name(member);
                self.emit(Event::TierLowered { member: name, tier: to, reason: reason.clone() });
                if !to.scores() {
                    let (name, candidates) = (self.name(member), self.names(&candidates));
                    self.emit(Event::ScoreFailed { member: name, candidates, error: reason, elapsed_ms });
                }
            }
            Err(error) => {
                let (name, candidates) = (self.name(member), self.names(&candidates));
                self.emit(Event::ScoreFailed { member: name, candidates, error: error.to_string(), elapsed_ms });
                self.failed(member, &error, |failures| &mut failures.scores);
            }
        }
        self.advance(Some(member));
    }

    /// Gives verifiers that are free what they can score now; decides the round when nothing is left to wait for. After a
    /// scoring no other verifier than the one it `freed` has anything new to do.
    pub(super) fn advance(&mut self, freed: Option<MemberIndex>) {
        if self.run.open_round().is_none() {
            return;
        }
        self.request_scores(freed);
        let undrafted = self.run.open_round().is_some_and(|round| !round.all_drafted());
        if self.is_busy() || undrafted {
            return;
        }
        if self.run.open_round().is_some_and(|round| round.candidates().is_empty()) {
            return self.next_round();
        }
        self.close(Choice::Vote);
    }

    /// Nothing is scored while only one candidate is known: if it stays the only one, the round is unanimous and no call is
    /// needed.
    fn request_scores(&mut self, freed: Option<MemberIndex>) {
        let Some(round) = self.run.open_round() else { return };
        let free: Vec<MemberIndex> = round
            .verifiers
            .iter()
            .copied()
            .filter(|verifier| freed.is_none_or(|freed| freed == *verifier))
            .filter(|verifier| self.has_a_call_left(*verifier) && self.may_verify(*verifier))
            .collect();
        for verifier in free {
            let Some(round) = self.run.open_round() else { return };
            let pending = round.unscored(verifier, self.run.member(verifier).tier.judges());
            let pending = pending.filter(|candidate| !self.is_scoring(verifier, candidate.key));
            let mut pending: Vec<(MemberIndex, (Arc<str>, bool))> =
                pending.map(|candidate| (candidate.key, (Arc::clone(&candidate.text), candidate.ends))).collect();
            if self.run.member(verifier).tier.judges() && pending.len() < round.candidates().len() {
                // A judgement holds all candidates of a round against each other or none.
                pending.clear();
            }
            let (keys, candidates): (Vec<_>, Vec<_>) = pending.into_iter().unzip();
            if !keys.is_empty() {
                self.request_score(verifier, keys, candidates);
            }
        }
    }

    /// Whether a verifier can be asked now. A candidate that comes while it scores another does not wait for that: where members
    /// are equally fast, drafts come one right after the other, and the last would take the round a second scoring's time.
    fn has_a_call_left(&self, verifier: MemberIndex) -> bool {
        let most = self.run.member(verifier).header.capabilities.concurrency.max(1);
        !self.is_drafting(verifier) && self.calls_of(verifier).count() < most
    }

    fn is_scoring(&self, verifier: MemberIndex, candidate: MemberIndex) -> bool {
        self.calls_of(verifier).any(|call| matches!(&call.work, Work::Score(candidates) if candidates.contains(&candidate)))
    }

    /// A verifier that left during the round, by failure or by hand, is not asked any more.
    fn may_verify(&self, verifier: MemberIndex) -> bool {
        match &self.run.member(verifier).exit {
            None | Some(Exit { reason: ExitReason::Retention { .. }, .. }) => self.run.member(verifier).tier.scores(),
            Some(Exit { reason: ExitReason::Failures { .. } | ExitReason::Unusable { .. } | ExitReason::Excluded, .. }) => false,
        }
    }

    fn request_score(&mut self, member: MemberIndex, keys: Vec<MemberIndex>, candidates: Vec<(Arc<str>, bool)>) {
        let seed = draft_seed(self.run.header.seed, &self.name(member), self.begun);
        let tier = self.run.member(member).tier;
        let call = self.begin_call(member, Work::Score(keys));
        self.effects.push(Effect::Score {
            call,
            member,
            request: ScoreRequest { context: self.context.clone(), candidates, tier, seed },
            seconds: self.run.params.score_seconds as u64,
        });
    }

    /// Decides the open round: ranks, accepts, lets members go, goes on or ends.
    pub(super) fn close(&mut self, choice: Choice) {
        let Some(round) = self.run.open_round() else { return };
        let (number, params) = (round.number, Arc::clone(&round.params));
        let (drafters, verifiers) = (round.counting(&round.drafters), round.counting(&round.verifiers));
        let who = Electorate { members: &self.run.members, drafters: &drafters, verifiers: &verifiers };
        let by_hand = match &choice {
            Choice::Vote => None,
            Choice::Candidate(key) => Some(*key),
            Choice::Edited { author, .. } => round.candidate_of(*author).map(|candidate| candidate.key),
        };
        let decision = self.tally.decide(round, who, &params, by_hand);
        let Some(chosen) = decision.chosen.and_then(|place| decision.candidates.get(place)).cloned() else {
            return self.next_round();
        };
        self.emit(Event::Ranked(Box::new(self.ranked(&decision, &verifiers))));
        self.accept(&chosen, choice);
        for Standing { member, retention, threshold, .. } in decision.standings.into_iter().filter(|standing| standing.exits) {
            if self.run.member(member).is_active() {
                let member = self.name(member);
                self.emit_in(number, Event::Exited { member, reason: ExitReason::Retention { retention, threshold } });
            }
        }
        self.closed();
    }

    /// A segment that a person wrote: nobody's scores count, and nobody leaves for it.
    pub(super) fn accept_written(&mut self, text: &str, ends: bool) {
        if let Some(round) = self.run.open_round() {
            self.tally.open(&round.opening);
        }
        let (authors, tokens) = (Vec::new(), words(text));
        self.append(text);
        let text = text.to_owned();
        self.emit(Event::Accepted { member: None, authors, text, tokens, ends, overridden: true, edited: false });
        self.closed();
    }

    /// After a segment was accepted.
    fn closed(&mut self) {
        self.tallies.push(self.tally.clone());
        if self.pace == Pace::Stepping {
            self.pace = Pace::Paused;
        }
        self.next_round();
    }

    fn append(&mut self, text: &str) {
        self.context = Context {
            conversation: Arc::clone(&self.context.conversation),
            accepted: self.context.accepted.iter().map(Arc::clone).chain([text.into()]).collect(),
        };
    }

    fn accept(&mut self, chosen: &Candidate, choice: Choice) {
        let author = chosen.authors.first().copied().unwrap_or(chosen.key);
        let own_tokens = self.run.open_round().and_then(|round| round.own_tokens(author)).unwrap_or_default();
        let (text, tokens, overridden, edited) = match choice {
            Choice::Vote => (chosen.text.to_string(), own_tokens, false, false),
            Choice::Candidate(_) => (chosen.text.to_string(), own_tokens, true, false),
            Choice::Edited { text, .. } => {
                let tokens = words(&text);
                (text, tokens, true, true)
            }
        };
        self.append(&text);
        let (member, authors) = (Some(self.name(author)), self.names(&chosen.authors));
        self.emit(Event::Accepted { member, authors, text, tokens, ends: chosen.ends, overridden, edited });
    }

    fn ranked(&self, decision: &Decision, verifiers: &[MemberIndex]) -> Ranked {
        Ranked {
            candidates: decision
                .ranking
                .order
                .iter()
                .map(|place| {
                    let candidate = &decision.candidates[*place];
                    RankedCandidate {
                        candidate: self.name(candidate.key),
                        authors: self.names(&candidate.authors),
                        score: decision.ranking.scores[*place],
                    }
                })
                .collect(),
            margin: decision.ranking.margin,
            unanimous: decision.candidates.len() == 1,
            weights: verifiers.iter().map(|member| (self.name(*member), self.tally.weights[member.0])).collect(),
            standings: decision
                .standings
                .iter()
                .map(|standing| RankedStanding {
                    member: self.name(standing.member),
                    quality: decision
                        .quality
                        .iter()
                        .find(|quality| quality.member == standing.member)
                        .and_then(|quality| quality.mean_logprob),
                    cumulative: standing.cumulative,
                    retention: standing.retention,
                    threshold: standing.threshold,
                })
                .collect(),
        }
    }
}

/// Words of a text that a person wrote, for which no member's tokens are known; at least 1.
fn words(text: &str) -> usize {
    text.unicode_words().count().max(1)
}

/// A difference of times without the digits that subtraction invents: clocks give microseconds.
pub(super) fn rounded(milliseconds: f64) -> f64 {
    (milliseconds * 1000.0).round() / 1000.0
}

/// Tokens drawn, the end's included.
fn drawn(draft: &Draft) -> usize {
    draft.tokens.len() + usize::from(draft.ends)
}

fn possible(logprob: f32) -> f32 {
    if logprob.is_nan() { IMPOSSIBLE } else { logprob.clamp(IMPOSSIBLE, 0.0) }
}

fn possible_token(token: DraftToken) -> DraftToken {
    DraftToken { logprob: token.logprob.map(possible), ..token }
}

fn possible_opinion(opinion: Opinion) -> Opinion {
    match opinion {
        Opinion::Tokens(logprobs) => Opinion::Tokens(logprobs.iter().copied().map(possible).collect()),
        Opinion::Preference(share) => Opinion::Preference(share.clamp(0.0, 1.0)),
    }
}

/// A reply counts only when it scores every candidate, in numbers.
fn complete(scored: Scored, candidates: usize) -> Result<Scored, MemberError> {
    if scored.opinions.len() != candidates {
        return Err(MemberError::Failed(format!("it scored {} of {candidates} candidates", scored.opinions.len())));
    }
    let no_number = |opinion: &Opinion| match opinion {
        Opinion::Tokens(logprobs) => logprobs.iter().any(|logprob| logprob.is_nan()),
        Opinion::Preference(share) => !share.is_finite(),
    };
    if scored.opinions.iter().any(no_number) {
        return Err(MemberError::Failed("it returned a score that is not a number".to_owned()));
    }
    Ok(scored)
}

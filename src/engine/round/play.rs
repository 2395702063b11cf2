//! Playing a round: drafts go out, candidates come in, free verifiers score, the vote is decided.

use std::sync::Arc;

use super::decide::Choice;
use super::lazy::Lazily;
use super::reply::{Ends, complete, drawn, first_tokens, inside, possible, possible_opinion, possible_token, within_bytes};
use super::seed::draft_seed;
use super::{Call, CallId, Effect, InARow, Machine, Pace, Work};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::candidate::DraftToken;
use crate::engine::fusion::event::{CandidateScore, DraftFinished, Event, ExitReason, Outcome, Role};
use crate::engine::fusion::lazy::Pair;
use crate::engine::fusion::run::{DraftState, Exit};
use crate::engine::fusion::segment::SegmentRule;
use crate::engine::member::{DraftRequest, Drafted, Hints, MemberError, Progress, Sampling, ScoreRequest, Scored};

/// Said once, before the first round in which it holds.
const NO_VERIFIER: &str = "no member can score the others' drafts: each draft's own score decides, where its author gives one, \
                           else the order of the members";

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
        // A step of lazy drafting is a token or a few, and the limit of tokens is enough for those.
        let counted = self.run.rounds.iter().filter(|round| round.accepted.is_some() && round.ahead.is_none()).count();
        let mut drafters: Vec<_> = self.run.drafters().collect();
        if self.run.tokens() >= self.run.params.max_tokens {
            return self.finish(Outcome::TokenLimit);
        }
        if counted >= self.run.params.max_rounds {
            return self.finish(Outcome::RoundLimit);
        }
        if drafters.is_empty() {
            // One that is not ready yet may still draft.
            let may_come = |member: &MemberIndex| self.run.member(*member).header.role != Role::Verify;
            if self.awaited.iter().any(may_come) {
                return;
            }
            let error = self.last_error.clone();
            let is_full = self.context_was_full && played > 0;
            return self.finish(if is_full { Outcome::ContextLimit } else { Outcome::NoMembers { error } });
        }
        if self.asks_for_predictions() {
            return;
        }
        let mut verifiers: Vec<_> = self.run.verifiers().collect();
        let ahead = match self.lazily() {
            Lazily::No => None,
            Lazily::By(Pair { drafter, verifier }) => {
                (drafters, verifiers) = (vec![verifier], vec![verifier]);
                Some(self.name(drafter))
            }
            Lazily::NotYet => return,
        };
        self.begun += 1;
        self.hints = Hints::default();
        self.repeating.clear();
        self.one_by_one.clear();
        if verifiers.is_empty() && drafters.len() > 1 {
            self.warn_of_no_verifier();
        }
        let event = Event::RoundStarted { drafters: self.names(&drafters), verifiers: self.names(&verifiers), ahead };
        self.emit_in(played + 1, event);
        for member in drafters {
            self.request_draft(member);
        }
        self.go_on_lazily();
    }

    /// Said once: see [`Round::electors`](crate::engine::fusion::run::Round::electors) for what happens then.
    fn warn_of_no_verifier(&mut self) {
        if !self.run.warnings.iter().any(|known| known == NO_VERIFIER) {
            self.emit(Event::Warning { text: NO_VERIFIER.to_owned() });
        }
    }

    /// Whether the accepted text is the whole answer.
    pub(super) fn has_ended(&self) -> bool {
        self.run.rounds.last().and_then(|round| round.accepted.as_ref()).is_some_and(|accepted| accepted.ends)
    }

    pub(super) fn request_draft(&mut self, member: MemberIndex) {
        if self.goes_on_from_another(member) {
            return;
        }
        let params = &self.run.params;
        let request = DraftRequest {
            context: self.context.clone(),
            sampling: self.sampling(member),
            segment: params.segment_rule().after(&self.context.accepted.concat()).within(self.room()),
            hints: self.hints.clone(),
            asks_end: params.end_threshold > 0.0,
            confidence: None,
        };
        self.ask_for_draft(member, request);
    }

    pub(super) fn ask_for_draft(&mut self, member: MemberIndex, request: DraftRequest) {
        let call = self.begin_call(member, Work::Draft { first_token_ms: None, bytes: 0 });
        let seconds = self.run.params.draft_seconds as u64;
        self.effects.push(Effect::Draft { call, member, request, seconds });
    }

    /// How a member draws its own tokens in the open round.
    pub(super) fn sampling(&self, member: MemberIndex) -> Sampling {
        let (params, own) = (&self.run.params, self.run.member(member).header.sampling);
        let (temperature, top_p) = (own.temperature.unwrap_or(params.temperature), own.top_p.unwrap_or(params.top_p));
        let seed = draft_seed(self.run.header.seed, &self.name(member), self.begun);
        Sampling { temperature: temperature as f32, top_p: top_p as f32, seed }
    }

    pub(super) fn token(&mut self, call: CallId, token: &DraftToken) {
        let now_ms = self.now_ms;
        let Some(call) = self.calls.iter_mut().find(|known| known.id == call) else { return };
        call.heard_ms = now_ms;
        if let Work::Draft { first_token_ms, bytes } = &mut call.work {
            if token.is_nothing() {
                return;
            }
            first_token_ms.get_or_insert(rounded(now_ms - call.started_ms));
            let (member, before) = (call.member, *bytes);
            *bytes = bytes.saturating_add(token.text.len());
            if let Some(token) = inside(token, self.segment_rule().byte_cap.saturating_sub(before)) {
                let member = self.name(member);
                self.emit(Event::Token { member, token: possible_token(token) });
            }
        }
    }

    /// How many tokens of a draft under way are recorded.
    fn told(&self, member: MemberIndex) -> usize {
        match self.run.open_round().and_then(|round| round.draft(member)) {
            Some(DraftState::Open(tokens)) => tokens.len(),
            Some(DraftState::Finished(_) | DraftState::Failed(_)) | None => 0,
        }
    }

    /// The rule of the open round.
    fn segment_rule(&self) -> SegmentRule {
        self.run.open_round().map_or_else(
            || self.run.params.segment_rule(),
            |round| if round.ahead.is_some() { round.params.ahead_rule() } else { round.params.segment_rule() },
        )
    }

    /// How many more tokens the answer may take; at least 1 while a round is open.
    pub(super) fn room(&self) -> usize {
        self.run.params.max_tokens.saturating_sub(self.run.tokens()).max(1)
    }

    pub(super) fn drafted(&mut self, call: CallId, result: Result<Drafted, MemberError>) {
        let Some(Call { member, started_ms, work, .. }) = self.returned(call) else { return };
        let elapsed_ms = rounded(self.now_ms - started_ms);
        let first_token_ms = match work {
            Work::Draft { first_token_ms, .. } => first_token_ms.unwrap_or(elapsed_ms),
            Work::Score(_) | Work::Measure => return,
        };
        let cut = result.and_then(|drafted| self.cut(member, drafted));
        self.draft_came(member, cut, first_token_ms, elapsed_ms);
    }

    /// A draft has come back with the tokens that were not told while it was drafted, or has failed.
    pub(super) fn draft_came(
        &mut self,
        member: MemberIndex,
        draft: Result<(DraftFinished, Vec<DraftToken>), MemberError>,
        first_token_ms: f64,
        elapsed_ms: f64,
    ) {
        match draft {
            Ok((finished, untold)) => {
                self.failures[member.0].drafts = InARow::default();
                for token in untold {
                    let member = self.name(member);
                    self.emit(Event::Token { member, token });
                }
                self.emit(Event::DraftFinished(Box::new(DraftFinished { first_token_ms, elapsed_ms, ..finished })));
            }
            Err(error) => {
                let name = self.name(member);
                self.emit(Event::DraftFailed { member: name, error: error.to_string(), elapsed_ms });
                self.draft_failed(member, &error);
            }
        }
        self.advance(None);
    }

    /// Cuts a draft to its segment. A draft without text that does not end the answer is a failure, unless it is drafted for another
    /// member to go on from: accepting it would repeat the round for ever.
    ///
    /// Returns also the tokens that the member did not tell while it drafted: the record holds every token once.
    pub(super) fn cut(&self, member: MemberIndex, drafted: Drafted) -> Result<(DraftFinished, Vec<DraftToken>), MemberError> {
        let Drafted { mut draft, ends: known_ends, forwards, usage } = drafted;
        let ends = Ends::of(&draft, known_ends);
        draft.tokens.retain(|token| !token.is_nothing());
        let rule = self.segment_rule().after(&self.context.accepted.concat());
        let (room, drawn) = (self.room(), drawn(&draft));
        let draft = within_bytes(draft, rule.byte_cap);
        let lazily = self.is_ahead(member) || self.goes_on_from_another(member);
        let fits = draft.tokens.len() < room || (draft.ends && draft.tokens.len() == room);
        let whole = draft.text();
        let cut = match (fits, lazily) {
            (true, false) => rule.cut(&whole, draft.ends),
            // What goes on in the middle of a word goes on there.
            (true, true) => rule.cut_exactly(&whole, draft.ends),
            (false, _) => rule.cut_exactly(&whole[..first_tokens(&draft, room)], false),
        };
        let (told, text) = (self.told(member), whole);
        if cut.bytes == 0 && !cut.ends && !self.is_ahead(member) {
            return Err(MemberError::Failed("it returned nothing".to_owned()));
        }
        let finished = DraftFinished {
            member: self.name(member),
            text: text[..cut.bytes].to_owned(),
            ends: cut.ends,
            end_logprob: if cut.ends { draft.end_logprob } else { ends.after(cut.bytes) }.map(possible),
            beyond: text[cut.bytes..].to_owned(),
            kept: None,
            drawn,
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
            Work::Draft { .. } | Work::Measure => return,
        };
        let result = result.and_then(|scored| complete(scored, candidates.len()));
        match result {
            Ok(reply) => {
                self.failures[member.0].scores = InARow::default();
                let said = candidates.iter().zip(reply.opinions).zip(reply.ends.into_iter().chain(std::iter::repeat(None))).map(
                    |((candidate, opinion), end)| {
                        CandidateScore::new(self.name(*candidate), possible_opinion(opinion), end.map(possible))
                    },
                );
                let (scores, forwards, usage) = (said.collect(), reply.forwards, reply.usage);
                let member = self.name(member);
                self.emit(Event::Score { member, scores, forwards, usage, elapsed_ms });
            }
            Err(MemberError::ContextFull { .. }) if candidates.len() > 1 && !self.run.member(member).tier.judges() => {
                // One of them is too long; the others may fit.
                self.one_by_one.push(member);
                let (member, candidates) = (self.name(member), self.names(&candidates));
                self.emit(Event::Cancelled { member, candidates, elapsed_ms });
            }
            Err(MemberError::Lowered { to, reason }) if to > self.run.member(member).tier => {
                // Whatever else it is scoring in the old way is asked again in the new one.
                self.cancel(|call| call.member == member && matches!(call.work, Work::Score(_)));
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
                self.scoring_failed(member, &error);
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
        self.go_on_lazily();
        self.set_aside();
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
            let pending = pending.filter(|candidate| !self.is_scoring(verifier, candidate.key) && !self.is_held_back(candidate));
            let mut pending: Vec<(MemberIndex, (Arc<str>, bool))> =
                pending.map(|candidate| (candidate.key, (Arc::clone(&candidate.text), candidate.ends))).collect();
            if self.run.member(verifier).tier.judges() && pending.len() < round.taking_part().count() {
                // A judgement holds all candidates of a round against each other or none.
                pending.clear();
            }
            if self.one_by_one.contains(&verifier) {
                for (key, candidate) in pending {
                    if self.has_a_call_left(verifier) {
                        self.request_score(verifier, vec![key], vec![candidate]);
                    }
                }
                continue;
            }
            let (keys, candidates): (Vec<_>, Vec<_>) = pending.into_iter().unzip();
            if !keys.is_empty() {
                self.request_score(verifier, keys, candidates);
            }
        }
    }

    /// Whether a verifier can be asked now. A candidate that comes while it scores another does not wait for that: where members
    /// are equally fast, drafts come one right after the other, and the last would take the round a second scoring's time. Nor
    /// does it wait for the verifier's own draft, where that leaves it a call, unless it judges, which needs all candidates.
    fn has_a_call_left(&self, verifier: MemberIndex) -> bool {
        let most = self.run.member(verifier).header.capabilities.concurrency.max(1);
        let drafts_alone = self.is_drafting(verifier) && self.run.member(verifier).tier.judges();
        !drafts_alone && self.calls_of(verifier).count() < most
    }

    fn is_scoring(&self, verifier: MemberIndex, candidate: MemberIndex) -> bool {
        self.calls_of(verifier).any(|call| matches!(&call.work, Work::Score(candidates) if candidates.contains(&candidate)))
    }

    /// A verifier that left during the round, by failure or by hand, or was late in it, is not asked any more.
    fn may_verify(&self, verifier: MemberIndex) -> bool {
        let member = self.run.member(verifier);
        let late = self.run.open_round().is_some_and(|round| round.late.contains(&verifier));
        let present = match &member.exit {
            None | Some(Exit { reason: ExitReason::Retention { .. }, .. }) => true,
            Some(Exit {
                reason:
                    ExitReason::Failures { .. }
                    | ExitReason::Unusable { .. }
                    | ExitReason::Late { .. }
                    | ExitReason::NotReady
                    | ExitReason::Excluded,
                ..
            }) => false,
        };
        present && !late && member.tier.scores()
    }

    fn request_score(&mut self, member: MemberIndex, keys: Vec<MemberIndex>, candidates: Vec<(Arc<str>, bool)>) {
        let seed = draft_seed(self.run.header.seed, &self.name(member), self.begun);
        let tier = self.run.member(member).tier;
        let call = self.begin_call(member, Work::Score(keys));
        self.effects.push(Effect::Score {
            call,
            member,
            request: ScoreRequest {
                context: self.context.clone(),
                candidates,
                tier,
                seed,
                asks_end: self.run.open_round().is_some_and(|round| round.params.end_threshold > 0.0),
                progress: Progress::nowhere(),
            },
            seconds: self.run.params.score_seconds as u64,
        });
    }
}

/// A difference of times without the digits that subtraction invents: clocks give microseconds.
pub(super) fn rounded(milliseconds: f64) -> f64 {
    (milliseconds * 1000.0).round() / 1000.0
}

//! Scoring in a round: which verifiers are free to score what, and handling their replies.
//!
//! `play` decides when to look for free verifiers, the vote what the scores mean.

use super::reply::{complete, possible, possible_opinion, rounded};
use super::seed::draft_seed;
use super::{Call, CallId, Effect, InARow, Machine, Work};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::candidate::CandidateText;
use crate::engine::fusion::event::{CandidateScore, Event, ExitReason};
use crate::engine::fusion::run::Exit;
use crate::engine::member::{MemberError, Progress, ScoreRequest, Scored};

impl Machine {
    /// Nothing is scored while only one candidate is known: if it stays the only one, the round is unanimous and needs no call.
    pub(super) fn request_scores(&mut self, freed: Option<MemberIndex>) {
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
            let mut pending: Vec<(MemberIndex, CandidateText)> =
                pending.map(|candidate| (candidate.key, candidate.content())).collect();
            if self.run.member(verifier).tier.judges() && pending.len() < round.taking_part().count() {
                // A judgement compares all candidates of a round or none.
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

    /// Whether a verifier can be asked now. A candidate that arrives while it scores another does not wait for that: equally fast
    /// members finish their drafts right after each other, and the last would cost the round a second scoring's time. Nor does it
    /// wait for the verifier's own draft if the verifier has another call free, unless it judges, which needs all candidates.
    fn has_a_call_left(&self, verifier: MemberIndex) -> bool {
        let most = self.run.member(verifier).header.capabilities.concurrency.max(1);
        let drafts_alone = self.is_drafting(verifier) && self.run.member(verifier).tier.judges();
        !drafts_alone && self.calls_of(verifier).count() < most
    }

    fn is_scoring(&self, verifier: MemberIndex, candidate: MemberIndex) -> bool {
        self.calls_of(verifier).any(|call| matches!(&call.work, Work::Score(candidates) if candidates.contains(&candidate)))
    }

    /// A verifier that left during the round (by failure or excluded), or was late in it, is not asked again.
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

    fn request_score(&mut self, member: MemberIndex, keys: Vec<MemberIndex>, candidates: Vec<CandidateText>) {
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

    pub(super) fn scored(&mut self, call: CallId, result: Result<Scored, MemberError>) {
        let Some(Call { id, member, started_ms, work, .. }) = self.returned(call) else { return };
        let elapsed_ms = rounded(self.now_ms - started_ms);
        let candidates = match work {
            Work::Score(candidates) => candidates,
            Work::Draft { .. } | Work::Measure => return,
        };
        let result = result.and_then(|scored| {
            let usage = self.paid(id, scored.usage);
            complete(Scored { usage, ..scored }, candidates.len()).inspect_err(|_| self.owe(id, member, usage))
        });
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
                // Its other scorings are requested again, one by one.
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
}

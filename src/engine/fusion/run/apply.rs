//! Applying events to a run, one at a time.

use std::sync::Arc;

use super::call::{Call, CallEnd, Work};
use super::departure::Departure;
use super::history::Was;
use super::round::{Accepted, Kept, Opening};
use super::{Exit, MemberState, Phase, Round, Run, ScoreCell};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{
    self, CandidateScore, Capabilities, DraftFinished, Event, ExitReason, MemberName, Record, Repeats, Usage,
};
use crate::engine::fusion::lazy::DecodeTimes;
use crate::engine::fusion::score::Opinion;

impl Run {
    /// Applies one event. An event that names an unknown member or comes outside a round changes nothing: a trace edited by hand
    /// must not crash the program.
    pub fn apply(&mut self, record: &Record) {
        self.t_ms = record.t_ms;
        match &record.event {
            Event::RunStarted(_) => {}
            Event::RoundStarted { drafters, verifiers, ahead } => self.begin(record, drafters, verifiers, ahead.as_ref()),
            Event::Token { member, token } => self.in_round(member, |round, index| round.token(index, token)),
            Event::DraftFinished(draft) => self.draft_finished(draft),
            Event::DraftFailed { member, error, elapsed_ms } => self.draft_failed(member, error, *elapsed_ms),
            Event::Score { member, scores, forwards, usage, elapsed_ms } => {
                self.scored(member, scores, *elapsed_ms);
                self.spent(member, *forwards, *usage);
            }
            Event::TierLowered { member, tier, .. } => self.of_member(member, |member| member.tier = *tier),
            Event::ScoreFailed { member, candidates, error, elapsed_ms } => {
                self.score_failed(member, candidates, error, *elapsed_ms);
            }
            Event::Late { member, candidates, silent_ms, elapsed_ms } => self.late(member, candidates, *silent_ms, *elapsed_ms),
            Event::Cancelled { member, candidates, elapsed_ms } => self.cancelled(member, candidates.len(), *elapsed_ms),
            Event::Used { member, usage } => self.spent(member, 0, *usage),
            Event::SetAside { candidates, repeats } => self.set_aside(candidates, *repeats),
            Event::Ranked(ranked) => self.ranked(ranked),
            Event::Accepted { member, authors, text, tokens, ends, overridden, edited } => {
                self.accept(Accepted {
                    author: member.as_ref().and_then(|member| self.index(member)),
                    authors: authors.iter().filter_map(|name| self.index(name)).collect(),
                    text: text.as_str().into(),
                    tokens: *tokens,
                    ends: *ends,
                    overridden: *overridden,
                    edited: *edited,
                    t_ms: record.t_ms,
                });
            }
            Event::Exited { member, reason } => self.exited(member, record.round, reason),
            Event::Warning { text } => self.warnings.push(text.clone()),
            Event::Paused => self.phase = Phase::Paused,
            Event::Resumed => self.phase = Phase::Running,
            Event::RunFinished(finished) => self.finished(finished),
            Event::Continued => self.continued(),
            Event::Steered { action } => self.changed_in(record.round, action),
            Event::Reopened { segment } => self.reopen(*segment),
            Event::Redrafted { member } => self.in_round(member, Round::draft_again),
            Event::Joined { member, capabilities } => self.joined(member, capabilities.as_deref(), record.round),
            Event::Measured { member, times } => self.measured(member, *times),
            Event::Predicted { member, logprob, bytes } => self.predicted(member, *logprob / *bytes as f64),
            Event::Readmitted { member } => self.readmitted(member, record.round),
            Event::ParamsChanged { name, value, together } => self.knob_changed(name, value, *together),
            Event::WeightSet { member, weight } => self.weight_changed(member, *weight),
            Event::Rewound { to_round } => self.rewound(*to_round),
            Event::Returned { segment } => self.returned(*segment),
            Event::Undone => self.undone(),
            Event::Redone => self.redone(),
        }
    }

    fn ranked(&mut self, ranked: &event::Ranked) {
        if let Some(round) = self.rounds.last_mut() {
            Arc::make_mut(round).ranked = Some(Arc::new(ranked.clone()));
        }
    }

    fn finished(&mut self, finished: &event::Finished) {
        self.phase = Phase::Finished(finished.outcome.clone());
        self.summary = Some(finished.summary.clone());
    }

    fn continued(&mut self) {
        self.drop_open_round();
        (self.phase, self.summary) = (Phase::Paused, None);
    }

    fn measured(&mut self, member: &MemberName, times: DecodeTimes) {
        self.of_member(member, |member| member.times = Some(times).filter(|times| times.are_times()));
    }

    fn draft_failed(&mut self, member: &MemberName, error: &str, elapsed_ms: f64) {
        self.called(member, Work::Draft { first_token_ms: None }, CallEnd::Failed, elapsed_ms);
        self.in_round(member, |round, index| round.draft_failed(index, error));
    }

    fn scored(&mut self, member: &MemberName, scores: &[CandidateScore], elapsed_ms: f64) {
        self.called(member, Work::Score { candidates: scores.len() }, CallEnd::Answered, elapsed_ms);
        for score in scores {
            self.score(member, &score.candidate, Ok(score.opinion()), score.end_logprob, elapsed_ms);
        }
    }

    fn score_failed(&mut self, member: &MemberName, candidates: &[MemberName], error: &str, elapsed_ms: f64) {
        self.called(member, Work::Score { candidates: candidates.len() }, CallEnd::Failed, elapsed_ms);
        for candidate in candidates {
            self.score(member, candidate, Err(error.into()), None, elapsed_ms);
        }
    }

    fn of_member(&mut self, member: &MemberName, change: impl FnOnce(&mut MemberState)) {
        if let Some(index) = self.index(member) {
            change(&mut self.members[index.0]);
        }
    }

    fn joined(&mut self, member: &str, capabilities: Option<&Capabilities>, round: usize) {
        let Some(index) = self.index(member) else { return };
        if let Some(capabilities) = capabilities {
            let member = &mut self.members[index.0];
            (member.tier, member.header.capabilities) = (capabilities.tier, capabilities.clone());
            self.joined.push((index, Arc::new(capabilities.clone())));
            self.new_joined.push((index, Arc::new(capabilities.clone())));
        }
        self.presence.readmit(index, round);
        self.presence_changed();
    }

    fn predicted(&mut self, member: &str, nats_per_byte: f64) {
        if let Some(index) = self.index(member).filter(|_| nats_per_byte.is_finite()) {
            self.members[index.0].predicted = Some(nats_per_byte);
            self.new_predicted.push((index, nats_per_byte));
        }
    }

    fn late(&mut self, member: &str, candidates: &[MemberName], silent_ms: f64, elapsed_ms: f64) {
        self.cancelled(member, candidates.len(), elapsed_ms);
        let reason = event::late(silent_ms);
        if candidates.is_empty() {
            self.in_round(member, |round, index| round.draft_failed(index, &reason));
        }
        for candidate in candidates {
            self.score(member, candidate, Err(reason.as_str().into()), None, elapsed_ms);
        }
        self.in_round(member, |round, index| round.late.push(index));
    }

    fn begin(&mut self, record: &Record, drafters: &[MemberName], verifiers: &[MemberName], ahead: Option<&MemberName>) {
        let places = |names: &[MemberName]| names.iter().filter_map(|name| self.index(name)).collect::<Vec<_>>();
        let (drafters, verifiers) = (places(drafters), places(verifiers));
        let ahead = ahead.and_then(|name| self.index(name)).filter(|ahead| !drafters.contains(ahead));
        self.calls.drafts += drafters.len() + usize::from(ahead.is_some());
        self.begun += 1;
        self.drop_open_round();
        let set = std::mem::take(&mut self.new_weights).into_iter();
        let opening = Opening {
            weights: set.map(|member| (member, self.weight(member))).collect(),
            joined: std::mem::take(&mut self.new_joined),
            predicted: std::mem::take(&mut self.new_predicted),
            readmitted: self.presence.readmitted.clone(),
        };
        let params = Arc::clone(&self.params);
        let round = Round::new(record.round, record.t_ms, params, drafters, verifiers).drafted_ahead(ahead);
        self.rounds.push(Arc::new(round.opened(opening)));
    }

    /// What was to apply from a dropped round on applies from the next one on.
    fn drop_open_round(&mut self) {
        let (rounds, dropped): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.rounds).into_iter().partition(|round| round.accepted.is_some());
        self.rounds = rounds;
        for Opening { weights, joined, predicted, readmitted: _ } in dropped.iter().map(|round| &round.opening) {
            // What came since is newer.
            let set = weights.iter().map(|(member, _)| *member).filter(|member| !self.new_weights.contains(member));
            self.new_weights.extend(set.collect::<Vec<_>>());
            self.new_joined.splice(..0, joined.iter().cloned());
            self.new_predicted.splice(..0, predicted.iter().copied());
        }
    }

    fn in_round(&mut self, member: &str, change: impl FnOnce(&mut Round, MemberIndex)) {
        if let (Some(index), Some(round)) = (self.index(member), self.rounds.last_mut()) {
            change(Arc::make_mut(round), index);
        }
    }

    fn draft_finished(&mut self, draft: &DraftFinished) {
        let work = Work::Draft { first_token_ms: Some(draft.first_token_ms) };
        self.called(&draft.member, work, CallEnd::Answered, draft.elapsed_ms);
        let kept = draft.kept.as_ref().and_then(|kept| Some(Kept::new(self.index(&kept.drafter)?, kept)));
        self.in_round(&draft.member, |round, index| round.draft_finished(index, draft, kept));
        self.spent(&draft.member, draft.forwards, draft.usage);
        if let Some(index) = self.index(&draft.member) {
            let drawn = &mut self.members[index.0].drawn;
            *drawn = drawn.saturating_add(draft.drawn);
        }
    }

    fn called(&mut self, member: &str, work: Work, end: CallEnd, elapsed_ms: f64) {
        let ended_ms = self.t_ms;
        self.in_round(member, |round, member| {
            round.calls.push(Call { member, work, begun_ms: ended_ms - elapsed_ms, ended_ms, end });
        });
    }

    fn cancelled(&mut self, member: &str, candidates: usize, elapsed_ms: f64) {
        let work = if candidates == 0 { Work::Draft { first_token_ms: None } } else { Work::Score { candidates } };
        self.called(member, work, CallEnd::Cancelled, elapsed_ms);
    }

    fn spent(&mut self, member: &str, forwards: u64, usage: Usage) {
        if let Some(index) = self.index(member) {
            let known = &mut self.members[index.0];
            known.forwards = known.forwards.saturating_add(forwards);
            known.usage += usage;
            self.in_round(member, |round, member| round.spend(member, usage));
            // A request may end after its round.
            if let Some(round) = self.rounds.last().filter(|round| round.accepted.is_some() && !usage.is_zero()) {
                self.tree.replace(Arc::clone(round));
            }
        }
    }

    fn score(
        &mut self,
        verifier: &str,
        candidate: &str,
        opinion: Result<Opinion, Arc<str>>,
        end_logprob: Option<f32>,
        elapsed_ms: f64,
    ) {
        self.calls.scores += 1;
        if let Some(candidate) = self.index(candidate) {
            let cell = |verifier| ScoreCell { verifier, candidate, opinion, end_logprob, elapsed_ms };
            self.in_round(verifier, |round, verifier| round.add_score(cell(verifier)));
        }
    }

    fn set_aside(&mut self, candidates: &[MemberName], repeats: Repeats) {
        for candidate in candidates {
            self.in_round(candidate, |round, candidate| round.set_aside(candidate, repeats));
        }
    }

    fn accept(&mut self, accepted: Accepted) {
        self.first_segment_ms = self.first_segment_ms.or(Some(accepted.t_ms));
        let Some(round) = self.rounds.last_mut() else { return };
        self.tokens = self.tokens.saturating_add(accepted.tokens);
        let again = Arc::make_mut(round).accepted.replace(accepted).is_some();
        let round = Arc::clone(round);
        if again {
            self.tree.replace(round);
            self.count_tokens();
        } else {
            // A member that came back while this round was open takes part from the next one on.
            self.presence.readmitted.retain(|member| !round.opening.readmitted.contains(member));
            self.tree.add(round, self.presence.clone());
        }
    }

    fn exited(&mut self, member: &str, round: usize, reason: &ExitReason) {
        let Some(index) = self.index(member) else { return };
        if matches!(reason, ExitReason::Excluded) {
            self.changed(format!("sending {member} away"), Was::Presence(index, self.presence.of(index)));
            if let Some(open) = self.rounds.last_mut().filter(|round| round.accepted.is_none()) {
                Arc::make_mut(open).excluded.push(index);
            }
        }
        self.presence.leave(Departure { member: index, round, reason: reason.clone(), returned: None });
        self.presence_changed();
    }

    pub(super) fn presence_changed(&mut self) {
        self.tree.note(self.presence.clone());
        for (place, member) in self.members.iter_mut().enumerate() {
            let away = self.presence.away(MemberIndex(place));
            member.exit = away.map(|departure| Exit { round: departure.round, reason: departure.reason.clone() });
        }
    }
}

//! Deciding a round, by the scores or by the user's choice: which candidate is accepted, which members leave, how the run
//! continues.

use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use super::{Machine, Pace};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::candidate::Candidate;
use crate::engine::fusion::event::{Event, ExitReason, Ranked, RankedCandidate, RankedStanding};
use crate::engine::fusion::exit::Standing;
use crate::engine::fusion::vote::{Decision, Electorate};
use crate::engine::member::Context;

/// What decides a round.
#[allow(missing_docs, reason = "the names say it")]
pub(super) enum Choice {
    /// The verifiers' scores.
    Vote,
    /// The user, for the candidate with this key.
    Candidate(MemberIndex),
    /// The user, who edited this member's candidate.
    Edited { author: MemberIndex, text: String },
}

impl Machine {
    /// Decides the open round: ranks, accepts, removes members, continues or ends.
    pub(super) fn close(&mut self, choice: Choice) {
        let Some(round) = self.run.open_round() else { return };
        let (number, params) = (round.number, Arc::clone(&round.params));
        let (drafters, verifiers) = (round.counting(&round.drafters), round.electors());
        let who = Electorate { members: &self.run.members, drafters: &drafters, verifiers: &verifiers };
        let by_hand = match &choice {
            Choice::Vote => None,
            Choice::Candidate(key) => Some(*key),
            Choice::Edited { author, .. } => round.candidate_of(*author).map(|candidate| candidate.key),
        };
        // On a copy: if no candidate is accepted, no event may imply that anything was learned.
        let mut tally = self.tally.clone();
        let decision = tally.decide(round, who, &params, by_hand);
        let Some(chosen) = decision.chosen.and_then(|place| decision.candidates.get(place)).cloned() else {
            return self.next_round();
        };
        self.tally = tally;
        self.emit(Event::Ranked(Box::new(self.ranked(&decision, &verifiers))));
        self.accept(&chosen, choice, decision.ends);
        for Standing { member, retention, threshold, .. } in decision.standings.into_iter().filter(|standing| standing.exits) {
            if self.run.member(member).is_active() {
                let member = self.name(member);
                self.emit_in(number, Event::Exited { member, reason: ExitReason::Retention { retention, threshold } });
            }
        }
        self.closed();
    }

    /// Accepts a segment that the user wrote: no scores count, and no member leaves because of it.
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

    /// Continues after a segment was accepted.
    fn closed(&mut self) {
        self.tallies.push(self.tally.clone());
        if self.pace == Pace::Stepping {
            self.pace = Pace::Paused;
        }
        self.next_round_after_rest();
    }

    fn append(&mut self, text: &str) {
        self.context = Context {
            conversation: Arc::clone(&self.context.conversation),
            accepted: self.context.accepted.iter().map(Arc::clone).chain([text.into()]).collect(),
        };
    }

    fn accept(&mut self, chosen: &Candidate, choice: Choice, ends: bool) {
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
        self.emit(Event::Accepted { member, authors, text, tokens, ends, overridden, edited });
    }

    fn ranked(&self, decision: &Decision, verifiers: &[MemberIndex]) -> Ranked {
        let lazily = self.run.open_round().is_some_and(|round| round.ahead.is_some());
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
                        unconfirmed: decision.ranking.unconfirmed[*place],
                    }
                })
                .collect(),
            margin: decision.ranking.margin,
            unanimous: decision.candidates.len() == 1 && !lazily,
            end: decision.end,
            weights: verifiers.iter().map(|member| (self.name(*member), self.tally.weights.now()[member.0])).collect(),
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

/// Words of a text that the user wrote, since there are no member's tokens to count; at least 1.
fn words(text: &str) -> usize {
    text.unicode_words().count().max(1)
}

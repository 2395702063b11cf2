//! Rounds of lazy drafting: one member drafts ahead, the largest keeps the start of its draft and continues from there.
//!
//! Owns when a round is played this way, and its two calls in sequence. The round's only drafter is the verifier: what it keeps
//! and adds is its draft and the only candidate, so nothing is scored, and the rest is as in every round. What is drafted ahead
//! is not a candidate; if it fails, the round loses only that draft. [`crate::engine::fusion::lazy`] chooses the two members and
//! makes the estimate.

use super::reply::{possible, rounded};
use super::{Call, CallId, Effect, Machine, Work};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::candidate::Draft;
use crate::engine::fusion::event::{Event, KeptDraft, Thought};
use crate::engine::fusion::lazy::{DecodeTimes, DraftRule, KeepRule, LEAST_GAIN, Pair, gain};
use crate::engine::fusion::run::DraftState;
use crate::engine::member::{DraftRequest, Drafted, ExtendRequest, Extended, Keep, MemberError, Sampling};

/// Shown once, if the knob asks for what these members cannot do.
const NO_PAIR: &str = "lazy drafting needs two members in this process that are made for conversation, draft, and are known to differ \
                       in size: every member drafts";

/// Whether the next round is played lazily.
pub(super) enum Lazily {
    No,
    By(Pair),
    /// Still being measured.
    NotYet,
}

impl Machine {
    /// Whether the next round is drafted lazily, and by which members. Warns if the knob asks for it but it is not possible.
    pub(super) fn lazily(&mut self) -> Lazily {
        let rule = self.run.params.draft;
        if rule == DraftRule::All {
            return Lazily::No;
        }
        let Some(pair) = self.run.pair() else {
            self.warn_once(NO_PAIR.to_owned());
            return Lazily::No;
        };
        let unmeasured = [pair.verifier, pair.drafter].into_iter().find(|member| self.run.member(*member).times.is_none());
        match (rule, unmeasured) {
            (DraftRule::All, _) => return Lazily::No,
            (DraftRule::Lazy, Some(member)) if self.immeasurable.contains(&member) => return Lazily::No,
            (DraftRule::Lazy, Some(member)) => {
                let call = self.begin_call(member, Work::Measure);
                self.effects.push(Effect::Measure { call, member, seconds: self.run.params.draft_seconds as u64 });
                return Lazily::NotYet;
            }
            (DraftRule::Lazy, None) if !self.pays(pair) => return Lazily::No,
            (DraftRule::Lazy | DraftRule::Forced, _) => {}
        }
        self.name_the_pair(pair);
        Lazily::By(pair)
    }

    /// Whether lazy drafting is estimated to be faster than the verifier alone; reports the figures if it is not.
    fn pays(&mut self, pair: Pair) -> bool {
        let times = |member: MemberIndex| self.run.member(member).times;
        let Some((large, small)) = times(pair.verifier).zip(times(pair.drafter)) else { return false };
        let gain = gain(large, small, self.run.params.draft_ahead);
        if gain > LEAST_GAIN {
            return true;
        }
        let (verifier, drafter) = (self.name(pair.verifier), self.name(pair.drafter));
        self.warn_once(format!(
            "lazy drafting would reach about {gain:.2} times the speed of {verifier} alone on this machine, and is used from \
             {LEAST_GAIN}: {verifier} takes {:.1} ms for a token, {:.1} for 4 at once and {:.1} for 16, {drafter} {:.1} for a token; \
             every member drafts (--draft forced: lazily all the same)",
            large.one_ms, large.four_ms, large.sixteen_ms, small.one_ms
        ));
        false
    }

    /// Reports the two roles once, since the others take no part and one member alone judges.
    fn name_the_pair(&mut self, pair: Pair) {
        let (verifier, drafter) = (self.name(pair.verifier), self.name(pair.drafter));
        let others: Vec<MemberIndex> = (0..self.run.members.len()).map(MemberIndex).collect();
        let idle = |member: &MemberIndex| *member != pair.verifier && *member != pair.drafter;
        let others: Vec<MemberIndex> =
            others.into_iter().filter(|member| idle(member) && self.run.member(*member).is_active()).collect();
        let idle = if others.is_empty() { String::new() } else { format!("; without part: {}", self.names(&others).join(", ")) };
        let keeps = match self.run.params.keep {
            KeepRule::Likely => "keeps what it finds likely",
            KeepRule::Exact => "keeps what it would write itself",
        };
        self.warn_once(format!(
            "lazy drafting: {drafter} drafts while it is sure, {verifier} alone judges: it {keeps} and adds a token of its own{idle}"
        ));
    }

    fn warn_once(&mut self, text: String) {
        if !self.run.warnings.contains(&text) {
            self.emit(Event::Warning { text });
        }
    }

    /// Handles the measured times of a member, or that they cannot be measured.
    pub(super) fn measured(&mut self, call: CallId, result: Result<DecodeTimes, MemberError>) {
        let Some(Call { member, .. }) = self.returned(call) else { return };
        let name = self.name(member);
        match result {
            Ok(times) if times.are_times() => self.emit(Event::Measured { member: name, times }),
            Ok(_) => self.cannot_be_measured(member, "the clock did not move"),
            Err(error) => self.cannot_be_measured(member, &error.to_string()),
        }
        self.begin_unless_busy();
    }

    fn cannot_be_measured(&mut self, member: MemberIndex, reason: &str) {
        self.immeasurable.push(member);
        let name = self.name(member);
        self.emit(Event::Warning {
            text: format!(
                "whether lazy drafting pays is not known, since {name} could not be measured: {reason}; every member drafts (--draft \
                 forced: lazily all the same)"
            ),
        });
    }

    /// The member that drafts ahead in the open round, and the one that continues from there.
    fn open_pair(&self) -> Option<Pair> {
        let round = self.run.open_round()?;
        Some(Pair { drafter: round.ahead.as_ref()?.member, verifier: *round.drafters.first()? })
    }

    /// Whether a member's draft in the open round continues another's.
    pub(super) fn goes_on_from_another(&self, member: MemberIndex) -> bool {
        self.open_pair().is_some_and(|pair| pair.verifier == member)
    }

    /// Whether a member drafts for another in the open round.
    pub(super) fn is_ahead(&self, member: MemberIndex) -> bool {
        self.open_pair().is_some_and(|pair| pair.drafter == member)
    }

    /// Requests the open round's draft ahead if there is none, or has it extended once it is there or will not come.
    pub(super) fn go_on_lazily(&mut self) {
        let Some(Pair { drafter, verifier }) = self.open_pair() else { return };
        let asked = |member: MemberIndex| self.calls_of(member).any(|call| matches!(call.work, Work::Draft { .. }));
        if !self.is_drafting(verifier) || asked(verifier) {
            return;
        }
        if !self.run.member(verifier).is_active() {
            self.cancel(|call| call.member == drafter);
            let member = self.name(verifier);
            return self.emit(Event::DraftFailed { member, error: "it has left".to_owned(), elapsed_ms: 0.0 });
        }
        if self.is_drafting(drafter) {
            if asked(drafter) {
                return;
            }
            if self.run.member(drafter).is_active() {
                return self.request_ahead(drafter);
            }
            let member = self.name(drafter);
            self.emit(Event::DraftFailed { member, error: "it has left".to_owned(), elapsed_ms: 0.0 });
        }
        self.request_extension(drafter, verifier);
    }

    /// What is drafted ahead is the likeliest text: a token drawn despite a low probability would only be kept less often, and
    /// the variety between answers comes from the verifier's own tokens.
    fn request_ahead(&mut self, member: MemberIndex) {
        let params = &self.run.params;
        let request = DraftRequest {
            context: self.context.clone(),
            sampling: Sampling { temperature: 0.0, top_p: 1.0, ..self.sampling(member) },
            segment: params.ahead_rule().within(self.room()),
            asks_end: false,
            confidence: Some(params.draft_confidence as f32),
        };
        self.ask_for_draft(member, request);
    }

    fn request_extension(&mut self, drafter: MemberIndex, member: MemberIndex) {
        let params = self.run.params.clone();
        let (draft, ends) = match self.run.open_round().and_then(|round| round.draft(drafter)) {
            Some(DraftState::Finished(finished)) => (finished.draft.text(), finished.draft.ends),
            Some(DraftState::Open(_) | DraftState::Failed(_)) | None => (String::new(), false),
        };
        let keep = match params.keep {
            KeepRule::Likely => Keep::Likely(params.keep_probability as f32),
            KeepRule::Exact => Keep::Own,
        };
        // If it is not sure now, it is often not sure of what comes next either.
        let rest = if draft.is_empty() && !ends { params.draft_rest } else { 0 };
        let own = (1 + rest).min(self.room());
        let sampling = self.sampling(member);
        let call = self.begin_call(member, Work::Draft { first_token_ms: None, bytes: 0 });
        let request = ExtendRequest { context: self.context.clone(), draft: draft.into(), ends, keep, own, sampling };
        self.effects.push(Effect::Extend { call, member, request, seconds: params.draft_seconds as u64 });
    }

    /// Handles the verifier's reply: the start it kept, and its continuation.
    pub(super) fn extended(&mut self, call: CallId, result: Result<Extended, MemberError>) {
        let Some(Call { member, started_ms, .. }) = self.returned(call) else { return };
        let elapsed_ms = rounded(self.now_ms - started_ms);
        let finished = result.and_then(|extended| {
            let (kept, drawn) = (self.kept(&extended), extended.added().len() + usize::from(extended.ends));
            let (mut finished, tokens) = self.cut(member, in_full(extended))?;
            finished.drawn = drawn;
            finished.kept = kept.map(|kept| KeptDraft { bytes: kept.bytes.min(finished.text.len()), ..kept });
            Ok((finished, tokens))
        });
        self.draft_came(member, finished, elapsed_ms, elapsed_ms);
    }

    fn kept(&self, extended: &Extended) -> Option<KeptDraft> {
        let Pair { drafter, .. } = self.open_pair()?;
        let looked_at = extended.logprobs.len();
        let rejected = extended.logprobs.last().filter(|_| looked_at > extended.kept_tokens);
        Some(KeptDraft {
            drafter: self.name(drafter),
            bytes: extended.kept,
            tokens: extended.kept_tokens,
            rejected: rejected.copied().map(possible),
        })
    }
}

/// What was kept and added, as an ordinary draft.
fn in_full(extended: Extended) -> Drafted {
    let Extended { tokens, ends, end_logprob, forwards, usage, .. } = extended;
    let unknown = std::iter::repeat_n(f32::NAN, tokens.len());
    let known_ends = unknown.chain(end_logprob).collect();
    let draft = Draft { tokens, ends, end_logprob: end_logprob.filter(|_| ends) };
    Drafted { draft, thought: Thought::default(), ends: known_ends, forwards, usage }
}

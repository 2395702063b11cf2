//! Playing a round: drafts go out, candidates come in, and once nothing is pending the vote is decided. `scoring` has them scored
//! in the meantime.

use super::decide::Choice;
use super::lazy::Lazily;
use super::reply::{Ends, drawn, first_tokens, inside, possible, possible_token, rounded, within_bytes};
use super::seed::draft_seed;
use super::{Call, CallId, Effect, InARow, Machine, Pace, Work};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::candidate::DraftToken;
use crate::engine::fusion::event::{DraftFinished, Event, Outcome, Role};
use crate::engine::fusion::lazy::Pair;
use crate::engine::fusion::run::DraftState;
use crate::engine::fusion::segment::SegmentRule;
use crate::engine::member::{DraftRequest, Drafted, MemberError, Sampling};

/// Shown once, before the first round it applies to.
const NO_VERIFIER: &str = "no member can score the others' drafts: each draft's own score decides, where its author gives one, \
                           else the order of the members";

impl Machine {
    /// Starts the next round, or ends the run if no further round may start.
    pub(super) fn next_round(&mut self) {
        self.end_linger();
        if self.has_ended() {
            return self.finish(Outcome::Answered);
        }
        if self.pace == Pace::Paused {
            return;
        }
        let played = self.run.rounds.iter().filter(|round| round.accepted.is_some()).count();
        // A step of lazy drafting is one or a few tokens, and the limit on tokens is enough for those.
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

    /// Shown once: see [`Round::electors`](crate::engine::fusion::run::Round::electors) for what happens then.
    fn warn_of_no_verifier(&mut self) {
        if !self.run.warnings.iter().any(|known| known == NO_VERIFIER) {
            self.emit(Event::Warning { text: NO_VERIFIER.to_owned() });
        }
    }

    /// Whether the accepted text is a complete answer.
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

    /// How many of a draft's tokens are already recorded. If the recorded ones differ, because a reply broke off or was a
    /// thought, records that the member drafts again, and returns 0.
    fn told_of(&mut self, member: MemberIndex, tokens: &[DraftToken]) -> usize {
        let told: &[DraftToken] = match self.run.open_round().and_then(|round| round.draft(member)) {
            Some(DraftState::Open(told)) => told,
            Some(DraftState::Finished(_) | DraftState::Failed(_)) | None => &[],
        };
        let count = told.len();
        // A token that was streamed whole may be cut if the answer has no more room.
        let same =
            told.iter().zip(tokens).all(|(told, token)| told.text.starts_with(&token.text) || token.text.starts_with(&told.text));
        if same && count <= tokens.len() {
            return count;
        }
        let member = self.name(member);
        self.emit(Event::Redrafted { member });
        0
    }

    /// The rule of the open round.
    fn segment_rule(&self) -> SegmentRule {
        self.run.open_round().map_or_else(
            || self.run.params.segment_rule(),
            |round| if round.ahead.is_some() { round.params.ahead_rule() } else { round.params.segment_rule() },
        )
    }

    /// How many more tokens the answer may have; at least 1 while a round is open.
    pub(super) fn room(&self) -> usize {
        self.run.params.max_tokens.saturating_sub(self.run.tokens()).max(1)
    }

    pub(super) fn drafted(&mut self, call: CallId, result: Result<Drafted, MemberError>) {
        let Some(Call { id, member, started_ms, work, .. }) = self.returned(call) else { return };
        let elapsed_ms = rounded(self.now_ms - started_ms);
        let first_token_ms = match work {
            Work::Draft { first_token_ms, .. } => first_token_ms.unwrap_or(elapsed_ms),
            Work::Score(_) | Work::Measure => return,
        };
        let cut = result.and_then(|drafted| {
            let usage = self.paid(id, drafted.usage);
            self.cut(member, Drafted { usage, ..drafted }).inspect_err(|_| self.owe(id, member, usage))
        });
        self.draft_came(member, cut, first_token_ms, elapsed_ms);
    }

    /// Handles a draft with the tokens that were not streamed, or its failure.
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

    /// Cuts a draft to its segment. A draft without text that does not end the answer is a failure, unless it is for another
    /// member to continue: accepting it would repeat the round forever.
    ///
    /// Also returns the tokens that the member did not stream: the record holds every token once.
    pub(super) fn cut(&mut self, member: MemberIndex, drafted: Drafted) -> Result<(DraftFinished, Vec<DraftToken>), MemberError> {
        let Drafted { mut draft, thought, ends: known_ends, forwards, usage } = drafted;
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
            // A continuation may start in the middle of a word.
            (true, true) => rule.cut_exactly(&whole, draft.ends),
            (false, _) => rule.cut_exactly(&whole[..first_tokens(&draft, room)], false),
        };
        let text = whole;
        if cut.bytes == 0 && !cut.ends && !self.is_ahead(member) {
            return Err(MemberError::Failed("it returned nothing".to_owned()));
        }
        let finished = DraftFinished {
            member: self.name(member),
            text: text[..cut.bytes].to_owned(),
            ends: cut.ends,
            end_logprob: if cut.ends { draft.end_logprob } else { ends.after(cut.bytes) }.map(possible),
            beyond: text[cut.bytes..].to_owned(),
            thought,
            kept: None,
            drawn,
            forwards,
            usage,
            first_token_ms: 0.0,
            elapsed_ms: 0.0,
        };
        let tokens: Vec<DraftToken> = draft.tokens.into_iter().map(possible_token).collect();
        let told = self.told_of(member, &tokens);
        Ok((finished, tokens.into_iter().skip(told).collect()))
    }

    /// Gives free verifiers what they can score now; decides the round once nothing is pending. After a scoring only the verifier
    /// it `freed` can have anything new to do.
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
}

//! What the user does to the text of an answer: choosing, editing, writing, redrafting, going back and to other branches.
//!
//! All of it works on the open round and on one decided long ago. A decided one is opened again with every reply it had, and
//! decided differently: a second child in the tree of segments. Nothing that was accepted is lost.

use std::sync::Arc;

use super::decide::Choice;
use super::{CommandError, Machine, Work, refusal};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{Event, Outcome, SegmentId, Steering};
use crate::engine::fusion::params::Alignment;
use crate::engine::fusion::run::Change;
use crate::engine::member::Context;

impl Machine {
    /// Records a user action and makes its round the open one.
    fn steer(&mut self, action: Steering, segment: Option<SegmentId>) {
        self.cancel_all();
        self.begin_steering(action, segment);
    }

    fn begin_steering(&mut self, action: Steering, segment: Option<SegmentId>) {
        // A segment written behind the last one is a round of its own.
        let number = match (segment, self.run.rounds.last()) {
            (None, last) if self.run.open_round().is_none() => last.map_or(1, |last| last.number + 1),
            (_, last) => last.map_or(0, |last| last.number),
        };
        self.emit_in(number, Event::Steered { action });
        if let Some(segment) = segment {
            self.emit(Event::Reopened { segment });
            self.stand_at_head();
        }
    }

    /// Restores the tally and the accepted text of the current segment.
    pub(super) fn stand_at_head(&mut self) {
        let head = self.run.tree.head();
        if let Some(tally) = self.tallies.get(head.0) {
            self.tally = tally.clone();
        }
        let accepted = self.run.rounds.iter().filter_map(|round| round.accepted.as_ref());
        let accepted = accepted.map(|accepted| Arc::clone(&accepted.text)).collect();
        self.context = Context { conversation: Arc::clone(&self.context.conversation), accepted };
    }

    pub(super) fn override_winner(&mut self, member: String, segment: Option<SegmentId>) -> Result<(), CommandError> {
        let key = refusal::candidate(&self.run, &member, segment)?;
        self.steer(Steering::Override { member: member.into() }, segment);
        self.close(Choice::Candidate(key));
        Ok(())
    }

    pub(super) fn edit(&mut self, segment: SegmentId, text: String) -> Result<(), CommandError> {
        let accepted = refusal::edited(&self.run, segment, &text)?.clone();
        self.steer(Steering::Edit, Some(segment));
        match accepted.author {
            Some(author) => self.close(Choice::Edited { author, text }),
            None => self.accept_written(&text, accepted.ends),
        }
        Ok(())
    }

    pub(super) fn write(&mut self, segment: Option<SegmentId>, text: &str) -> Result<(), CommandError> {
        if text.trim().is_empty() {
            return Err(CommandError::EmptyText);
        }
        if let Some(segment) = segment {
            refusal::node(&self.run, segment)?;
        }
        self.steer(Steering::Write, segment);
        if self.run.open_round().is_none() {
            let number = self.run.rounds.len() + 1;
            self.emit_in(number, Event::RoundStarted { drafters: Vec::new(), verifiers: Vec::new(), ahead: None });
            self.begun += 1;
        }
        self.accept_written(text, false);
        Ok(())
    }

    /// Redrafts candidates of a round: one member's, or all.
    pub(super) fn redraft(&mut self, member: Option<String>, segment: Option<SegmentId>) -> Result<(), CommandError> {
        let round = refusal::round_of(&self.run, segment)?;
        let wanted = match &member {
            Some(name) => vec![refusal::known(&self.run, name)?],
            None => round.drafters.clone(),
        };
        // In a reopened round, members that left after it are present again: one that drafts in it still does when all draft again.
        let present = |wanted: MemberIndex| segment.is_some() || self.run.member(wanted).is_active() || self.is_drafting(wanted);
        let there =
            |wanted: &MemberIndex| round.drafters.contains(wanted) && present(*wanted) && !round.excluded.contains(wanted);
        let drafters: Vec<MemberIndex> = wanted.into_iter().filter(there).collect();
        if drafters.is_empty() {
            return Err(match member {
                Some(member) => CommandError::NoCandidate { member },
                None => CommandError::NoOpenRound,
            });
        }
        let open = segment.is_none();
        let key = drafters.first().and_then(|first| round.candidate_of(*first)).map(|candidate| candidate.key);
        match (open, &member, key) {
            // A verifier that is scoring another candidate continues.
            (true, Some(_), key) => self.cancel_work_on(drafters[0], key),
            (true, None, _) | (false, ..) => self.cancel_all(),
        }
        self.begin_steering(Steering::Redraft { member: member.map(Into::into) }, segment);
        self.begun += 1;
        for member in drafters {
            let name = self.name(member);
            self.emit(Event::Redrafted { member: name });
            self.request_draft(member);
        }
        self.advance(None);
        Ok(())
    }

    /// Drops a member's draft, and the scoring of its candidate in progress. Under alignment its new draft may cut all candidates
    /// elsewhere, so that all scoring in progress would be void.
    fn cancel_work_on(&mut self, member: MemberIndex, candidate: Option<MemberIndex>) {
        let aligned = self.run.open_round().is_some_and(|round| round.params.align == Alignment::Words);
        let judges = |machine: &Self, verifier: MemberIndex| machine.run.member(verifier).tier.judges();
        let void: Vec<_> = self
            .calls
            .iter()
            .filter(|call| match &call.work {
                Work::Draft { .. } => call.member == member,
                Work::Measure => false,
                Work::Score(keys) => aligned || candidate.is_some_and(|key| keys.contains(&key)) || judges(self, call.member),
            })
            .map(|call| call.id)
            .collect();
        self.cancel(|call| void.contains(&call.id));
    }

    pub(super) fn rewind(&mut self, to_round: usize) -> Result<(), CommandError> {
        let rounds = self.run.rounds.iter().filter(|round| round.accepted.is_some()).count();
        if to_round > rounds {
            return Err(CommandError::NoSuchRound { to_round, rounds });
        }
        self.go(Event::Rewound { to_round });
        Ok(())
    }

    pub(super) fn go_to(&mut self, segment: SegmentId) -> Result<(), CommandError> {
        if segment != SegmentId::QUESTION {
            refusal::node(&self.run, segment)?;
        }
        self.go(Event::Returned { segment });
        Ok(())
    }

    /// Goes where the event leads.
    fn go(&mut self, event: Event) {
        self.cancel_all();
        self.emit(event);
        self.stand_at_head();
        if self.has_ended() { self.finish(Outcome::Answered) } else { self.begin_unless_busy() }
    }

    pub(super) fn undo(&mut self) -> Result<(), CommandError> {
        let change = self.run.history.undoable().cloned().ok_or(CommandError::NothingToUndo)?;
        self.put_back(&change, Event::Undone)
    }

    pub(super) fn redo(&mut self) -> Result<(), CommandError> {
        let change = self.run.history.redoable().cloned().ok_or(CommandError::NothingToRedo)?;
        self.put_back(&change, Event::Redone)
    }

    fn put_back(&mut self, change: &Change, event: Event) -> Result<(), CommandError> {
        if let Some(member) = change.sends_away() {
            refusal::may_leave(&self.run, member)?;
            self.send_away(member, event);
        } else if change.text().is_some() {
            self.go(event);
        } else {
            self.emit(event);
        }
        Ok(())
    }
}

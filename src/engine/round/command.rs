//! What the user may ask of a run, and how the machine carries it out.

use super::{Failures, Machine, Pace, Work};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{Event, ExitReason, Outcome, SegmentId};
use crate::engine::fusion::params::{ParamError, Value, knob};

/// What the user may ask of a run. Members are named as the ensemble names them.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Start no further round; the open one is played to its end.
    Pause,
    /// Go on.
    Resume,
    /// Play one round, then pause.
    Step,
    /// Accept this member's candidate, whatever the ranking says.
    Override {
        /// Whose candidate.
        member: String,
        /// In the round of this segment, which it takes the place of; in the open round where none is named.
        segment: Option<SegmentId>,
    },
    /// Change the text of an accepted segment; what followed it stays on its own branch.
    Edit {
        /// Which.
        segment: SegmentId,
        /// Its new text.
        text: String,
    },
    /// Accept a text that no member drafted.
    Write {
        /// The segment whose place it takes; the next one where none is named.
        segment: Option<SegmentId>,
        /// The text.
        text: String,
    },
    /// Have candidates of a round drafted again.
    Redraft {
        /// Whose; all where nobody is named.
        member: Option<String>,
        /// In the round of this segment; in the open round where none is named.
        segment: Option<SegmentId>,
    },
    /// Force a member out.
    Exclude {
        /// Whom.
        member: String,
    },
    /// Bring a member back from the next round on.
    Readmit {
        /// Whom.
        member: String,
    },
    /// Change knobs from the next round on; all or, where one is refused, none.
    SetParameters {
        /// The knobs and their new values.
        values: Vec<(String, Value)>,
    },
    /// Set a verifier's weight from the next round on.
    SetWeight {
        /// The verifier.
        member: String,
        /// Its weight, at least 0.
        weight: f64,
    },
    /// Go back to the end of a round and draft on from there, differently.
    Rewind {
        /// The last round to keep; 0 goes back to the question.
        to_round: usize,
    },
    /// Go to a segment on whatever branch, and draft on from there.
    GoTo {
        /// The segment.
        segment: SegmentId,
    },
    /// Take the last change back.
    Undo,
    /// Do the change again that was taken back last.
    Redo,
    /// End the run now; what was accepted stays.
    Stop,
}

/// Why a command cannot be carried out.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CommandError {
    /// The run is over.
    #[error("the run is over")]
    Finished,
    /// There is no such member.
    #[error("there is no member `{name}`")]
    UnknownMember {
        /// What was asked for.
        name: String,
    },
    /// The member has no candidate in that round.
    #[error("`{member}` has no candidate in this round")]
    NoCandidate {
        /// Whose.
        member: String,
    },
    /// The member's candidate is what was accepted.
    #[error("`{member}`'s candidate is the accepted one")]
    AlreadyAccepted {
        /// Whose.
        member: String,
    },
    /// No round is open.
    #[error("no round is open now: name the segment that is meant, or go on first")]
    NoOpenRound,
    /// There is no such segment.
    #[error("there is no segment {segment}; the run has {segments}")]
    NoSuchSegment {
        /// What was asked for.
        segment: usize,
        /// How many there are.
        segments: usize,
    },
    /// A segment would be empty.
    #[error("a segment cannot be empty: go back to the round before it instead")]
    EmptyText,
    /// The text is as it was.
    #[error("the text is as it was")]
    Unchanged,
    /// A weight that is none.
    #[error("a weight is a number from 0 on, and {weight} is not")]
    BadWeight {
        /// What was asked for.
        weight: String,
    },
    /// Nothing was changed.
    #[error("nothing was changed yet")]
    NothingToUndo,
    /// Nothing was taken back.
    #[error("nothing was taken back")]
    NothingToRedo,
    /// Nobody would be left to draft.
    #[error("`{member}` is the last member that drafts")]
    LastDrafter {
        /// Who.
        member: String,
    },
    /// The member takes part already, or has left already.
    #[error("`{member}` {state} already")]
    Already {
        /// Who.
        member: String,
        /// `takes part` or `has left`.
        state: &'static str,
    },
    /// The member is not ready yet.
    #[error("`{member}` is not ready yet: it joins when it is")]
    NotReady {
        /// Who.
        member: String,
    },
    /// There is no such round to go back to.
    #[error("there is no round {to_round} to go back to; the answer has {rounds}")]
    NoSuchRound {
        /// What was asked for.
        to_round: usize,
        /// Accepted rounds.
        rounds: usize,
    },
    /// A knob or value that does not exist.
    #[error(transparent)]
    Parameter(#[from] ParamError),
}

impl Machine {
    pub(super) fn command(&mut self, command: Command) -> Result<(), CommandError> {
        match command {
            Command::Pause => {
                if self.pace != Pace::Paused {
                    self.pace = Pace::Paused;
                    self.emit(Event::Paused);
                }
            }
            Command::Resume => {
                if self.pace != Pace::Running {
                    self.pace = Pace::Running;
                    self.emit(Event::Resumed);
                    self.begin_unless_busy();
                }
            }
            Command::Step => self.step(),
            Command::Override { member, segment } => self.override_winner(member, segment)?,
            Command::Edit { segment, text } => self.edit(segment, text)?,
            Command::Write { segment, text } => self.write(segment, &text)?,
            Command::Redraft { member, segment } => self.redraft(member, segment)?,
            Command::Exclude { member } => self.exclude(&member)?,
            Command::Readmit { member } => self.readmit(&member)?,
            Command::SetParameters { values } => self.set_parameters(&values)?,
            Command::SetWeight { member, weight } => self.set_weight(member, weight)?,
            Command::Rewind { to_round } => self.rewind(to_round)?,
            Command::GoTo { segment } => self.go_to(segment)?,
            Command::Undo => self.undo()?,
            Command::Redo => self.redo()?,
            Command::Stop => self.finish(Outcome::Stopped),
        }
        Ok(())
    }

    fn step(&mut self) {
        if self.pace == Pace::Running {
            self.emit(Event::Paused);
        }
        self.pace = if self.is_busy() { Pace::Paused } else { Pace::Stepping };
        self.begin_unless_busy();
    }

    /// An open round without calls under way is one whose drafts all failed while the run was paused: it starts again.
    pub(super) fn begin_unless_busy(&mut self) {
        if !self.is_busy() {
            self.next_round();
        }
    }

    pub(super) fn known(&self, name: &str) -> Result<MemberIndex, CommandError> {
        self.run.index(name).ok_or_else(|| CommandError::UnknownMember { name: name.to_owned() })
    }

    /// A member that is the last to draft cannot go.
    pub(super) fn may_leave(&self, member: MemberIndex) -> Result<(), CommandError> {
        if self.run.drafters().all(|drafter| drafter == member) {
            return Err(CommandError::LastDrafter { member: self.name(member).to_string() });
        }
        Ok(())
    }

    /// A member goes away by this event, and what it was busy with with it.
    pub(super) fn send_away(&mut self, member: MemberIndex, event: Event) {
        let drafting = self.calls_of(member).any(|call| matches!(call.work, Work::Draft { .. }));
        self.cancel(|call| call.member == member);
        self.emit(event);
        if drafting {
            let member = self.name(member);
            self.emit(Event::DraftFailed { member, error: "excluded by hand".to_owned(), elapsed_ms: 0.0 });
        }
        self.advance(None);
    }

    fn exclude(&mut self, name: &str) -> Result<(), CommandError> {
        let member = self.known(name)?;
        if !self.run.member(member).is_active() {
            return Err(CommandError::Already { member: name.to_owned(), state: "has left" });
        }
        self.may_leave(member)?;
        self.send_away(member, Event::Exited { member: name.into(), reason: ExitReason::Excluded });
        Ok(())
    }

    fn readmit(&mut self, name: &str) -> Result<(), CommandError> {
        let member = self.known(name)?;
        if self.run.member(member).is_active() {
            return Err(CommandError::Already { member: name.to_owned(), state: "takes part" });
        }
        if self.awaited.contains(&member) {
            return Err(CommandError::NotReady { member: name.to_owned() });
        }
        self.failures[member.0] = Failures::default();
        self.emit(Event::Readmitted { member: name.into() });
        Ok(())
    }

    fn set_parameters(&mut self, values: &[(String, Value)]) -> Result<(), CommandError> {
        let checked: Vec<(&str, Value)> = values
            .iter()
            .map(|(name, value)| Ok((name.as_str(), knob(name)?.check(value)?)))
            .collect::<Result<_, ParamError>>()?;
        for (place, (name, value)) in checked.into_iter().enumerate() {
            self.emit(Event::ParamsChanged { name: name.to_owned(), value, together: place > 0 });
        }
        Ok(())
    }

    fn set_weight(&mut self, member: String, weight: f64) -> Result<(), CommandError> {
        self.known(&member)?;
        if !weight.is_finite() || weight < 0.0 {
            return Err(CommandError::BadWeight { weight: weight.to_string() });
        }
        self.emit(Event::WeightSet { member: member.into(), weight });
        Ok(())
    }

    /// Whether a member's draft in the open round is still to come.
    pub(super) fn is_drafting(&self, member: MemberIndex) -> bool {
        self.run.open_round().is_some_and(|round| round.is_drafting(member))
    }
}

//! The commands of the user, and how the machine carries them out.

use super::{Failures, Machine, Pace, Work, refusal};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{Event, ExitReason, Outcome, SegmentId};
use crate::engine::fusion::params::{ParamError, Value, knob};

/// A command of the user. Members go by their names in the ensemble.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Start no further round; the open one is played to its end.
    Pause,
    Resume,
    /// Play one round, then pause.
    Step,
    /// From now on let this many milliseconds pass after a contested decision, so that it can be read; 0 lets none pass.
    Linger {
        ms: f64,
    },
    /// Accept this member's candidate, whatever the ranking.
    Override {
        member: String,
        /// The segment whose round it is, and which it replaces; `None` for the open round.
        segment: Option<SegmentId>,
    },
    /// Edit an accepted segment; what followed it stays on its own branch.
    Edit {
        segment: SegmentId,
        text: String,
    },
    /// Accept a text that no member drafted.
    Write {
        /// The segment it replaces; `None` for the next one.
        segment: Option<SegmentId>,
        text: String,
    },
    /// Have candidates of a round drafted again.
    Redraft {
        /// The member to draft again; `None` for all.
        member: Option<String>,
        /// The segment whose round it is; `None` for the open round.
        segment: Option<SegmentId>,
    },
    /// Force a member out.
    Exclude {
        member: String,
    },
    /// Bring a member back from the next round on.
    Readmit {
        member: String,
    },
    /// Change knobs from the next round on; if one is refused, none changes.
    SetParameters {
        values: Vec<(String, Value)>,
    },
    /// Set a verifier's weight from the next round on.
    SetWeight {
        member: String,
        weight: f64,
    },
    /// Go back to the end of a round and continue differently from there.
    Rewind {
        /// The last round to keep; 0 goes back to the question.
        to_round: usize,
    },
    /// Go to a segment on any branch and continue from there.
    GoTo {
        segment: SegmentId,
    },
    /// Undo the last change.
    Undo,
    /// Redo the change undone last.
    Redo,
    /// End the run now; the accepted text stays.
    Stop,
}

/// Why a command cannot be carried out.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CommandError {
    #[error("the run is over")]
    Finished,
    #[error("there is no member `{name}`")]
    UnknownMember { name: String },
    /// The member has no candidate in that round.
    #[error("`{member}` has no candidate in this round")]
    NoCandidate { member: String },
    /// The member's candidate is the accepted one.
    #[error("`{member}`'s candidate is the accepted one")]
    AlreadyAccepted { member: String },
    #[error("no round is open now: name the segment that is meant, or go on first")]
    NoOpenRound,
    #[error("there is no segment {segment}; the run has {segments}")]
    NoSuchSegment { segment: usize, segments: usize },
    #[error("a segment cannot be empty: go back to the round before it instead")]
    EmptyText,
    #[error("the text is as it was")]
    Unchanged,
    #[error("a weight is a number from 0 on, and {weight} is not")]
    BadWeight { weight: String },
    #[error("nothing was changed yet")]
    NothingToUndo,
    #[error("nothing was taken back")]
    NothingToRedo,
    /// No drafter would be left.
    #[error("`{member}` is the last member that drafts")]
    LastDrafter { member: String },
    /// The member takes part already, or has left already.
    #[error("`{member}` {state} already")]
    Already {
        member: String,
        /// `takes part` or `has left`.
        state: &'static str,
    },
    #[error("`{member}` is not ready yet: it joins when it is")]
    NotReady { member: String },
    #[error("there is no round {to_round} to go back to; the answer has {rounds}")]
    NoSuchRound {
        to_round: usize,
        /// The number of accepted rounds.
        rounds: usize,
    },
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
                } else if self.lingers() {
                    self.begin_unless_busy();
                }
            }
            Command::Step => self.step(),
            Command::Linger { ms } => self.linger(ms),
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

    /// Starts an open round without calls in progress again: its drafts all failed while the run was paused.
    pub(super) fn begin_unless_busy(&mut self) {
        if !self.is_busy() {
            self.next_round();
        }
    }

    /// Removes a member with this event, and cancels its work.
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
        let member = refusal::known(&self.run, name)?;
        if !self.run.member(member).is_active() {
            return Err(CommandError::Already { member: name.to_owned(), state: "has left" });
        }
        refusal::may_leave(&self.run, member)?;
        self.send_away(member, Event::Exited { member: name.into(), reason: ExitReason::Excluded });
        Ok(())
    }

    fn readmit(&mut self, name: &str) -> Result<(), CommandError> {
        let member = refusal::known(&self.run, name)?;
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
        refusal::known(&self.run, &member)?;
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

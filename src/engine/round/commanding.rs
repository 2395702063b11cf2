//! How the machine carries out the commands of the user.

use super::{Command, CommandError, Failures, Machine, Pace, Work, refusal};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{Event, ExitReason, Outcome};
use crate::engine::fusion::params::{ParamError, Value, knob};

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

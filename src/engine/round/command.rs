//! What a person may ask of a run, and how the machine carries it out.

use super::{Failures, Machine, Pace, Work};
use crate::engine::fusion::MemberIndex;
use crate::engine::fusion::event::{Event, ExitReason, Outcome, Steering};
use crate::engine::fusion::params::{ParamError, Value};
use crate::engine::fusion::run::DraftState;
use crate::engine::member::Context;

/// What a person may ask of a run. Members are named as the ensemble names them.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Begin no further round; the open one is played to its end.
    Pause,
    /// Go on.
    Resume,
    /// Play one round, then pause.
    Step,
    /// Accept this member's candidate in the open round, whatever the ranking says.
    Override {
        /// Whose candidate.
        member: String,
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
    /// Change a knob from the next round on.
    SetParameter {
        /// The knob.
        name: String,
        /// Its new value.
        value: Value,
    },
    /// Go back to the end of a round and draft on from there, differently.
    Rewind {
        /// The last round to keep; 0 goes back to the question.
        to_round: usize,
    },
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
    /// The member has no candidate in an open round.
    #[error("`{member}` has no candidate in the open round")]
    NoCandidate {
        /// Whose.
        member: String,
    },
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
            Command::Override { member } => self.override_winner(member)?,
            Command::Exclude { member } => self.exclude(&member)?,
            Command::Readmit { member } => self.readmit(&member)?,
            Command::SetParameter { name, value } => self.set_parameter(name, &value)?,
            Command::Rewind { to_round } => self.rewind(to_round)?,
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

    /// An open round without calls under way is one whose drafts all failed while the run was paused: it begins anew.
    fn begin_unless_busy(&mut self) {
        if !self.is_busy() {
            self.next_round();
        }
    }

    fn known(&self, name: &str) -> Result<MemberIndex, CommandError> {
        self.run.index(name).ok_or_else(|| CommandError::UnknownMember { name: name.to_owned() })
    }

    fn override_winner(&mut self, member: String) -> Result<(), CommandError> {
        let author = self.known(&member)?;
        let key = self.run.open_round().and_then(|round| round.candidate_of(author)).map(|candidate| candidate.key);
        let Some(key) = key else { return Err(CommandError::NoCandidate { member }) };
        self.cancel_all();
        self.emit(Event::Steered { action: Steering::Override { member: member.into() } });
        self.decide(Some(key));
        Ok(())
    }

    fn exclude(&mut self, name: &str) -> Result<(), CommandError> {
        let member = self.known(name)?;
        if !self.run.member(member).is_active() {
            return Err(CommandError::Already { member: name.to_owned(), state: "has left" });
        }
        if self.run.drafters().all(|drafter| drafter == member) {
            return Err(CommandError::LastDrafter { member: name.to_owned() });
        }
        let drafting = self.calls_of(member).any(|call| matches!(call.work, Work::Draft { .. }));
        self.cancel_calls(member);
        self.emit(Event::Exited { member: name.into(), reason: ExitReason::Excluded });
        if drafting {
            self.emit(Event::DraftFailed { member: name.into(), error: "excluded by hand".to_owned(), elapsed_ms: 0.0 });
        }
        self.advance(None);
        Ok(())
    }

    fn readmit(&mut self, name: &str) -> Result<(), CommandError> {
        let member = self.known(name)?;
        if self.run.member(member).is_active() {
            return Err(CommandError::Already { member: name.to_owned(), state: "takes part" });
        }
        self.failures[member.0] = Failures::default();
        self.tally.exit.readmit(member);
        self.emit(Event::Readmitted { member: name.into() });
        Ok(())
    }

    fn set_parameter(&mut self, name: String, value: &Value) -> Result<(), CommandError> {
        let knob = crate::engine::fusion::params::knob(&name)?;
        let value = knob.check(value)?;
        self.emit(Event::ParamsChanged { name, value });
        Ok(())
    }

    fn rewind(&mut self, to_round: usize) -> Result<(), CommandError> {
        let rounds = self.run.rounds.iter().filter(|round| round.accepted.is_some()).count();
        let Some(tally) = self.tallies.get(to_round) else { return Err(CommandError::NoSuchRound { to_round, rounds }) };
        self.tally = tally.clone();
        self.tallies.truncate(to_round + 1);
        self.cancel_all();
        self.emit(Event::Rewound { to_round });
        let accepted = self.run.rounds.iter().filter_map(|round| round.accepted.as_ref());
        let accepted = accepted.map(|accepted| std::sync::Arc::clone(&accepted.text)).collect();
        self.context = Context { conversation: std::sync::Arc::clone(&self.context.conversation), accepted };
        self.begin_unless_busy();
        Ok(())
    }

    /// Whether a member's draft in the open round is still to come.
    pub(super) fn is_drafting(&self, member: MemberIndex) -> bool {
        let draft = self.run.open_round().and_then(|round| round.draft(member));
        matches!(draft, Some(DraftState::Open(_)))
    }
}

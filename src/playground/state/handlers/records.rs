//! Events of a run: what each changes apart from the run itself.

use super::handles::handles;
use crate::engine::fusion::event::{Event, ExitReason, Outcome, Record};
use crate::playground::state::log::Level;
use crate::playground::state::parts::answers::{Answers, Source, TakingUp};
use crate::playground::state::parts::looking::Looking;
use crate::playground::state::parts::notices::Notices;
use crate::playground::state::parts::writing::Writing;
use crate::playground::state::prompt::FURTHER;

handles! {
    /// What an event may change.
    Records
    changes answers: Answers, looking: Looking, writing: Writing, notices: Notices;
}

impl Records<'_> {
    /// Handles one event of the run, live or replayed.
    pub(in crate::playground::state) fn record(&mut self, record: &Record) {
        self.answers.now_ms = record.t_ms;
        let is_new = matches!(record.event, Event::RunStarted(_)) && self.answers.asked.take().is_some();
        if self.answers.session.apply(record) || is_new {
            self.answers.transcript.rebuild(&self.answers.session.answers()[..self.answers.session.answers().len() - 1]);
        }
        match &record.event {
            Event::RunStarted(_) => self.started(),
            Event::Accepted { .. } => {
                let at = self.answers.session.answers().len().saturating_sub(1);
                let rounds = self.answers.session.newest().map(|answer| answer.run.rounds.as_slice()).unwrap_or_default();
                if let Some((round, before)) = rounds.split_last() {
                    self.answers.transcript.accept(round, at, before.len());
                }
            }
            Event::Rewound { .. } | Event::Returned { .. } | Event::Reopened { .. } | Event::Undone | Event::Redone => {
                self.looking.round = None;
                self.answers.transcript.rebuild(self.answers.session.answers());
            }
            Event::Continued => self.continued(),
            Event::Warning { text } => self.notices.say_at(Level::Warning, Some(record.t_ms), text),
            Event::DraftFailed { .. } | Event::ScoreFailed { .. } | Event::TierLowered { .. } | Event::Late { .. } => {
                self.notices.say_at(Level::Warning, Some(record.t_ms), &record.trouble().unwrap_or_default());
            }
            Event::Joined { .. } | Event::Exited { reason: ExitReason::NotReady, .. } => {
                self.notices.say_at(Level::Info, Some(record.t_ms), &record.trouble().unwrap_or_default());
            }
            Event::Exited { member, reason } => {
                let text = format!("{member} left after round {}: {}", record.round, reason.in_words());
                self.notices.log.add(Level::Info, Some(record.t_ms), &text);
            }
            Event::RunFinished(finished) => {
                if let Outcome::NoMembers { error } = &finished.outcome {
                    self.notices.say(Level::Error, &format!("no member is left that can draft: {error}"));
                }
            }
            Event::RoundStarted { .. }
            | Event::Token { .. }
            | Event::DraftFinished(_)
            | Event::Score { .. }
            | Event::Ranked(_)
            | Event::SetAside { .. }
            | Event::Readmitted { .. }
            | Event::Measured { .. }
            | Event::Predicted { .. }
            | Event::Steered { .. }
            | Event::Redrafted { .. }
            | Event::Cancelled { .. }
            | Event::Used { .. }
            | Event::ParamsChanged { .. }
            | Event::WeightSet { .. }
            | Event::Paused
            | Event::Resumed => {}
        }
    }

    /// An answer starts.
    fn started(&mut self) {
        (self.looking.round, self.answers.waiting) = (None, None);
        self.writing.question.invite(FURTHER);
        if let Some(answer) = self.answers.session.newest() {
            self.answers.transcript.begin(answer);
        }
    }

    /// Handles the event that the run was resumed.
    fn continued(&mut self) {
        // The recording is the user's own answer from here on.
        (self.answers.taking_up, self.answers.source, self.answers.below) = (TakingUp::Not, Source::Live, None);
    }
}

//! The outcome of a run, collected from its records.

use crate::engine::SetupError;
use crate::engine::fusion::event::{
    Event, ExitReason, Finished, Limit, MemberName, Outcome, RankedCandidate, Record, Summary, late,
};
use crate::engine::trace::TraceError;

/// A run that was played.
#[derive(Debug, Default)]
pub(crate) struct Played {
    text: String,
    /// The accepted segments, in order.
    pub(crate) segments: Vec<Segment>,
    /// The members that left, in order.
    pub(crate) departures: Vec<Departure>,
    /// Drafts and scorings that failed, or were dropped because the member was silent.
    pub(crate) failed_calls: Vec<FailedCall>,
    /// Whether its first event came: from then on there is a trace, if one is kept.
    pub(crate) started: bool,
    /// Whether it was asked to stop before its last event.
    pub(crate) interrupted: bool,
    /// Why its trace is incomplete.
    pub(crate) journal_error: Option<TraceError>,
    refused: Option<SetupError>,
    finished: Option<Finished>,
    /// The candidates of the round that is being decided.
    ranking: Vec<RankedCandidate>,
}

/// An accepted segment.
#[derive(Debug)]
pub(crate) struct Segment {
    /// The fused score of its candidate, in the unit of the scoring rule; `None` if it was not scored.
    pub(crate) score: Option<f64>,
}

/// A member that left.
#[derive(Debug)]
pub(crate) struct Departure {
    pub(crate) member: MemberName,
    /// The round after which it left; 0 before the first.
    pub(crate) round: usize,
    pub(crate) reason: ExitReason,
    /// Length of the answer by then, in bytes.
    pub(crate) accepted: usize,
}

/// A call to a member that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FailedCall {
    pub(crate) member: MemberName,
    /// In the words of the trace.
    pub(crate) error: String,
}

/// Why there is no whole answer. A limit is a knob: what it leaves of an answer is the setting's answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unanswered {
    #[error(transparent)]
    Refused(SetupError),
    #[error("the engine stopped without ending the run")]
    CutShort,
    #[error("no member is left that can draft ({error})")]
    NoMembers {
        /// The last error of a member, in the words of the trace.
        error: String,
    },
}

impl Played {
    /// A run that could not start.
    pub(super) fn refused(error: SetupError) -> Self {
        Self { refused: Some(error), ..Self::default() }
    }

    pub(super) fn take_in(&mut self, record: &Record) {
        match &record.event {
            Event::RunStarted(_) => self.started = true,
            Event::Ranked(ranked) => self.ranking.clone_from(&ranked.candidates),
            Event::Accepted { authors, text, .. } => {
                self.text.push_str(text);
                let ranking = std::mem::take(&mut self.ranking);
                self.segments.push(Segment { score: fused_score(&ranking, authors.first()) });
            }
            Event::Exited { member, reason } => self.departures.push(Departure {
                member: member.clone(),
                round: record.round,
                reason: reason.clone(),
                accepted: self.text.len(),
            }),
            Event::DraftFailed { member, error, .. } | Event::ScoreFailed { member, error, .. } => {
                self.failed_calls.push(FailedCall { member: member.clone(), error: error.clone() });
            }
            Event::Late { member, silent_ms, .. } => {
                self.failed_calls.push(FailedCall { member: member.clone(), error: late(*silent_ms) });
            }
            Event::RunFinished(finished) => self.finished = Some((**finished).clone()),
            Event::RoundStarted { .. }
            | Event::Token { .. }
            | Event::DraftFinished(_)
            | Event::Score { .. }
            | Event::TierLowered { .. }
            | Event::SetAside { .. }
            | Event::Joined { .. }
            | Event::Measured { .. }
            | Event::Predicted { .. }
            | Event::Readmitted { .. }
            | Event::Steered { .. }
            | Event::Reopened { .. }
            | Event::Redrafted { .. }
            | Event::Cancelled { .. }
            | Event::Used { .. }
            | Event::ParamsChanged { .. }
            | Event::WeightSet { .. }
            | Event::Paused
            | Event::Resumed
            | Event::Rewound { .. }
            | Event::Returned { .. }
            | Event::Undone
            | Event::Redone
            | Event::Continued
            | Event::Warning { .. } => {}
        }
    }

    /// The accepted text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// How it ended; `None` if its last event never came.
    pub(crate) fn outcome(&self) -> Option<&Outcome> {
        self.finished.as_ref().map(|finished| &finished.outcome)
    }

    /// The figures of its last event; all zero if that never came.
    pub(crate) fn summary(&self) -> Summary {
        self.finished.as_ref().map(|finished| finished.summary.clone()).unwrap_or_default()
    }

    pub(crate) fn limit(&self) -> Option<Limit> {
        self.outcome().and_then(Outcome::limit)
    }

    /// Why there is no whole answer, if there is none.
    pub(crate) fn unanswered(&self) -> Option<Unanswered> {
        if let Some(error) = &self.refused {
            return Some(Unanswered::Refused(error.clone()));
        }
        match self.outcome() {
            None => Some(Unanswered::CutShort),
            Some(Outcome::NoMembers { error }) => Some(Unanswered::NoMembers { error: error.clone() }),
            Some(Outcome::Answered | Outcome::TokenLimit | Outcome::RoundLimit | Outcome::ContextLimit | Outcome::Stopped) => {
                None
            }
        }
    }

    /// The mean fused score of the segments that were scored.
    pub(crate) fn mean_score(&self) -> Option<f64> {
        let scores: Vec<f64> = self.segments.iter().filter_map(|segment| segment.score).collect();
        (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64)
    }
}

fn fused_score(ranking: &[RankedCandidate], author: Option<&MemberName>) -> Option<f64> {
    ranking.iter().find(|candidate| author.is_some_and(|author| candidate.authors.contains(author)))?.score
}

//! Log entries about a run: its decisions, by the names of the trace.
//!
//! Owns which records become entries: not tokens, drafts and scores, which the trace has.

use serde_json::Value;
use tracing::{Level, info};

use super::fusion::event::{Event, Record};
use crate::log::TARGET;

/// Logs a record that is a decision.
pub(super) fn note(record: &Record) {
    if !is_decision(&record.event) || !tracing::enabled!(target: TARGET, Level::INFO) {
        return;
    }
    let Ok(Value::Object(mut fields)) = serde_json::to_value(&record.event) else { return };
    let mut text = |name: &str| match fields.remove(name) {
        Some(Value::String(text)) => Some(text),
        Some(_) | None => None,
    };
    let (event, member) = (text("event"), text("member"));
    let (round, run_ms, detail) = (record.round, record.t_ms.round(), Value::Object(fields).to_string());
    info!(target: TARGET, member, event, round, run_ms, detail);
}

fn is_decision(event: &Event) -> bool {
    match event {
        Event::Token { .. } | Event::DraftFinished(_) | Event::Score { .. } | Event::Ranked(_) | Event::Used { .. } => false,
        Event::RunStarted(_)
        | Event::RoundStarted { .. }
        | Event::DraftFailed { .. }
        | Event::TierLowered { .. }
        | Event::ScoreFailed { .. }
        | Event::Late { .. }
        | Event::Accepted { .. }
        | Event::SetAside { .. }
        | Event::Exited { .. }
        | Event::Joined { .. }
        | Event::Measured { .. }
        | Event::Predicted { .. }
        | Event::Readmitted { .. }
        | Event::Steered { .. }
        | Event::Reopened { .. }
        | Event::Redrafted { .. }
        | Event::Cancelled { .. }
        | Event::ParamsChanged { .. }
        | Event::WeightSet { .. }
        | Event::Paused
        | Event::Resumed
        | Event::Rewound { .. }
        | Event::Returned { .. }
        | Event::Undone
        | Event::Redone
        | Event::Continued
        | Event::Warning { .. }
        | Event::RunFinished(_) => true,
    }
}

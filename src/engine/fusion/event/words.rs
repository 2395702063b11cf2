//! Events in words for the user: one sentence for each problem with a member.

use super::{Event, ExitReason, Record, ScoreTier};

impl Record {
    /// A problem with a member that the user should know of, in one sentence; `None` if the event is not one. Raw text: it
    /// contains the member's own words.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        let round = self.round;
        Some(match &self.event {
            Event::DraftFailed { member, error, .. } => format!("round {round}: {member} could not draft: {error}"),
            Event::ScoreFailed { member, error, .. } => format!("round {round}: {member} could not score: {error}"),
            Event::Late { member, candidates, silent_ms, .. } => {
                let doing = if candidates.is_empty() { "drafting" } else { "scoring" };
                format!("round {round}: {member} is late {doing}: {}", late(*silent_ms))
            }
            Event::TierLowered { member, tier: ScoreTier::None, reason } => {
                format!("{member} stops verifying and goes on drafting: {reason}")
            }
            Event::TierLowered { member, tier, reason } => {
                format!("{member} goes on scoring otherwise ({}): {reason}", tier.in_words())
            }
            Event::Exited { member, reason: ExitReason::NotReady } => {
                format!("{member} is not ready yet: the answer begins without it, and it joins when it is")
            }
            Event::Joined { member, .. } => format!("{member} is ready: it takes part from the next round on"),
            Event::RunStarted(_)
            | Event::RoundStarted { .. }
            | Event::Token { .. }
            | Event::DraftFinished(_)
            | Event::Score { .. }
            | Event::Ranked(_)
            | Event::SetAside { .. }
            | Event::Accepted { .. }
            | Event::Exited { .. }
            | Event::Readmitted { .. }
            | Event::Measured { .. }
            | Event::Predicted { .. }
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
            | Event::Warning { .. }
            | Event::RunFinished(_) => return None,
        })
    }
}

/// Why a silent member's part of a round is missing.
#[must_use]
pub fn late(silent_ms: f64) -> String {
    format!("no sign of life for {:.0} s while the others are done; the round goes on without it", silent_ms / 1000.0)
}

//! Which members leave: cumulative quality, entropy-tempered softmax, threshold δ / n.
//!
//! Owns both rules (`paper`, `evidence`) and their state over a run. Removing a member from the round, and readmitting it by
//! hand, is the round machine's; the quality numbers come from the verifiers' recorded log-probabilities.

use super::MemberIndex;

/// Which rule decides, with its own constants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ExitRule {
    /// Nobody leaves.
    Off,
    /// Our reading of the paper: Q sums the fused scores; τ = τ0 · (0.5 + H).
    Paper {
        /// τ0, above 0.
        temperature: f64,
        /// W: rounds whose mean scores the entropy is taken over; at least 1.
        window: usize,
    },
    /// Ours: shortfalls in nats per token against the round's mean, tempered by the spread that chance alone would give.
    Evidence {
        /// c: how many standard deviations of noise a shortfall must reach; above 0.
        caution: f64,
        /// s0: spread below this many nats per token is no evidence; above 0.
        floor: f64,
        /// Quality below this many nats per token counts as this.
        worst_quality: f64,
    },
}

/// Which number of members divides the threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThresholdCount {
    /// The members active now.
    Current,
    /// The members the run began with.
    Initial,
}

/// Everything that decides an exit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExitSettings {
    /// The rule.
    pub rule: ExitRule,
    /// δ: a member leaves when its retention falls below δ / n.
    pub threshold: f64,
    /// What n is.
    pub count: ThresholdCount,
    /// Rounds before anyone may leave.
    pub warm_up: usize,
    /// Never fewer active members than this; at least 1.
    pub min_members: usize,
}

/// What the verifiers thought of one active member's draft in a round.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// Whose.
    pub member: MemberIndex,
    /// The fused score of its candidate (whatever rule), `None` when it has none this round.
    pub score: Option<f64>,
    /// Mean over the verifiers of the mean token log-probability of its draft, in nats per token; `None` when it has none.
    pub mean_logprob: Option<f64>,
}

/// Where one active member stands after a round.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// Whose.
    pub member: MemberIndex,
    /// Q: cumulative quality, in the unit of the rule.
    pub cumulative: f64,
    /// p: the probability to stay, 0 to 1; over all active members it sums to 1.
    pub retention: f64,
    /// δ / n, the line it is held against.
    pub threshold: f64,
    /// Whether the rule lets this member go now. At most one a round under `evidence`.
    pub exits: bool,
}

/// The state of the rule over a run.
#[derive(Debug, Clone, PartialEq)]
pub struct ExitState {
    // private fields
}

impl ExitState {
    /// The state before the first round of `members` members.
    #[must_use]
    pub fn new(members: usize) -> Self {
        let _ = members;
        todo!()
    }

    /// Takes in one round's quality of every ACTIVE member (in member order) and says where they stand. `last` is true when the
    /// round ended the answer: then nobody leaves.
    pub fn observe(&mut self, settings: &ExitSettings, round: &[Quality], last: bool) -> Vec<Standing> {
        let _ = (settings, round, last);
        todo!()
    }

    /// Forgets a member's history, so that one brought back by hand begins level with the best of the others.
    pub fn readmit(&mut self, member: MemberIndex) {
        let _ = member;
        todo!()
    }
}

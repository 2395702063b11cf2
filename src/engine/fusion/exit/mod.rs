//! Which members leave: cumulative quality, entropy-tempered softmax, threshold δ / n.
//!
//! Owns both rules (`paper`, `evidence`) and their state over a run; the arithmetic of each is in its own file. Both are updated
//! every round, so that the rule can change during a run. The round machine removes and readmits members; the quality numbers
//! come from the verifiers' recorded log-probabilities.

mod evidence;
mod paper;

use super::MemberIndex;
use super::choice::choice;
use evidence::Evidence;
use paper::Paper;

/// The factor on the caution of the `evidence` rule for a team with this many drafters: in a small team a useless member causes
/// most of the spread that it is measured by. Measured with the built-in models: with one or two specialists and the babbler, the
/// babbler leaves nearly every long answer by the second round; without it the specialists stay in 98 of 100.
fn small_team(drafters: usize) -> f64 {
    match drafters {
        0..=2 => 0.45,
        3 => 0.64,
        _ => 1.0,
    }
}

/// Which rule decides, with its own constants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ExitRule {
    /// No member leaves.
    Off,
    /// Our reading of the paper: Q sums the fused scores; τ = τ0 · (0.5 + H).
    Paper {
        /// τ0, above 0.
        temperature: f64,
        /// W: rounds whose mean scores the entropy is taken over; at least 1.
        window: usize,
    },
    /// Ours: shortfalls in nats per token from the round's mean, tempered by the spread that chance alone would give.
    Evidence {
        /// c: how many standard deviations of noise a shortfall must reach; above 0.
        caution: f64,
        /// s0: a spread below this many nats per token is no evidence; above 0.
        floor: f64,
        /// Quality below this many nats per token is raised to it.
        worst_quality: f64,
    },
}

choice! {
    /// Which member count divides the threshold.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum ThresholdCount {
        /// The members active now.
        Current = "current",
        /// The members the run started with.
        Initial = "initial",
    }
}

/// The settings that decide exits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExitSettings {
    /// The rule.
    pub rule: ExitRule,
    /// δ: a member leaves when its retention falls below δ / n.
    pub threshold: f64,
    /// What n is.
    pub count: ThresholdCount,
    /// Rounds before any member may leave.
    pub warm_up: usize,
    /// At least this many members stay active; 0: depends on the size of the team, see [`ExitSettings::least`].
    pub min_members: usize,
}

impl ExitSettings {
    /// How many of the initial drafters always stay. A team of two or three must be able to lose a useless member; a larger one
    /// keeps enough members to compare the others with.
    #[must_use]
    pub fn least(&self, initial: usize) -> usize {
        match (self.min_members, initial) {
            (0, 0..=3) => initial.saturating_sub(1).max(1),
            (0, _) => 3,
            (least, _) => least,
        }
    }
}

/// The verifiers' view of one active member's draft in a round.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    pub member: MemberIndex,
    /// The fused score of its candidate (under any rule), `None` if it has none this round.
    pub score: Option<f64>,
    /// Mean over the verifiers of the mean token log-probability of its draft, in nats per token; `None` if it has none.
    pub mean_logprob: Option<f64>,
}

/// The standing of one active member after a round.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    pub member: MemberIndex,
    /// Q: cumulative quality, in the unit of the rule.
    pub cumulative: f64,
    /// p: the probability of staying, 0 to 1; sums to 1 over all active members.
    pub retention: f64,
    /// δ / n, the threshold for `retention`.
    pub threshold: f64,
    /// Whether the rule removes this member now. At most one member per round under `evidence`.
    pub exits: bool,
}

/// The state of the rules over a run.
#[derive(Debug, Clone, PartialEq)]
pub struct ExitState {
    /// The members that drafted when the run started.
    initial: usize,
    /// Rounds observed.
    rounds: usize,
    evidence: Evidence,
    paper: Paper,
}

/// The rule's verdict on the members active in a round, in the order of the round.
struct Verdict {
    cumulative: Vec<f64>,
    retention: Vec<f64>,
    /// Whether a member may be removed if its retention is below the threshold.
    condemned: Vec<bool>,
    /// The most members that may leave in one round.
    at_most: usize,
}

impl ExitState {
    /// The state before the first round of a run in which this many members draft.
    #[must_use]
    pub fn new(drafters: usize) -> Self {
        Self { initial: drafters, rounds: 0, evidence: Evidence::default(), paper: Paper::default() }
    }

    /// Observes one round's quality of every *active* member (in member order) and returns their standings. `last` is true if the
    /// round ended the answer: then no member leaves.
    ///
    /// A member first seen in a later round starts level with the best of the others, like a readmitted one.
    pub fn observe(&mut self, settings: &ExitSettings, round: &[Quality], last: bool) -> Vec<Standing> {
        self.rounds += 1;
        let worst = match settings.rule {
            ExitRule::Evidence { worst_quality, .. } => worst_quality,
            ExitRule::Off | ExitRule::Paper { .. } => evidence::WORST_QUALITY,
        };
        self.evidence.observe(round, worst);
        self.paper.observe(round);
        let members: Vec<MemberIndex> = round.iter().map(|quality| quality.member).collect();
        let verdict = match settings.rule {
            ExitRule::Off => Verdict::nobody(members.len()),
            ExitRule::Paper { temperature, window } => self.paper.judge(&members, temperature, window),
            ExitRule::Evidence { caution, floor, .. } => self.evidence.judge(&members, caution * small_team(self.initial), floor),
        };
        let count = match settings.count {
            ThresholdCount::Current => members.len(),
            ThresholdCount::Initial => self.initial,
        };
        let threshold = settings.threshold / count.max(1) as f64;
        let spared = if last || self.rounds <= settings.warm_up { members.len() } else { settings.least(self.initial) };
        let exits = verdict.exits(threshold, spared);
        let standing = |(at, &member): (usize, &MemberIndex)| Standing {
            member,
            cumulative: verdict.cumulative[at],
            retention: verdict.retention[at],
            threshold,
            exits: exits[at],
        };
        members.iter().enumerate().map(standing).collect()
    }

    /// Forgets a member's history, so that a member the user brought back starts level with the best of the others: it gets a
    /// copy of the best record among the members of the last round, and has to fall behind again before it can leave.
    pub fn readmit(&mut self, member: MemberIndex) {
        self.evidence.readmit(member);
        self.paper.readmit(member);
    }
}

impl Verdict {
    /// No member may leave; all are equal.
    fn nobody(members: usize) -> Self {
        Self {
            cumulative: vec![0.0; members],
            retention: softmax(&vec![0.0; members], 1.0),
            condemned: vec![false; members],
            at_most: 0,
        }
    }

    /// Which members leave: those below the threshold, lowest retention first and the later first on ties, while more than
    /// `spared` stay.
    fn exits(&self, threshold: f64, spared: usize) -> Vec<bool> {
        let below = |&at: &usize| self.condemned[at] && self.retention[at] < threshold;
        let mut leaving: Vec<usize> = (0..self.retention.len()).filter(below).collect();
        leaving.sort_by(|&a, &b| self.retention[a].total_cmp(&self.retention[b]).then(b.cmp(&a)));
        leaving.truncate(self.at_most.min(self.retention.len().saturating_sub(spared)));
        (0..self.retention.len()).map(|at| leaving.contains(&at)).collect()
    }
}

/// The record of each member, and the one that a new member starts with.
#[derive(Debug, Clone, PartialEq)]
struct Records<R> {
    /// By member index; `None` for a member never seen.
    all: Vec<Option<R>>,
    /// The members of the last round.
    recent: Vec<MemberIndex>,
}

impl<R> Default for Records<R> {
    fn default() -> Self {
        Self { all: Vec::new(), recent: Vec::new() }
    }
}

impl<R: Copy + Default> Records<R> {
    fn get(&self, member: MemberIndex) -> R {
        self.all.get(member.0).copied().flatten().unwrap_or_default()
    }

    fn set(&mut self, member: MemberIndex, record: R) {
        if self.all.len() <= member.0 {
            self.all.resize(member.0 + 1, None);
        }
        self.all[member.0] = Some(record);
    }

    fn is_known(&self, member: MemberIndex) -> bool {
        self.all.get(member.0).is_some_and(Option::is_some)
    }

    /// Starts a round of these members: a new member starts level with the best of those already known.
    fn begin_round(&mut self, members: impl Iterator<Item = MemberIndex>, quality: impl Fn(&R) -> f64) {
        self.recent.clear();
        self.recent.extend(members);
        if self.recent.iter().all(|member| self.is_known(*member)) {
            return;
        }
        let level = self.best(self.recent.iter().copied().filter(|member| self.is_known(*member)), quality);
        for member in std::mem::take(&mut self.recent) {
            if !self.is_known(member) {
                self.set(member, level);
            }
            self.recent.push(member);
        }
    }

    /// Raises a member to the level of the best of the others in the last round.
    fn level(&mut self, member: MemberIndex, quality: impl Fn(&R) -> f64) {
        let level = self.best(self.recent.iter().copied().filter(|other| *other != member), quality);
        self.set(member, level);
    }

    fn best(&self, members: impl Iterator<Item = MemberIndex>, quality: impl Fn(&R) -> f64) -> R {
        let records = members.map(|member| self.get(member));
        records.max_by(|a, b| quality(a).total_cmp(&quality(b))).unwrap_or_default()
    }
}

/// `softmax(values / temperature)`; a temperature that is not above 0 becomes the smallest positive one.
fn softmax(values: &[f64], temperature: f64) -> Vec<f64> {
    let temperature = temperature.max(f64::MIN_POSITIVE);
    let best = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = values.iter().map(|value| ((value - best) / temperature).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.into_iter().map(|power| power / sum).collect()
}

/// The entropy of a distribution, in nats: 0 to ln n.
fn entropy(shares: &[f64]) -> f64 {
    // 0 · ln 0 = 0; an empty sum is -0.
    shares.iter().filter(|share| **share > 0.0).map(|share| -share * share.ln()).sum::<f64>().max(0.0)
}

#[cfg(test)]
mod tests;

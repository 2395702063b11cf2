//! The trace vocabulary: everything that can happen in a run.
//!
//! The screen, the saved file, the replay and the export are views of these events. They carry raw text: the view cleans it for
//! the terminal. No event ever holds a secret. Members are named, so that a trace can be read by eye and with any JSON tool;
//! `run` turns names into indices.

mod draft;
mod header;
mod milestone;
mod outcome;
mod ranked;
mod reason;
mod steering;
mod tier;
mod usage;
mod words;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use draft::{DraftFinished, KeptDraft, Thought};
pub use header::{Capabilities, Header, MemberHeader, OwnSampling, Role, drafters};
pub use milestone::Milestone;
pub use outcome::{Finished, Limit, MemberSummary, Outcome, Summary};
pub use ranked::{Ranked, RankedCandidate, RankedStanding};
pub use reason::{ExitReason, Repeats};
pub use steering::{SegmentId, Steering};
pub use tier::{Drafting, ScoreTier};
pub use usage::{Price, Usage, about};
pub use words::late;

use super::candidate::DraftToken;
use super::lazy::DecodeTimes;
use super::params::Value;
use super::score::Opinion;

/// The version of the trace format. A reader refuses a newer one with an error.
///
/// 2 added judges, ways of scoring, tokens without log-probabilities, usage and prices. 3 added what the user can do beyond
/// choosing and going back (editing, writing, redrafting, weights, branches, undoing), cancelled calls, and resumed runs. 4
/// numbers the events of a file. 5 added drafts that are set aside, the probability of the end, members whose weight is not set,
/// lazy drafting, and the usage of calls that brought nothing. Files of versions 1 to 4 can still be read.
pub const TRACE_VERSION: u32 = 5;

/// A member's name in the ensemble.
pub type MemberName = Arc<str>;

/// An event with its time, in milliseconds since the run started, and its round: one line of a trace.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub t_ms: f64,
    /// The round it belongs to, from 1; 0 before the first.
    pub round: usize,
    #[serde(flatten)]
    pub event: Event,
}

/// Something that happened in a run.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The first event of every run, and the header of its trace.
    RunStarted(Box<Header>),
    /// A round started with these drafters.
    RoundStarted {
        drafters: Vec<MemberName>,
        verifiers: Vec<MemberName>,
        /// The member whose draft the only drafter keeps the start of, under lazy drafting.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ahead: Option<MemberName>,
    },
    /// A member drew a token.
    Token {
        member: MemberName,
        #[serde(flatten)]
        token: DraftToken,
    },
    /// A member's draft is complete.
    DraftFinished(Box<DraftFinished>),
    /// A member's draft failed.
    DraftFailed { member: MemberName, error: String, elapsed_ms: f64 },
    /// A verifier's reply about candidates: one event per call.
    Score {
        member: MemberName,
        /// One for each candidate it was asked about.
        scores: Vec<CandidateScore>,
        /// Token positions evaluated for it.
        forwards: u64,
        /// Tokens it used, if a server counts them.
        #[serde(default, skip_serializing_if = "Usage::is_zero")]
        usage: Usage,
        elapsed_ms: f64,
    },
    /// A verifier can no longer score as well as when the run started; it uses this tier until the run ends.
    TierLowered { member: MemberName, tier: ScoreTier, reason: String },
    /// A verifier could not score: it abstains on these candidates.
    ScoreFailed {
        member: MemberName,
        /// The candidates, each by the member that drafted it first.
        candidates: Vec<MemberName>,
        error: String,
        elapsed_ms: f64,
    },
    /// A member was silent for longer than the others' pace allows: its calls are dropped, and the round continues without them.
    Late {
        member: MemberName,
        /// The candidates it was asked to score; none if it was asked to draft.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        candidates: Vec<MemberName>,
        /// Milliseconds without a sign of life.
        silent_ms: f64,
        elapsed_ms: f64,
    },
    /// The round's candidates in order, and the standing of each member.
    Ranked(Box<Ranked>),
    /// A candidate was appended to the accepted text.
    Accepted {
        /// The author credited: the earliest of its authors; `None` if the user wrote it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        member: Option<MemberName>,
        /// All members that drafted it.
        authors: Vec<MemberName>,
        /// The text, byte for byte.
        text: String,
        /// Tokens, counted by the credited author's tokenizer; words if the user wrote it.
        tokens: usize,
        ends: bool,
        /// Whether the user chose, edited or wrote it, regardless of the ranking.
        overridden: bool,
        /// Whether the user edited what its authors drafted.
        #[serde(default, skip_serializing_if = "is_false")]
        edited: bool,
    },
    /// Candidates that only repeat. They are not scored as long as there are others.
    SetAside {
        /// The candidates, each by the member that drafted it first.
        candidates: Vec<MemberName>,
        repeats: Repeats,
    },
    /// A member left.
    Exited {
        member: MemberName,
        #[serde(flatten)]
        reason: ExitReason,
    },
    /// A member that was not ready when the run started is ready now: it takes part from the next round on.
    Joined {
        member: MemberName,
        /// What it can do, if the header could not know it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        capabilities: Option<Box<Capabilities>>,
    },
    /// The time a member takes to evaluate tokens was measured, to decide whether lazy drafting pays.
    Measured {
        member: MemberName,
        #[serde(flatten)]
        times: DecodeTimes,
    },
    /// A member reported how probable it finds the question, for weights that depend on it.
    Predicted {
        member: MemberName,
        /// Natural logarithm of the probability of the question's tokens.
        logprob: f64,
        /// Bytes of those tokens.
        bytes: usize,
    },
    /// The user brought a member back.
    Readmitted { member: MemberName },
    /// The user intervened in the text.
    Steered {
        #[serde(flatten)]
        action: Steering,
    },
    /// The round of an accepted segment is open again: its candidates and scores remain, its decision is dropped, and the
    /// accepted text ends before it.
    Reopened { segment: SegmentId },
    /// A member drafts again in the open round, replacing its draft and the scores that only that draft got: either the user
    /// asked for it, or the reply broke off or turned out to be a thought.
    Redrafted { member: MemberName },
    /// A call was dropped before its reply, because its result is no longer needed.
    Cancelled {
        member: MemberName,
        /// The candidates it was asked to score; none if it was drafting.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        candidates: Vec<MemberName>,
        /// Milliseconds the call had taken.
        elapsed_ms: f64,
    },
    /// Tokens a member used beyond those its drafts and scores report: for calls that failed or were dropped, or that a server
    /// continued after the needed part had arrived.
    Used {
        member: MemberName,
        #[serde(flatten)]
        usage: Usage,
    },
    /// A knob changed; it takes effect in the next round.
    ParamsChanged {
        name: String,
        value: Value,
        /// Whether it belongs to the same change as the event before it, as in a preset: both are undone together.
        #[serde(default, skip_serializing_if = "is_false")]
        together: bool,
    },
    /// The user set a verifier's weight; it takes effect in the next round.
    WeightSet {
        member: MemberName,
        /// Its weight, at least 0.
        weight: f64,
    },
    /// No further round starts until resumed.
    Paused,
    /// Rounds start again.
    Resumed,
    /// The accepted text went back to the end of an earlier round.
    Rewound {
        /// The last round kept; 0 goes back to the question.
        to_round: usize,
    },
    /// The accepted text is now the text up to this segment, on any branch.
    Returned { segment: SegmentId },
    /// The user's last change was undone.
    Undone,
    /// The change undone last was redone.
    Redone,
    /// A run that had ended or was cut off was resumed, paused.
    Continued,
    /// A warning that does not stop the run.
    Warning { text: String },
    /// The last event of a run.
    RunFinished(Box<Finished>),
}

/// What a verifier reported about one candidate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CandidateScore {
    /// The candidate, by the member that drafted it first.
    pub candidate: MemberName,
    /// Natural log-probabilities of the candidate's tokens in the verifier's tokenizer, then of the end if known; empty if the
    /// verifier judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logprobs: Vec<f32>,
    /// The share of the verifier's preference, if it judged; the shares of a round sum to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preference: Option<f32>,
    /// Natural log-probability of ending after the candidate, if it does not end and the verifier knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_logprob: Option<f32>,
}

impl CandidateScore {
    /// A verifier's opinion of a candidate, as a trace holds it.
    #[must_use]
    pub fn new(candidate: MemberName, opinion: Opinion, end_logprob: Option<f32>) -> Self {
        match opinion {
            Opinion::Tokens(logprobs) => Self { candidate, logprobs: logprobs.to_vec(), preference: None, end_logprob },
            Opinion::Preference(share) => Self { candidate, logprobs: Vec::new(), preference: Some(share), end_logprob },
        }
    }

    /// The verifier's opinion of the candidate.
    #[must_use]
    pub fn opinion(&self) -> Opinion {
        self.preference.map_or_else(|| Opinion::Tokens(self.logprobs.as_slice().into()), Opinion::Preference)
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_false(value: &bool) -> bool {
    !value
}

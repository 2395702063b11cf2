//! The trace vocabulary: everything that can happen in a run.
//!
//! The screen, the saved file, the replay and the export are views of these events. They carry raw text: cleaning it for a
//! terminal is the view's. No event ever holds a secret. Members are named, so that a trace can be read by eye and with any
//! JSON tool; `run` turns names into places.

mod draft;
mod header;
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
pub use outcome::{Finished, MemberSummary, Outcome, Summary};
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

/// The version of the trace format. A reader refuses a newer one and says so.
///
/// 2 added judges, ways of scoring, tokens without log-probabilities, usage and prices. 3 added what the user can do beyond
/// choosing and going back (editing, writing, redrafting, weights, branches, undoing), cancelled calls, and runs that are taken
/// up again. 4 numbers the events of a file. 5 added drafts that are set aside, the probability of the end, and members whose
/// weight no one set, lazy drafting, and what calls used that brought nothing. Files of versions 1 to 4 still read.
pub const TRACE_VERSION: u32 = 5;

/// A member's name in the ensemble.
pub type MemberName = Arc<str>;

/// An event with its place in time: one line of a trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Milliseconds since the run started.
    pub t_ms: f64,
    /// The round it belongs to, from 1; 0 before the first.
    pub round: usize,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The first event of every run, and the header of its trace.
    RunStarted(Box<Header>),
    /// A round started with these drafters.
    RoundStarted {
        /// Who drafts.
        drafters: Vec<MemberName>,
        /// Who verifies.
        verifiers: Vec<MemberName>,
        /// Who drafts for the only drafter to keep the start of, under lazy drafting.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ahead: Option<MemberName>,
    },
    /// A member drew a token.
    Token {
        /// Who.
        member: MemberName,
        /// The token.
        #[serde(flatten)]
        token: DraftToken,
    },
    /// A member's draft is complete.
    DraftFinished(Box<DraftFinished>),
    /// A member's draft failed.
    DraftFailed {
        /// Who.
        member: MemberName,
        /// Why, in words.
        error: String,
        /// Milliseconds it took.
        elapsed_ms: f64,
    },
    /// A verifier's reply about candidates: one call, one event.
    Score {
        /// The verifier.
        member: MemberName,
        /// What it said of each candidate it was asked about.
        scores: Vec<CandidateScore>,
        /// Token positions evaluated for it.
        forwards: u64,
        /// Tokens that it used, where a server counts them.
        #[serde(default, skip_serializing_if = "Usage::is_zero")]
        usage: Usage,
        /// Milliseconds of the call.
        elapsed_ms: f64,
    },
    /// A verifier cannot score as well as it could when the run started; it continues at this tier to the end of the run.
    TierLowered {
        /// The verifier.
        member: MemberName,
        /// How it scores from now on.
        tier: ScoreTier,
        /// Why, in words.
        reason: String,
    },
    /// A verifier could not score: it abstains on these candidates.
    ScoreFailed {
        /// The verifier.
        member: MemberName,
        /// The candidates, each by the member that drafted it first.
        candidates: Vec<MemberName>,
        /// Why, in words.
        error: String,
        /// Milliseconds of the call.
        elapsed_ms: f64,
    },
    /// A member was silent for longer than the others' pace allows: its calls are dropped, and the round continues without what
    /// they would have brought.
    Late {
        /// Who.
        member: MemberName,
        /// The candidates that it was to score; none where it was to draft.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        candidates: Vec<MemberName>,
        /// Milliseconds without a sign of life.
        silent_ms: f64,
        /// Milliseconds of the call.
        elapsed_ms: f64,
    },
    /// The round's candidates in order, and where the members stand.
    Ranked(Box<Ranked>),
    /// A candidate was appended to the accepted text.
    Accepted {
        /// The author it is credited to: the earliest of its authors; nobody where the user wrote it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        member: Option<MemberName>,
        /// Everyone who drafted it.
        authors: Vec<MemberName>,
        /// The text, byte for byte.
        text: String,
        /// Tokens, counted by the credited author's tokenizer; words where the user wrote it.
        tokens: usize,
        /// Whether the answer is complete.
        ends: bool,
        /// Whether the user chose, changed or wrote it, whatever the ranking says.
        overridden: bool,
        /// Whether the user changed what its authors drafted.
        #[serde(default, skip_serializing_if = "is_false")]
        edited: bool,
    },
    /// Candidates that only repeat: not scored, while others that do not are.
    SetAside {
        /// The candidates, each by the member that drafted it first.
        candidates: Vec<MemberName>,
        /// What they repeat.
        repeats: Repeats,
    },
    /// A member left.
    Exited {
        /// Who.
        member: MemberName,
        /// Why.
        #[serde(flatten)]
        reason: ExitReason,
    },
    /// A member that was not ready when the run started is ready: it takes part from the next round on.
    Joined {
        /// Who.
        member: MemberName,
        /// What it can do, where the header could not know it yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        capabilities: Option<Box<Capabilities>>,
    },
    /// It was measured how long a member takes to evaluate tokens, to know whether lazy drafting pays.
    Measured {
        /// Who.
        member: MemberName,
        /// How long.
        #[serde(flatten)]
        times: DecodeTimes,
    },
    /// A member has said how probable it finds the question, for weights that go by that.
    Predicted {
        /// Who.
        member: MemberName,
        /// Natural logarithm of the probability of the question's tokens.
        logprob: f64,
        /// Bytes of those tokens.
        bytes: usize,
    },
    /// The user brought a member back.
    Readmitted {
        /// Who.
        member: MemberName,
    },
    /// The user intervened in the text.
    Steered {
        /// What they did.
        #[serde(flatten)]
        action: Steering,
    },
    /// The round of an accepted segment is open again: its candidates and scores stand, its decision does not, and the accepted
    /// text ends before it.
    Reopened {
        /// The segment.
        segment: SegmentId,
    },
    /// A member drafts again in the open round: what it drafted there, and what was said of that alone, counts no more. It was told
    /// to, or its reply broke off or turned out to be a thought.
    Redrafted {
        /// Who.
        member: MemberName,
    },
    /// A call was dropped before its reply: nobody waits for it any more.
    Cancelled {
        /// Who was called.
        member: MemberName,
        /// The candidates it was to score; none where it drafted.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        candidates: Vec<MemberName>,
        /// Milliseconds that it took so far.
        elapsed_ms: f64,
    },
    /// Tokens that a member used beside those that its drafts and scores tell: for calls that failed or were dropped, or that a
    /// server went on with after what was wanted of them had come.
    Used {
        /// Who.
        member: MemberName,
        /// How many.
        #[serde(flatten)]
        usage: Usage,
    },
    /// Knobs changed; in force from the next round on.
    ParamsChanged {
        /// The knob.
        name: String,
        /// Its new value.
        value: Value,
        /// Whether it is one change with the event before it, a preset's for instance: both are undone together.
        #[serde(default, skip_serializing_if = "is_false")]
        together: bool,
    },
    /// The user set a verifier's weight; in force from the next round on.
    WeightSet {
        /// The verifier.
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
        /// The last round that is kept; 0 goes back to the question.
        to_round: usize,
    },
    /// The accepted text is that up to this segment, on whichever branch it is.
    Returned {
        /// The segment.
        segment: SegmentId,
    },
    /// The last change that the user made was taken back.
    Undone,
    /// The last change that was taken back holds again.
    Redone,
    /// A run that had ended, or that was cut off, was taken up again. It is paused then.
    Continued,
    /// A warning that does not stop the run.
    Warning {
        /// What is wrong, in words.
        text: String,
    },
    /// The last event of a run.
    RunFinished(Box<Finished>),
}

/// What a verifier said of one candidate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CandidateScore {
    /// The candidate, by the member that drafted it first.
    pub candidate: MemberName,
    /// Natural log-probabilities of the candidate's tokens in the verifier's tokenizer, then of the end where known; empty where
    /// the verifier judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logprobs: Vec<f32>,
    /// The share of the verifier's preference, where it judged; those of a round sum to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preference: Option<f32>,
    /// Natural log-probability of ending after the candidate, where it does not end and the verifier knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_logprob: Option<f32>,
}

impl CandidateScore {
    /// A verifier's opinion of a candidate as a trace holds it.
    #[must_use]
    pub fn new(candidate: MemberName, opinion: Opinion, end_logprob: Option<f32>) -> Self {
        match opinion {
            Opinion::Tokens(logprobs) => Self { candidate, logprobs: logprobs.to_vec(), preference: None, end_logprob },
            Opinion::Preference(share) => Self { candidate, logprobs: Vec::new(), preference: Some(share), end_logprob },
        }
    }

    /// What the verifier thinks of the candidate.
    #[must_use]
    pub fn opinion(&self) -> Opinion {
        self.preference.map_or_else(|| Opinion::Tokens(self.logprobs.as_slice().into()), Opinion::Preference)
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_false(value: &bool) -> bool {
    !value
}

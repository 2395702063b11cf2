//! One language model each, behind one trait.
//!
//! Owns what the engine may request of a member and what can go wrong. Each kind of member has its own module.

pub mod absent;
pub mod api;
mod bill;
mod chat_template;
pub mod continuation;
mod conversation_text;
mod count;
pub mod drawing;
pub mod embedded;
mod ending;
mod extend;
mod hints;
pub mod http;
mod in_process;
pub mod judge;
#[cfg(feature = "llama-cpp")]
pub mod llama_cpp;
pub mod llama_server;
mod local;
pub mod model_file;
pub mod opening;
mod other_turns;
mod overrides;
pub mod paced;
mod progress;
#[cfg(any(test, feature = "testing"))]
pub mod scripted;
pub mod thought;
pub mod turns;

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub use self::bill::{Bill, Item, Sent};
pub use self::extend::{ExtendRequest, Extended, Keep};
pub use self::hints::Hints;
pub use self::local::Local;
pub use self::overrides::Overrides;
pub use self::progress::{Progress, Waits};
use crate::engine::fusion::candidate::{CandidateText, Draft};
use crate::engine::fusion::conversation::Conversation;
pub use crate::engine::fusion::event::{Capabilities, ScoreTier, Thought, Usage};
use crate::engine::fusion::lazy::DecodeTimes;
pub use crate::engine::fusion::score::Opinion;
use crate::engine::fusion::segment::SegmentRule;

/// A member's pending reply. Dropping it cancels the work.
pub type Reply<T> = Pin<Box<dyn Future<Output = Result<T, MemberError>> + Send>>;

/// What every call continues: the conversation and the text accepted so far.
#[derive(Debug, Clone)]
pub struct Context {
    /// The turns up to the question.
    pub conversation: Arc<Conversation>,
    /// The accepted segments in order, byte for byte. A member tokenises each separately, so that its cache survives a round.
    pub accepted: Arc<[Arc<str>]>,
}

/// How tokens are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// Temperature; 0 takes the most probable token.
    pub temperature: f32,
    /// Nucleus: the smallest set of tokens whose probabilities sum to at least this, 0 to 1.
    pub top_p: f32,
    /// Seed of this one draft.
    pub seed: u64,
}

/// A request for the next segment.
#[derive(Debug, Clone)]
pub struct DraftRequest {
    /// What to continue.
    pub context: Context,
    /// How tokens are drawn.
    pub sampling: Sampling,
    /// When to stop: the member draws tokens until the rule is complete or it ends the answer.
    pub segment: SegmentRule,
    /// Whether the probability of the end after the segment is worth evaluating another token.
    pub asks_end: bool,
    /// The least probability (at temperature 1, 0 to 1) that its author gives every token of the draft: it stops before the first
    /// less probable one, and ends the answer only if the end is probable enough. So the draft may be empty. `None` continues
    /// however unsure the author is; members on a server always do.
    pub confidence: Option<f32>,
}

/// The result of a draft.
#[derive(Debug, Clone, PartialEq)]
pub struct Drafted {
    /// The draft, not yet cut.
    pub draft: Draft,
    /// What the member thought first.
    pub thought: Thought,
    /// Natural logarithms of the probability that the answer ends after this many of its tokens, from 0 on, as far as the member
    /// knows them.
    pub ends: Vec<f32>,
    /// Token positions evaluated by the model for it (prompt, accepted text and draft).
    pub forwards: u64,
    /// Tokens used, if a server counts them.
    pub usage: Usage,
}

/// A request to score candidates that others drafted.
#[derive(Debug, Clone)]
pub struct ScoreRequest {
    /// What the candidates continue.
    pub context: Context,
    /// The candidates: text, and whether it ends the answer. For a tier that judges, all candidates of the round.
    pub candidates: Vec<CandidateText>,
    /// How to score: the member's own tier, or the one it was lowered to in this run.
    pub tier: ScoreTier,
    /// Seed of whatever is drawn for it, such as the order in which a judge sees the candidates.
    pub seed: u64,
    /// Whether to return the probability of the end after candidates that do not end the answer.
    pub asks_end: bool,
    /// Where signs of life go while it waits and works.
    pub progress: Progress,
}

impl ScoreRequest {
    /// A request to score token by token, exactly.
    #[cfg_attr(not(feature = "llama-cpp"), allow(dead_code, reason = "only llama.cpp needs it"))]
    #[must_use]
    pub fn exact(context: Context, candidates: Vec<CandidateText>) -> Self {
        Self { context, candidates, tier: ScoreTier::InProcess, seed: 0, asks_end: false, progress: Progress::nowhere() }
    }
}

/// The result of a scoring.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// The member's opinion of each candidate, in the order of the request.
    pub opinions: Vec<Opinion>,
    /// Natural logarithms of the probability that the answer ends after each candidate that does not end it, in the same order;
    /// empty if the member does not know.
    pub ends: Vec<Option<f32>>,
    /// Token positions evaluated by the model for it.
    pub forwards: u64,
    /// Tokens used, if a server counts them.
    pub usage: Usage,
}

impl Scored {
    /// Token-by-token scores of a member without a count of tokens used.
    #[must_use]
    pub fn tokens(logprobs: Vec<Vec<f32>>, forwards: u64) -> Self {
        let opinions = logprobs.into_iter().map(|logprobs| Opinion::Tokens(logprobs.into())).collect();
        Self { opinions, ends: Vec::new(), forwards, usage: Usage::default() }
    }

    /// For each candidate the log-probabilities of its tokens; none if it was judged.
    #[must_use]
    pub fn logprobs(&self) -> Vec<Vec<f32>> {
        let of = |opinion: &Opinion| match opinion {
            Opinion::Tokens(logprobs) => logprobs.to_vec(),
            Opinion::Preference(_) => Vec::new(),
        };
        self.opinions.iter().map(of).collect()
    }
}

/// How probable a member finds a question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Predicted {
    /// Natural logarithm of the probability of its tokens, each after all that precedes it, at temperature 1.
    pub logprob: f64,
    /// Bytes of those tokens.
    pub bytes: usize,
}

/// What can go wrong with a member.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MemberError {
    #[error("the prompt and the answer so far take {needed} tokens, but its context holds {limit}")]
    ContextFull {
        /// Tokens of the prompt and the accepted text.
        needed: usize,
        /// Tokens the context holds.
        limit: usize,
    },
    /// The member's own work failed.
    #[error("{0}")]
    Failed(String),
    /// Repeating the request is useless: a wrong key, a missing model, an empty account.
    #[error("{0}")]
    Refused(String),
    /// Scoring does not work as requested; it may work at a lower tier.
    #[error("{reason}")]
    Lowered {
        /// The tier that may work; `None` if none is left.
        to: ScoreTier,
        reason: String,
    },
    /// The member's thread or task ended in a panic; it can no longer answer.
    #[error("it stopped by a fault in its own code: {0}")]
    Panicked(String),
    /// It is not ready when the others are, and may still become so.
    #[error("it is not ready yet")]
    NotReady,
    #[error("no answer within {seconds} s")]
    TimedOut { seconds: u64 },
}

impl MemberError {
    /// The error of a member whose code panicked with this payload.
    #[must_use]
    pub fn panicked(payload: &(dyn Any + Send)) -> Self {
        let text = payload.downcast_ref::<&str>().map(ToString::to_string);
        Self::Panicked(text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned()))
    }
}

/// Where a replica works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Working {
    /// On its own thread: the thread that polls its replies has other work in the meantime.
    OnThread,
    /// On the thread that polls its replies: if every processor has an ensemble to itself, members on threads would only wait for
    /// each other. A call cannot be cancelled or time out before it ends.
    InPlace,
}

/// One language model that can draft and score.
#[allow(missing_docs, reason = "the names say it")]
pub trait Member: Send + Sync {
    fn capabilities(&self) -> &Capabilities;

    /// Counts the tokens of the prompt; fails if it does not fit.
    fn prepare(&self, conversation: Arc<Conversation>) -> Reply<usize>;

    /// Drafts the next segment; every token is sent to `progress` as it is drawn.
    fn draft(&self, request: DraftRequest, progress: Progress) -> Reply<Drafted>;

    /// Scores candidates. One call with several candidates gives the same numbers as several calls with one.
    fn score(&self, request: ScoreRequest) -> Reply<Scored>;

    /// Keeps the start of another member's draft and continues from there. `progress` receives signs of life. Refused by members
    /// that cannot do it; those in this process can.
    fn extend(&self, _request: ExtendRequest, _progress: Progress) -> Reply<Extended> {
        let reason = format!("{} cannot take up another's draft", self.capabilities().kind);
        Box::pin(std::future::ready(Err(MemberError::Refused(reason))))
    }

    /// Measures how long it takes to evaluate tokens, once: what was evaluated before is lost. Refused by members that cannot do
    /// it; those in this process can.
    fn measure(&self) -> Reply<DecodeTimes> {
        let reason = format!("how fast a member on {} evaluates tokens cannot be measured", self.capabilities().kind);
        Box::pin(std::future::ready(Err(MemberError::Refused(reason))))
    }

    /// How probable it finds the question of a conversation. Refused by members that cannot do it; those in this process can, and
    /// keep what they evaluate for it.
    fn predict(&self, _conversation: Arc<Conversation>) -> Reply<Predicted> {
        let reason = format!("{} does not give the probabilities of a question", self.capabilities().kind);
        Box::pin(std::future::ready(Err(MemberError::Refused(reason))))
    }

    /// What the probe of its capabilities has used, if a server counts that. It is not part of any answer.
    fn probing(&self) -> Usage {
        Usage::default()
    }

    /// Another member of the same model, to work in parallel: the weights are shared, what was evaluated is not. `None` if
    /// parallel calls go to the member itself, as with a server.
    fn replica(&self, _working: Working) -> Option<Arc<dyn Member>> {
        None
    }
}

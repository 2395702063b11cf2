//! One language model each, behind one trait.
//!
//! Owns what the engine may ask of a member and what can go wrong. How a member does it is in its own module.

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

/// A member's reply, in time. Dropping it cancels the work.
pub type Reply<T> = Pin<Box<dyn Future<Output = Result<T, MemberError>> + Send>>;

/// What every call continues: the conversation and the text accepted so far.
#[derive(Debug, Clone)]
pub struct Context {
    /// The turns up to the question.
    pub conversation: Arc<Conversation>,
    /// The accepted segments in order, byte for byte. A member tokenises each on its own, so that its cache survives a round.
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
    /// Whether the probability of the end after the segment is worth a further token's evaluation.
    pub asks_end: bool,
    /// The least probability (at temperature 1, 0 to 1) that its author gives every token of the draft: it stops before the first
    /// that has less, and ends the answer only where the end has as much. So it may be empty. `None` draws on however unsure the
    /// author is; members on a server do so always.
    pub confidence: Option<f32>,
}

/// What came back of a draft.
#[derive(Debug, Clone, PartialEq)]
pub struct Drafted {
    /// The draft, not yet cut.
    pub draft: Draft,
    /// What the member thought before it.
    pub thought: Thought,
    /// Natural logarithms of the probability that the answer ends after so many of its tokens, from 0 on, as far as the member
    /// knows them.
    pub ends: Vec<f32>,
    /// Token positions evaluated by the model for it (prompt, accepted text and draft).
    pub forwards: u64,
    /// Tokens used, where a server counts them.
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
    /// Whether the probability of the end after candidates that do not end the answer is wanted.
    pub asks_end: bool,
    /// Where signs of life go while it waits and works.
    pub progress: Progress,
}

impl ScoreRequest {
    /// A request to score token by token, exactly.
    #[must_use]
    pub fn exact(context: Context, candidates: Vec<CandidateText>) -> Self {
        Self { context, candidates, tier: ScoreTier::InProcess, seed: 0, asks_end: false, progress: Progress::nowhere() }
    }
}

/// What came back of a scoring.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// What the member thinks of each candidate, in the order of the request.
    pub opinions: Vec<Opinion>,
    /// Natural logarithms of the probability that the answer ends after each candidate that does not end it, in the same order;
    /// empty where the member does not know.
    pub ends: Vec<Option<f32>>,
    /// Token positions evaluated by the model for it.
    pub forwards: u64,
    /// Tokens used, where a server counts them.
    pub usage: Usage,
}

impl Scored {
    /// Scores token by token of a member that nobody counts tokens for.
    #[must_use]
    pub fn tokens(logprobs: Vec<Vec<f32>>, forwards: u64) -> Self {
        let opinions = logprobs.into_iter().map(|logprobs| Opinion::Tokens(logprobs.into())).collect();
        Self { opinions, ends: Vec::new(), forwards, usage: Usage::default() }
    }

    /// For each candidate the log-probabilities of its tokens; none where it was judged.
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
    /// Natural logarithm of the probability of its tokens, each after all that comes before it, at temperature 1.
    pub logprob: f64,
    /// Bytes of those tokens.
    pub bytes: usize,
}

/// What can go wrong with a member.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MemberError {
    /// The prompt and the answer so far leave no room.
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
    /// It will not work however often it is asked: a wrong key, a model that is not there, an empty account.
    #[error("{0}")]
    Refused(String),
    /// Scoring does not work in the way that was asked for; it may in a way of a lower tier.
    #[error("{reason}")]
    Lowered {
        /// The way that may work; `None` where no way is left.
        to: ScoreTier,
        /// What did not work.
        reason: String,
    },
    /// The member's thread or task ended by a panic; it cannot answer any more.
    #[error("it stopped by a fault in its own code: {0}")]
    Panicked(String),
    /// It is not ready when the others are, and may still become so.
    #[error("it is not ready yet")]
    NotReady,
    /// No answer within the time limit.
    #[error("no answer within {seconds} s")]
    TimedOut {
        /// The limit.
        seconds: u64,
    },
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
    /// On a thread of its own: whoever polls its replies has other things to do meanwhile.
    OnThread,
    /// On the thread that polls its replies: where every processor has an ensemble to itself, members on threads would only wait
    /// for each other. A call is not cancelled and meets no time limit before it ends.
    InPlace,
}

/// One language model that can draft and score.
pub trait Member: Send + Sync {
    /// What it can do.
    fn capabilities(&self) -> &Capabilities;

    /// Counts the tokens of the prompt, or says that it does not fit.
    fn prepare(&self, conversation: Arc<Conversation>) -> Reply<usize>;

    /// Drafts the next segment; every token is told to `progress` as it is drawn.
    fn draft(&self, request: DraftRequest, progress: Progress) -> Reply<Drafted>;

    /// Scores candidates. One call with several candidates gives the same numbers as several calls with one.
    fn score(&self, request: ScoreRequest) -> Reply<Scored>;

    /// Keeps the start of another member's draft and continues from there. `progress` hears signs of life. Members that cannot
    /// refuse; those in this process can.
    fn extend(&self, _request: ExtendRequest, _progress: Progress) -> Reply<Extended> {
        let reason = format!("{} cannot take up another's draft", self.capabilities().kind);
        Box::pin(std::future::ready(Err(MemberError::Refused(reason))))
    }

    /// Measures how long it takes to evaluate tokens, once: what it has evaluated before is lost. Members that cannot refuse; those in
    /// this process can.
    fn measure(&self) -> Reply<DecodeTimes> {
        let reason = format!("how fast a member on {} evaluates tokens cannot be measured", self.capabilities().kind);
        Box::pin(std::future::ready(Err(MemberError::Refused(reason))))
    }

    /// How probable it finds the question of a conversation. Members that cannot refuse; those in this process can, and keep what they
    /// evaluate for it.
    fn predict(&self, _conversation: Arc<Conversation>) -> Reply<Predicted> {
        let reason = format!("{} does not give the probabilities of a question", self.capabilities().kind);
        Box::pin(std::future::ready(Err(MemberError::Refused(reason))))
    }

    /// What finding out what it can do has used, where a server counts that. It is no part of any answer.
    fn probing(&self) -> Usage {
        Usage::default()
    }

    /// Another member of the same model, for work beside this one: the weights are shared, what was evaluated is not. `None` where
    /// calls side by side go to the member itself, as with a server.
    fn replica(&self, _working: Working) -> Option<Arc<dyn Member>> {
        None
    }
}

//! One model at work on one answer: what it has evaluated, and how to answer a call with as few evaluations as possible.
//!
//! Owns the prefix, the tree after it and counting evaluations. Every number it returns depends only on the request, not on what
//! was evaluated before: if an engine's rows do not depend on adjacent rows, a kept cache gives the same bits as a fresh one. One
//! thing is remembered: the tokens of a text that this session wrote token by token (`extend`, and drafts that stop where their
//! author is unsure), since it continues from those.

mod draw;
mod drawing;
mod extend;
mod guide;
mod measure;
mod predict;
mod score;

use std::sync::Arc;

use fearless_simd::Level;
use specfuse_transformer::{padded, weigh};

use self::drawing::{Drawing, Outcome};
use super::engine::Engine;
use super::known::Known;
use super::sampler::Scratch;
use super::template::Template;
use super::tree::{At, Tree, Wanted, end_logprob};
use super::vocabulary::Vocabulary;
use crate::engine::fusion::conversation::Conversation;
use crate::engine::fusion::lazy::DecodeTimes;
use crate::engine::member::{Context, Drafted, Hints, MemberError, Sampling, Thought, Usage};

/// How many tokens of a prompt that does not fit are counted: a few seconds at most.
const MOST_COUNTED: usize = 16 << 20;

/// Why a call ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine::member) enum Stop {
    /// The caller has gone.
    Cancelled,
    /// The call failed.
    Failed(MemberError),
}

impl From<MemberError> for Stop {
    fn from(error: MemberError) -> Self {
        Self::Failed(error)
    }
}

/// Called between passes: whether the caller has gone.
pub(in crate::engine::member) type Cancelled<'a> = &'a dyn Fn() -> bool;

/// When a draft is complete.
#[derive(Clone, Copy)]
pub(in crate::engine::member) struct Until<'a> {
    /// Whether a text of this many tokens needs no further one.
    pub(in crate::engine::member) complete: &'a dyn Fn(&str, usize) -> bool,
    /// Whether to find the probability of the end after a text that needs no further token.
    pub(in crate::engine::member) asks_end: &'a dyn Fn(&str) -> bool,
    /// The least probability of every token, and of the end; the draft stops before a less probable one.
    pub(in crate::engine::member) confidence: Option<f32>,
}

impl<'a> Until<'a> {
    /// Without the probability of the end after the draft.
    pub(in crate::engine::member) fn complete(complete: &'a dyn Fn(&str, usize) -> bool) -> Self {
        Self { complete, asks_end: &|_| false, confidence: None }
    }
}

/// A model with what it has evaluated.
pub(in crate::engine::member) struct Session<E: Engine> {
    engine: E,
    template: Template,
    known: Known,
    /// Tokens that are evaluated as the prefix.
    prefix: Vec<u32>,
    /// The logits after the last of them; empty if unknown.
    last: Vec<f32>,
    last_sum: f32,
    tree: Tree,
    sums: Vec<f32>,
    scratch: Scratch,
    forwards: u64,
    /// How long it takes to evaluate rows, once measured.
    times: Option<DecodeTimes>,
}

/// The logarithm of the sum of e to the power of each logit, which turns logits into log-probabilities.
fn log_sum_exp(level: Level, logits: &[f32], scratch: &mut Vec<f32>) -> f32 {
    scratch.clear();
    scratch.extend_from_slice(logits);
    scratch.resize(padded(logits.len()), f32::NEG_INFINITY);
    let (most, sum) = weigh(level, scratch, 1.0);
    most + libm::log(f64::from(sum)) as f32
}

impl<E: Engine> Session<E> {
    pub(in crate::engine::member) fn new(engine: E, template: Template) -> Self {
        Self {
            tree: Tree::new(engine.rows(), engine.vocabulary().ends()),
            engine,
            template,
            known: Known::default(),
            prefix: Vec::new(),
            last: Vec::new(),
            last_sum: 0.0,
            sums: Vec::new(),
            scratch: Scratch::default(),
            forwards: 0,
            times: None,
        }
    }

    /// Tokens of the prompt. One that does not fit is counted to its end, so that the error can say how far it is over.
    pub(in crate::engine::member) fn prepare(&mut self, conversation: &Arc<Conversation>) -> Result<usize, MemberError> {
        let limit = self.engine.context();
        let tokens = match self.known.prompt(conversation, &self.template, self.engine.vocabulary(), limit) {
            Ok(tokens) => tokens.len(),
            Err(MemberError::ContextFull { .. }) => {
                self.template.tokens(conversation, self.engine.vocabulary(), MOST_COUNTED)?.len()
            }
            Err(error) => return Err(error),
        };
        self.room_for(tokens + 1)?;
        Ok(tokens)
    }

    /// Drafts until the segment is complete, the model ends the answer, or the context is full. `drawn` receives every token.
    pub(in crate::engine::member) fn draft(
        &mut self,
        context: &Context,
        sampling: Sampling,
        until: Until<'_>,
        hints: &Hints,
        drawn: &mut dyn FnMut(&crate::engine::fusion::candidate::DraftToken),
        cancelled: Cancelled<'_>,
    ) -> Result<Drafted, Stop> {
        self.forwards = 0;
        let accepted = context.accepted.concat();
        self.silenced(|session| {
            let ids = session.tokens(context)?;
            session.room_for(ids.len() + 1)?;
            session.reach(&ids, cancelled)?;
            session.make_room(session.engine.context() - ids.len());
            let drawing = Drawing::new(until, hints, &accepted, drawn);
            let Outcome::Draft(drawn) = session.draw(sampling, drawing, (None, 0), cancelled)? else { return Ok(None) };
            if until.confidence.is_some() {
                session.known.remember(drawn.ids);
            }
            let (forwards, usage) = (session.forwards, Usage::default());
            Ok(Some(Drafted { draft: drawn.draft, thought: Thought::default(), ends: drawn.ends, forwards, usage }))
        })
    }

    /// Answers a call; if the model starts to think (`None`), once more with its thought closed.
    fn silenced<T>(&mut self, mut answer: impl FnMut(&mut Self) -> Result<Option<T>, Stop>) -> Result<T, Stop> {
        for _ in 0..2 {
            if let Some(answer) = answer(self)? {
                return Ok(answer);
            }
            self.template.silence();
            self.known = Known::default();
        }
        let reason = "it thinks before it answers, although its thought was closed: choose a model that answers at once";
        Err(MemberError::Failed(format!("{}: {reason}", self.engine.file())).into())
    }

    /// Drops the tree if it has no room for this many nodes in addition to the drafts of others. A draft may add a leaf of its
    /// own, and so may every draft of another member.
    fn make_room(&mut self, nodes: usize) {
        if self.tree.len() + nodes > self.engine.nodes(self.prefix.len()) || self.tree.leaves() + 2 > self.engine.leaves() {
            self.forget(0);
        }
    }

    /// Adds a path of tokens to the tree as far as it is not there; the new ones have to be evaluated. Each token except the last
    /// is asked for the one after it, the last of them for `last`.
    fn plant(&mut self, tokens: &[u32], last: Wanted) -> Vec<u32> {
        let mut path = Vec::with_capacity(tokens.len());
        let mut at = None;
        for (place, token) in tokens.iter().enumerate() {
            let wanted = tokens.get(place + 1).map_or(last, |next| Wanted::Token(*next));
            let node = self.tree.child(at, *token, wanted).unwrap_or_else(|| self.tree.add(at, *token));
            self.tree.ask(node, wanted);
            path.push(node);
            at = Some(node);
        }
        path
    }

    /// What follows a position: its logits, if they are kept, and the logarithm of their sum of exponentials.
    fn after(&self, at: At) -> (&[f32], f32) {
        match at {
            None => (&self.last, self.last_sum),
            Some(node) => self.tree.after(node),
        }
    }

    /// Logarithm of the probability that the turn ends at a position, by any token that ends one.
    fn end_logprob(&self, at: At) -> f32 {
        match at {
            None => end_logprob(self.engine.vocabulary().ends(), &self.last, self.last_sum),
            Some(node) => self.tree.end_logprob(node),
        }
    }

    /// The tokens of a context, which must fit.
    fn tokens(&mut self, context: &Context) -> Result<Vec<u32>, MemberError> {
        self.known.tokens(context, &self.template, self.engine.vocabulary(), self.engine.context())
    }

    fn room_for(&self, needed: usize) -> Result<(), MemberError> {
        let limit = self.engine.context();
        if needed > limit { Err(MemberError::ContextFull { needed, limit }) } else { Ok(()) }
    }

    /// Brings the prefix to these tokens: goes back where it differs, adopts what the tree has, and evaluates the rest.
    fn reach(&mut self, ids: &[u32], cancelled: Cancelled<'_>) -> Result<(), Stop> {
        self.take_over(ids);
        self.read_to(ids, true, cancelled)
    }

    /// Brings the prefix to the evaluated part of these tokens. Without the logits after the last of them there is nothing to
    /// draw from: then the last is evaluated again.
    fn take_over(&mut self, ids: &[u32]) {
        let common = self.prefix.iter().zip(ids).take_while(|(known, wanted)| known == wanted).count();
        if common < self.prefix.len() {
            self.rewind(common);
        }
        self.adopt(&ids[common..]);
        if self.last.is_empty() && !ids.is_empty() && self.prefix.len() == ids.len() {
            self.rewind(ids.len() - 1);
        }
    }

    /// Evaluates those of these tokens that the prefix lacks; `follows`: the logits after the last are needed.
    fn read_to(&mut self, ids: &[u32], follows: bool, cancelled: Cancelled<'_>) -> Result<(), Stop> {
        while self.prefix.len() < ids.len() {
            if cancelled() {
                return Err(Stop::Cancelled);
            }
            let start = self.prefix.len();
            let end = ids.len().min(start + self.engine.pass().0);
            self.read(&ids[start..end], follows && end == ids.len())?;
        }
        Ok(())
    }

    fn rewind(&mut self, prefix: usize) {
        self.prefix.truncate(prefix);
        self.last.clear();
        self.tree.clear();
        self.engine.rewind(prefix);
    }

    /// Drops the nodes of the tree from this one on.
    fn forget(&mut self, first: usize) {
        self.tree.keep_first(first);
        self.engine.forget(self.prefix.len(), first);
    }

    /// Adopts the branch that starts like `rest`, as far as it goes.
    fn adopt(&mut self, rest: &[u32]) {
        let path = self.tree.longest(rest);
        let Some(end) = path.last() else {
            if !rest.is_empty() {
                self.forget(0);
            }
            return;
        };
        self.engine.adopt(self.prefix.len(), &path);
        let (logits, sum) = self.tree.after(*end);
        self.last.clear();
        self.last.extend_from_slice(logits);
        self.last_sum = sum;
        self.prefix.extend_from_slice(&rest[..path.len()]);
        if path.len() < rest.len() {
            self.forget(0);
            return;
        }
        let moved = self.tree.keep_behind(*end);
        self.engine.keep(self.prefix.len(), path.len(), &moved);
    }

    /// Evaluates tokens as the prefix's next.
    fn read(&mut self, ids: &[u32], follows: bool) -> Result<(), Stop> {
        self.forget(0);
        self.last.clear();
        match self.engine.read(self.prefix.len(), ids, follows) {
            Ok(logits) if follows => self.last.extend_from_slice(logits),
            Ok(_) => {}
            Err(error) => return Err(self.broken(error)),
        }
        if follows {
            self.last_sum = log_sum_exp(self.engine.level(), &self.last, &mut self.sums);
        }
        self.prefix.extend_from_slice(ids);
        self.forwards += ids.len() as u64;
        Ok(())
    }

    /// Evaluates the nodes of the tree from `first` on. Those not reached when the call is cancelled are dropped.
    fn evaluate(&mut self, mut first: usize, cancelled: Cancelled<'_>) -> Result<(), Stop> {
        while first < self.tree.len() {
            if cancelled() {
                self.forget(first);
                return Err(Stop::Cancelled);
            }
            let end = self.tree.len().min(first + self.engine.pass().1);
            let (level, sums) = (self.engine.level(), &mut self.sums);
            let mut sum = |logits: &[f32]| log_sum_exp(level, logits, sums);
            if let Err(error) = self.engine.grow(self.prefix.len(), &mut self.tree, first as u32..end as u32, &mut sum) {
                return Err(self.broken(error));
            }
            self.forwards += (end - first) as u64;
            first = end;
        }
        Ok(())
    }

    /// Resets everything: after an error of the engine it is unknown what it has evaluated.
    fn broken(&mut self, error: MemberError) -> Stop {
        self.rewind(0);
        error.into()
    }

    fn not_numbers(&self) -> MemberError {
        MemberError::Failed(format!("{}: its weights are so large that its results are not numbers", self.engine.file()))
    }
}

/// For tests.
#[cfg(test)]
impl<E: Engine> Session<E> {
    /// Keeps this many rows instead of the engine's number.
    pub(in crate::engine::member) fn keeping(mut self, rows: usize) -> Self {
        self.tree = Tree::new(rows, self.engine.vocabulary().ends());
        self
    }

    /// The tokens of a prompt.
    pub(in crate::engine::member) fn prompt(&mut self, conversation: &Arc<Conversation>) -> Result<Vec<u32>, MemberError> {
        self.ids(&Context { conversation: Arc::clone(conversation), accepted: Arc::new([]) })
    }

    /// The tokens of a context.
    pub(in crate::engine::member) fn ids(&mut self, context: &Context) -> Result<Vec<u32>, MemberError> {
        self.tokens(context)
    }

    /// The log-probability of each token of a continuation, by reading it as if it had been accepted.
    pub(in crate::engine::member) fn log_probabilities(&mut self, prompt: &[u32], continuation: &[u32]) -> Vec<f32> {
        let mut ids = prompt.to_vec();
        let mut logprobs = Vec::new();
        for id in continuation {
            self.reach(&ids, &|| false).unwrap();
            logprobs.push(self.last[*id as usize] - self.last_sum);
            ids.push(*id);
        }
        logprobs
    }
}
